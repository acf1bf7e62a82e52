"""The SOAP face of the service, both ways."""

from collections.abc import Sequence

from hkpost.ecship.answer import answer_of
from hkpost.ecship.rows import Answer
from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.soap.document import read_document
from hkpost.ecship.wire import WireRequest


class SoapWire:
    """Asks as the account's WSDL says, and reads what comes back by the names of its fields.

    Raises:
        SettingsError: the WSDL cannot be used; the message says why and what to do.
    """

    def __init__(self, settings: AccountSettings) -> None:
        # zeep takes half a second to import, and to read answers it is not needed.
        from hkpost.ecship.soap.request import RequestBuilder

        builder = RequestBuilder(settings)
        self.url = builder.url
        self.max_items = builder.max_items
        self._request = builder.request

    @staticmethod
    def serves(settings: AccountSettings) -> bool:
        """Every account that no other wire serves."""
        return True

    @staticmethod
    def reads(content_type: str) -> bool:
        """Every answer that no other wire reads: what it is stands in the bytes."""
        return True

    def request(self, item_nos: Sequence[str]) -> WireRequest:
        """Build and sign the request for 1 to `max_items` item numbers (specification, page 4)."""
        return self._request(item_nos)

    @staticmethod
    def answer(body: bytes, content_type: str = "") -> Answer:
        """One answer of `getItemDeliveryStatus` (specification, page 5) as rows.

        Values are stripped of blanks at their ends and otherwise as received.

        Raises:
            UnreadableAnswer: 'not_xml', 'soap_fault', or 'incomplete' when the body is cut off or holds neither
                a status nor an item.
        """
        return answer_of(read_document(body, content_type))
