"""Builds and signs requests with zeep, wherever the WSDL has the fields."""

from collections.abc import Sequence

import zeep.exceptions
from lxml import etree
from zeep import ns

from hkpost.ecship.address import is_remote, without_login
from hkpost.ecship.limits import EXAMPLE_ITEM, REQUEST_FIELDS
from hkpost.ecship.settings import AccountSettings, SettingsError
from hkpost.ecship.soap.input_fields import InputFields, MissingFields
from hkpost.ecship.soap.wsdl import is_own, load_operation
from hkpost.ecship.wire import WireRequest

_ORDINARY = 3
"""Characters of a username that may as well be an ordinary word of an answer."""


class RequestBuilder:
    """Builds signed `getItemDeliveryStatus` requests (specification page 4) for one account.

    `max_items` is 30, or what the WSDL allows if that is less.

    Raises:
        SettingsError: the WSDL cannot be read or its input lacks a field; the message lists what it has.
    """

    def __init__(self, settings: AccountSettings) -> None:
        self._settings = settings
        self._operation = load_operation(settings)
        self._input = f"connection {settings.account}: wsdl: the input of {self._operation.name}"
        try:
            self._fields = InputFields(self._operation.input_type)
        except MissingFields as missing:
            raise SettingsError(f"{self._input} {missing}") from None
        self.url = settings.host or _address(settings, self._operation.address)
        self.max_items = self._fields.most_items
        self.request(
            [EXAMPLE_ITEM] * self.max_items
        )  # a WSDL that asks for more than three fields is refused now

    def request(self, item_nos: Sequence[str]) -> WireRequest:
        """Build and sign the request for 1 to `max_items` item numbers."""
        if not 1 <= len(item_nos) <= self.max_items:
            raise ValueError(f"a request asks about 1 to {self.max_items} items, not {len(item_nos)}")
        login = self._settings.login
        try:
            envelope = self._operation.message(self._fields.filled(login, self._settings.lang, item_nos))
        except (zeep.exceptions.Error, TypeError) as error:
            only = f"{', '.join(REQUEST_FIELDS)} alone{self._fields.wants_more()}"
            raise SettingsError(f"{self._input} cannot be filled with {only} ({error})") from None
        signed = envelope.iter(f"{{{ns.WSSE}}}Password", f"{{{ns.WSSE}}}Nonce")
        secrets = dict.fromkeys([*self._settings.secrets, *(node.text for node in signed if node.text)])
        traces = ("UsernameToken", REQUEST_FIELDS[0], *([login] if len(login) > _ORDINARY else []))
        body = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        return WireRequest(self.url, self._operation.headers, body, tuple(secrets), traces)


def _address(settings: AccountSettings, address: str) -> str:
    """The address of the WSDL, where it may decide by itself where signed requests go."""
    if is_remote(address) and is_own(settings.wsdl, address):
        return address
    blank = f"connection {settings.account}: host is blank"
    if not is_remote(address):
        named = f"the address {address!r}, which is no URL" if address else "no address"
        raise SettingsError(f"{blank} and the WSDL has {named}: put the URL to POST to into host")
    raise SettingsError(
        f"{blank} and the WSDL at {without_login(settings.wsdl)} has an address on another host: if signed requests "
        f"are to go there, put {address} into host; if not, put the URL that Hongkong Post gave you"
    )
