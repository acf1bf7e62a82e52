"""What reported events mean: each distinct event, time, place and message is read once, and remembered."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeVar

from hkpost.ecship.rows import ReportedEvent, Texts
from hkpost.history.countries import resolve_country
from hkpost.history.observation import (
    Content,
    Message,
    Observation,
    Place,
    WordingKey,
    comparison_keys,
    newer_text,
    newer_texts,
    time_key,
)
from hkpost.history.templates import casefold_nfkc, split_text, template_of
from hkpost.history.times import EventTime, event_time
from hkpost.history.wordings import LANGUAGES, WordingLedger
from hkpost.reasons import Reason, Why

_MOST_REMEMBERED: Final = 1 << 16
"""Distinct events, times, places and messages that are kept of each."""

_BESIDE: Final = "[!-/:-@\\[-`{-~ （）\u3001-\u3020\u4e00-\u9fff]"
"""What may stand beside an item number that the number alone could change in no way: no letter, digit, accent or
invisible sign."""
_NUMBER: Final = re.compile(f"(?:^|(?<={_BESIDE}))[A-Z]{{2}}[0-9]{{9}}[A-Z]{{2}}(?={_BESIDE}|$)", re.ASCII)
_HOLE: Final = "\ue000"
"""Stands for an item number; of private use, so that no text of the service has it."""

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class _Frame(NamedTuple):
    """A message that was read, the item number in it, and its texts for comparing with a hole in its place."""

    message: Message
    number: str
    key: Content


class Normaliser:
    """Reads events by a wording ledger."""

    def __init__(self, ledger: WordingLedger) -> None:
        self.ledger: Final = ledger
        self._places: dict[tuple[str, Texts], Place] = {}
        self._messages: dict[Texts, Message] = {}
        self._frames: dict[Texts, _Frame] = {}
        self._times: dict[tuple[str, str | None], tuple[str, EventTime]] = {}
        self._observations: dict[ReportedEvent, Observation] = {}

    def observe(self, reported: ReportedEvent) -> Observation:
        """A reported event with what its time, its place and its message mean."""
        observation = self._observations.get(reported)
        if observation is None:
            place = self.place(reported.location_code, reported.location)
            message = self.message(reported.message)
            text = reported.event_date_time
            key, time = self.time(text, place.country_iso)
            observation = Observation(key, text, time, place, message, reported.event_code)
            _remember(self._observations, reported, observation)
        return observation

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
            message = self._read_by_frame(texts) or self._read(texts)
            _remember(self._messages, texts, message)
        return message

    def _read(self, texts: Texts) -> Message:
        meaning = self.ledger.event(texts)
        templates = Texts(*map(template_of, texts))
        line = meaning.wording
        wording = _first_wording(texts, templates)
        if line is not None:
            wording = WordingKey("event", line.lang, casefold_nfkc(line.template))
        key = comparison_keys(texts)
        return Message(
            texts, meaning.event_type, wording, meaning.problem, key, templates, *split_text(*texts)
        )

    def _read_by_frame(self, texts: Texts) -> Message | None:
        """Read a message that differs from one that was read in nothing but an item number; None for any other."""
        numbers = [number for text in texts for number in _NUMBER.findall(text)]
        if len(set(numbers)) != 1 or sum(text.count(numbers[0]) for text in texts) != len(numbers):
            return None
        number = numbers[0]
        holed = Texts(*(text.replace(number, _HOLE) for text in texts))
        frame = self._frames.get(holed)
        if frame is None:
            message = self._read(texts)
            if message.params and message.problem is None and not any(_HOLE in text for text in texts):
                _remember(self._frames, holed, _Frame(message, number, comparison_keys(holed)))
            return message
        return frame.message._replace(
            texts=texts,
            key=tuple(key.replace(_HOLE, number.casefold()) for key in frame.key),
            params=tuple(number if one == frame.number else one for one in frame.message.params or ()),
        )

    def time(self, text: str, country_iso: str | None) -> tuple[str, EventTime]:
        """A time as received, in a country: its key, and what it means."""
        key = (text, country_iso)
        known = self._times.get(key)
        if known is None:
            time = event_time(text, country_iso)
            known = time_key(time.event_time_local, text), time
            _remember(self._times, key, known)
        return known


def unreadable(observation: Observation) -> Iterator[tuple[Reason, str]]:
    """What an event says that cannot be read: (reason, the fragment as received)."""
    if observation.time.event_time_local is None:
        if observation.time_text:
            yield Reason(Why.EVENT_TIME), observation.time_text
        else:
            yield Reason(Why.NO_EVENT_TIME), ""
    place = observation.place
    if place.country_iso is None and (place.location_code or any(place.location)):
        fragment = " | ".join((place.location_code, *place.location))
        yield Reason(Why.EVENT_COUNTRY), fragment
    if observation.message.problem is not None:
        yield Reason(Why.EVENT_WORDING), observation.message.problem


def _first_wording(texts: Texts, templates: Texts) -> WordingKey | None:
    found = (
        (lang, template) for lang, text, template in zip(LANGUAGES, texts, templates, strict=True) if text
    )
    lang, template = next(found, ("", ""))
    return WordingKey("event", lang, casefold_nfkc(template)) if template else None


def _remember(memory: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    if len(memory) >= _MOST_REMEMBERED:
        memory.clear()
    memory[key] = value
