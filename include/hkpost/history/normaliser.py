"""What reported events mean: each distinct time, place and message is read once, and remembered."""

from collections.abc import Iterator
from typing import Final, TypeVar

from hkpost.ecship.rows import ReportedEvent, Texts
from hkpost.history.countries import resolve_country
from hkpost.history.observation import (
    Message,
    Observation,
    Place,
    WordingKey,
    comparison_keys,
    newer_text,
    newer_texts,
    time_key,
)
from hkpost.history.templates import casefold_nfkc, template_of
from hkpost.history.times import EventTime, event_time
from hkpost.history.wordings import LANGUAGES, WordingLedger

_MOST_REMEMBERED: Final = 1 << 16
"""Distinct times, places and messages that are kept of each."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Normaliser:
    """Reads events by a wording ledger."""

    def __init__(self, ledger: WordingLedger) -> None:
        self.ledger: Final = ledger
        self._places: dict[tuple[str, Texts], Place] = {}
        self._messages: dict[Texts, Message] = {}
        self._times: dict[tuple[str, str | None], tuple[str, EventTime]] = {}

    def observe(self, reported: ReportedEvent) -> Observation:
        """A reported event with what its time, its place and its message mean."""
        place = self.place(reported.location_code, reported.location)
        message = self.message(reported.message)
        text = reported.event_date_time
        key, time = self.time(text, place.country_iso)
        return Observation(key, text, time, place, message, reported.event_code)

    def merge(self, known: Observation, reported: Observation) -> Observation:
        """The known event with what an answer adds or corrects; what the answer leaves out stays."""
        place, message = reported.place, reported.message
        if known.place.location_code != place.location_code or known.place.location != place.location:
            place = self.place(
                newer_text(known.place.location_code, place.location_code),
                newer_texts(known.place.location, place.location),
            )
        if known.message.texts != message.texts:
            message = self.message(newer_texts(known.message.texts, message.texts))
        text = known.time_text or reported.time_text
        key, time = self.time(text, place.country_iso)
        return Observation(key, text, time, place, message, reported.code or known.code)

    def renew(self, known: Observation) -> Observation:
        """A known event as its texts and its time are read now."""
        place = self.place(known.place.location_code, known.place.location)
        key, time = self.time(known.time_text, place.country_iso)
        return Observation(key, known.time_text, time, place, self.message(known.message.texts), known.code)

    def place(self, code: str, location: Texts) -> Place:
        """A place with its country."""
        key = (code, location)
        place = self._places.get(key)
        if place is None:
            country = resolve_country(code, location)
            place = Place(code, location, country, comparison_keys((code, *location)))
            _remember(self._places, key, place)
        return place

    def message(self, texts: Texts) -> Message:
        """A message with its meaning."""
        message = self._messages.get(texts)
        if message is None:
            meaning = self.ledger.event(texts)
            line = meaning.wording
            wording = _first_wording(texts)
            if line is not None:
                wording = WordingKey("event", line.lang, casefold_nfkc(line.template))
            message = Message(texts, meaning.event_type, wording, meaning.problem, comparison_keys(texts))
            _remember(self._messages, texts, message)
        return message

    def time(self, text: str, country_iso: str | None) -> tuple[str, EventTime]:
        """A time as received, in a country: its key, and what it means."""
        key = (text, country_iso)
        known = self._times.get(key)
        if known is None:
            time = event_time(text, country_iso)
            known = time_key(time.event_time_local, text), time
            _remember(self._times, key, known)
        return known


def unreadable(observation: Observation) -> Iterator[tuple[str, str]]:
    """What an event says that cannot be read: (reason in words, the fragment as received)."""
    if observation.time.event_time_local is None:
        if observation.time_text:
            yield "the time of an event is not DD-MM-YYYY HH24:MI", observation.time_text
        else:
            yield "an event has no time", ""
    place = observation.place
    if place.country_iso is None and (place.location_code or any(place.location)):
        fragment = " | ".join((place.location_code, *place.location))
        yield "the country of an event's place is not known", fragment
    if observation.message.problem is not None:
        yield "the wording of an event is unclassified", observation.message.problem


def _first_wording(texts: Texts) -> WordingKey | None:
    first = next((lang_text for lang_text in zip(LANGUAGES, texts, strict=True) if lang_text[1]), None)
    template = template_of(first[1]) if first else ""
    return WordingKey("event", first[0], casefold_nfkc(template)) if first and template else None


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value
