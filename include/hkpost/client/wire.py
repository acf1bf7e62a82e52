"""The one interface between a wire format and the rest: what a request is once it is ready to post."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from hkpost.client.secret import blanked


@dataclass(frozen=True, slots=True)
class WireRequest:
    """A request ready to post. What is secret in it stays out of `repr`."""

    url: str
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def blank(self, body: bytes) -> tuple[bytes, bool]:
        """Blank what the service echoed of the credential; return the bytes and whether any was there."""
        clean = blanked(body, self.secrets)
        return clean, clean != body

    def blank_text(self, text: str) -> str:
        """Blank the credential in a message that is to be logged or stored."""
        return self.blank(text.encode("utf-8", "backslashreplace"))[0].decode()


class Wire(Protocol):
    """A wire format of the service: SOAP today; the REST face of 2024 would be a second one."""

    @property
    def url(self) -> str:
        """Where requests are posted."""

    @property
    def max_items(self) -> int:
        """How many item numbers one request can ask about, 30 at most."""

    def request(self, item_nos: Sequence[str]) -> WireRequest:
        """Build the request for 1 to `max_items` item numbers."""
