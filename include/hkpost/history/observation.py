"""One event as it is read (when, where, what), and how well two observations match."""

from collections.abc import Iterable
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

from hkpost.ecship.rows import NO_TEXTS, Texts
from hkpost.history.countries import resolve_country
from hkpost.history.templates import casefold_nfkc, strip_invisible
from hkpost.history.times import EventTime

UNREADABLE: Final = "?"
"""What `time_key` puts before a time that could not be read."""

Content: TypeAlias = tuple[str, ...]
"""Three messages, a country code and three place names, each as `comparison_key` gives it."""


class Place(NamedTuple):
    """Where an event happened: the country code and the names as received, and the country that they mean."""

    location_code: str
    location: Texts
    country_iso: str | None
    key: Content
    """Code and names for comparing."""


class WordingKey(NamedTuple):
    """What finds a line of the wording ledger; the template as `casefold_nfkc` gives it."""

    kind: str
    lang: str
    template: str


class Message(NamedTuple):
    """What an event says, as received, and what that means."""

    texts: Texts
    event_type: str
    """A code of `dim_event_type`; 'unclassified' when the wording has no known meaning."""
    wording: WordingKey | None
    """The line that classified it, else that of its first text; None without a text."""
    problem: str | None
    """Why known wordings classified nothing, in words."""
    key: Content
    """The texts for comparing."""
    templates: Texts
    """The texts as the wording ledger writes them."""
    stored: Texts
    """The texts as a row of `dim_event_text`, with placeholders for what varies."""
    params: tuple[str, ...] | None
    """What fills the placeholders again; None where there are none."""


class Observation(NamedTuple):
    """One event of an item as an answer reports it, or as the warehouse knows it."""

    time_key: str
    """What two observations of one event share: see `time_key`."""
    time_text: str
    """The time as received."""
    time: EventTime
    place: Place
    message: Message
    code: str = ""
    """The event's code, which only the older SOAP face gave."""

    @property
    def content(self) -> Content:
        """Message and place for comparing."""
        return self.message.key + self.place.key


class MatchLevel(IntEnum):
    """How two observations of the same minute match; 0 when they are of two events."""

    NONE = 0
    SILENT = 1
    """Their messages share no language, so the messages neither agree nor contradict."""
    CORRECTED = 2
    """The messages agree in one language and differ in another."""
    FULL = 3
    """The messages agree in every language that both have."""


def time_key(event_time_local: datetime | None, event_time_text: str) -> str:
    """The local time that an event must share with another to be the same one.

    ISO 8601 without an offset when it could be read, so that the keys sort by time; else the text as
    received with its blanks collapsed, behind `UNREADABLE`.
    """
    if event_time_local is not None:
        return event_time_local.isoformat(timespec="minutes")
    return UNREADABLE + " ".join(event_time_text.split())


@lru_cache(maxsize=1 << 16)
def comparison_key(text: str) -> str:
    """A text as two of them are compared: without case, width, doubled blanks, what is invisible, and a full
    stop at the end. Item numbers and dates inside it count."""
    return " ".join(casefold_nfkc(strip_invisible(text)).split()).rstrip(" .。") if text else ""


def comparison_keys(texts: Iterable[str]) -> Content:
    """The comparison key of each text."""
    return tuple(map(comparison_key, texts))


def match_level(one: Content, other: Content) -> MatchLevel:
    """Compare two contents of the same minute.

    Places must agree where both know one: by the countries of their codes (HK and HKG are one), else by the
    texts of a shared language.
    """
    if one == other:
        return MatchLevel.FULL if any(one[:3]) else MatchLevel.SILENT
    if one[3] and other[3]:
        if one[3] != other[3] and not _same_country(one[3], other[3]):
            return MatchLevel.NONE
    elif not _shared_agrees(one[4:], other[4:]):
        return MatchLevel.NONE
    shared = [a == b for a, b in zip(one[:3], other[:3], strict=True) if a and b]
    if not shared:
        return MatchLevel.SILENT
    if all(shared):
        return MatchLevel.FULL
    return MatchLevel.CORRECTED if any(shared) else MatchLevel.NONE


def likeness(one: Content, other: Content) -> int:
    """In how many of the seven fields two contents say the same; two codes of one country do."""
    alike = sum(a == b != "" for a, b in zip(one, other, strict=True))
    return alike + (one[3] != other[3] and bool(one[3] and other[3]) and _same_country(one[3], other[3]))


def newer_text(known: str, reported: str) -> str:
    """The reported text, unless it is empty or says the same in other blanks, case or full stops."""
    if known == reported or not reported.strip() or comparison_key(known) == comparison_key(reported):
        return known
    return reported


def newer_texts(known: Texts, reported: Texts) -> Texts:
    """The texts of each language after an answer; what it leaves out stays."""
    return known if known == reported else Texts(*map(newer_text, known, reported))


def _same_country(one: str, other: str) -> bool:
    country = resolve_country(one, NO_TEXTS)
    return country is not None and country == resolve_country(other, NO_TEXTS)


def _shared_agrees(one: Content, other: Content) -> bool:
    shared = [a == b for a, b in zip(one, other, strict=True) if a and b]
    return any(shared) or not shared
