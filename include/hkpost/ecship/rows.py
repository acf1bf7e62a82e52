"""The rows an answer holds, as received: every value is text, '' where the service gave none."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple


class Texts(NamedTuple):
    """One text in the three languages of the service; '' where a language was not asked for."""

    e: str = ""
    """English."""
    c: str = ""
    """Traditional Chinese."""
    s: str = ""
    """Simplified Chinese."""


NO_TEXTS: Final = Texts()


class ReportedEvent(NamedTuple):
    """One entry of an item's "Event Detail" (specification, page 5)."""

    event_date_time: str = ""
    """Local time at the location, DD-MM-YYYY HH24:MI when the service keeps to its specification."""
    location_code: str = ""
    """The location's country code as received."""
    location: Texts = NO_TEXTS
    message: Texts = NO_TEXTS
    event_code: str = ""
    """Only the older SOAP face gave one; usually ''."""


@dataclass(frozen=True, slots=True)
class ItemAnswer:
    """One "Delivery Result" (specification, page 5): what the service says about one item."""

    item_no: str
    status: int | None = None
    """Appendix A's code; None when the field is missing or no number (`status_text` has what was there)."""
    status_text: str = ""
    err_msg: str = ""
    posting_date_time: str = ""
    """Hong Kong local time, DD-MM-YYYY HH24:MI when the service keeps to its specification."""
    drop_off_point: Texts = NO_TEXTS
    origin_code: str = ""
    origin: Texts = NO_TEXTS
    destination_code: str = ""
    destination: Texts = NO_TEXTS
    milestone_code: str = ""
    """Only the older SOAP face gave one; usually ''."""
    milestone: Texts = NO_TEXTS
    events: tuple[ReportedEvent, ...] = ()
    """In the order of the answer, which means nothing: seen newest first and oldest first."""
    contradictions: tuple[str, ...] = ()
    """Fields of the item that the answer gives twice with different values, in words."""
    fingerprint: str = field(default="", compare=False)
    """A hash of the item's part of the document, where that stands apart from all others; else ''."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one `getItemDeliveryStatus` request (specification, page 5)."""

    status: int | None = None
    """The request's own code of Appendix A; None when missing or no number."""
    status_text: str = ""
    err_msg: str = ""
    item_count: int | None = None
    """What the service says it returned, which need not be `len(items)`."""
    items: tuple[ItemAnswer, ...] = ()
    unclaimed: tuple[tuple[str, str], ...] = ()
    """Fields of items or events, with their texts, of which the answer does not say whose they are."""
    unread: tuple[str, ...] = ()
    """Numbers of items that were not read: their parts are written as before, letter by letter."""
