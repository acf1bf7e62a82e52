"""One event as somebody tells it (when, where, what), and how well two tellings agree."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final, TypeAlias

from hkpost.normalise.countries import resolve_country
from hkpost.normalise.templates import folded, visible
from hkpost.parse.rows import NO_TEXTS, Texts

UNREADABLE: Final = "?"
"""What `moment` puts before a time that could not be read."""

Content: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of an item as an answer or the warehouse tells it; '' where it says nothing.

    `when` is `moment`'s. Texts and the code are as received. `event_type` is the canonical type, '' while
    the wording is unclassified: it speaks only where two tellings share no language.
    """

    when: str
    location_code: str = ""
    location: Texts = NO_TEXTS
    message: Texts = NO_TEXTS
    event_type: str = ""

    @property
    def content(self) -> Content:
        """Message and place as `plain` gives them for comparing."""
        return tuple(map(plain, (*self.message, self.location_code, *self.location)))


class Agreement(IntEnum):
    """How two tellings of the same minute agree; 0 when they tell of two events."""

    NONE = 0
    SILENT = 1
    """Their messages share no language, so the messages neither agree nor contradict."""
    CORRECTED = 2
    """The messages agree in one language and differ in another."""
    FULL = 3
    """The messages agree in every language that both have."""


def moment(event_time_local: datetime | None, event_time_text: str) -> str:
    """The local time that an event must share with another to be the same one.

    ISO 8601 without an offset when it could be read, so that moments sort by time; else the text as
    received with its blanks collapsed, behind `UNREADABLE`.
    """
    if event_time_local is not None:
        return event_time_local.isoformat(timespec="minutes")
    return UNREADABLE + " ".join(event_time_text.split())


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """A text as two of them are compared: without case, width, doubled blanks, what is invisible, and a full
    stop at the end. Item numbers and dates inside it count."""
    return " ".join(folded(visible(text)).split()).rstrip(" .。")


def agreement(one: Content, other: Content) -> Agreement:
    """Compare two contents of the same minute.

    Places must agree where both know one: by the countries of their codes (HK and HKG are one), else by the
    texts of a shared language.
    """
    if one[3] and other[3]:
        if one[3] != other[3] and not _same_country(one[3], other[3]):
            return Agreement.NONE
    elif not _shared_agrees(one[4:], other[4:]):
        return Agreement.NONE
    shared = [a == b for a, b in zip(one[:3], other[:3], strict=True) if a and b]
    if not shared:
        return Agreement.SILENT
    if all(shared):
        return Agreement.FULL
    return Agreement.CORRECTED if any(shared) else Agreement.NONE


def likeness(one: Content, other: Content) -> int:
    """In how many of the seven fields two contents are equal."""
    return sum(a == b for a, b in zip(one, other, strict=True))


def completed(known: Happening, reported: Happening) -> Happening:
    """The known event with what the answer adds or corrects; what the answer leaves out stays."""
    return Happening(
        when=known.when,
        location_code=_newer(known.location_code, reported.location_code),
        location=Texts(*map(_newer, known.location, reported.location)),
        message=Texts(*map(_newer, known.message, reported.message)),
        event_type=reported.event_type or known.event_type,
    )


def _same_country(one: str, other: str) -> bool:
    country = resolve_country(one, NO_TEXTS)
    return country is not None and country == resolve_country(other, NO_TEXTS)


def _shared_agrees(one: Content, other: Content) -> bool:
    shared = [a == b for a, b in zip(one, other, strict=True) if a and b]
    return any(shared) or not shared


def _newer(known: str, reported: str) -> str:
    """The reported text, unless it is empty or says the same in other blanks, case or full stops."""
    return known if not reported.strip() or plain(known) == plain(reported) else reported
