"""The one interface between a wire format and the rest: requests ready to post, and answers as rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from hkpost.ecship.redact import redact
from hkpost.ecship.rows import Answer
from hkpost.ecship.settings import AccountSettings


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request ready to post. What is secret in it stays out of `repr`."""

    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    """The credential, and what it was signed with."""
    traces: tuple[str, ...] = field(default=(), repr=False)
    """What only a request says, so that an echo of it is known."""

    def redact(self, body: bytes) -> bytes | None:
        """Blank what the service echoed of the credential; None where nothing of the bytes may be kept."""
        return redact(body, self.secrets, self.traces)

    def redact_text(self, text: str) -> str:
        """Blank the credential in a message that is to be logged or stored."""
        clean = self.redact(text.encode("utf-8", "backslashreplace"))
        return NOT_KEPT if clean is None else clean.decode()


NOT_KEPT: Final = (
    "nothing that the service said is kept, because the credential cannot be distinguished from it: it echoes the "
    "request and the credential has under four characters (ask Hongkong Post for a longer one), or it is encoded "
    "over and over"
)


class Wire(Protocol):
    """A wire format of the service, both ways, for one account. SOAP is one; the REST face of 2024 would be another.

    Raises:
        SettingsError: the connection cannot be used; the message names the field and the fix.
    """

    def __init__(self, settings: AccountSettings) -> None: ...

    @staticmethod
    def serves(settings: AccountSettings) -> bool:
        """Whether this is how an account's connection is spoken to."""

    @staticmethod
    def reads(content_type: str) -> bool:
        """Whether an archived answer of this content type came by this wire."""

    @property
    def url(self) -> str:
        """Where requests are posted."""

    @property
    def max_items(self) -> int:
        """How many item numbers one request can ask about, 30 at most."""

    def request(self, item_nos: Sequence[str]) -> WireRequest:
        """Build the request for 1 to `max_items` item numbers (specification, page 4)."""

    @staticmethod
    def answer(body: bytes, content_type: str = "") -> Answer:
        """The rows of an answer: its HTTP body, and the header of that name where it is known (page 5).

        Raises:
            UnreadableAnswer: there is no answer in it; `kind` is the ledger's word for why.
        """
