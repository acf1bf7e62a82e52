"""Sequences of answers about one item as a careless service may give them, and what must hold after each.

The item has true events. An answer is an error, empty, or a good one: some of the events, in any order and
language, their places there or not, some texts corrected. What was reported and what is known are compared here,
for the pure functions and for the warehouse alike.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from hypothesis import strategies as st

from hkpost.ecship.rows import NO_TEXTS, ItemAnswer, ReportedEvent, Texts
from hkpost.history.countries import resolve_country
from hkpost.history.observation import comparison_key, time_key
from hkpost.history.times import local_time

ITEM = "RB123456785HK"
MINUTES = ("20-02-2026 09:30", "20-02-2026 18:00", "21-02-2026 00:00", "22-02-2026 07:05", "some day")
PLACES = (
    ("HK", Texts("HONG KONG", "香港", "香港")),
    ("US", Texts("UNITED STATES OF AMERICA", "美國", "美国")),
    ("", NO_TEXTS),
)
MESSAGES = (
    Texts("Item posted.", "郵件已投寄。", "邮件已投寄。"),
    Texts("Arrived and is being processed.", "已到達，現正處理。", "已到达，现正处理。"),
    Texts("Travels by train", "乘火車", "乘火车"),
    Texts("Delivered.", "成功派遞", "成功派递"),
)
CODES = {"HK": ("HK", "HK", "HKG", "hk"), "US": ("US", "US", "USA"), "": ("",)}
"""A country's code as one answer or another may write it."""
TYPOGRAPHIES: tuple[Callable[[str], str], ...] = (
    str,
    str,
    str.upper,
    lambda text: "\ufeff " + text.replace(" ", "\xa0 ") + " .",
    lambda text: text.replace("，", ","),
)
"""Differences that make no other wording."""
ERRORS = (1001, 1002, 1003, 1004, 4711, 9998, 9999)


class TrueEvent(NamedTuple):
    """One event as it happened; `number` is unique in the item."""

    number: int
    when: str
    place: tuple[str, Texts]
    message: Texts


@dataclass(frozen=True)
class Reported:
    """One answer, and which true event each of its events is."""

    answer: ItemAnswer
    numbers: tuple[int, ...]
    is_corrected: bool

    @property
    def is_good(self) -> bool:
        return bool(self.answer.events)


@dataclass(frozen=True)
class Story:
    """An item's true events and the answers about it, one after another."""

    events: tuple[TrueEvent, ...]
    answers: tuple[Reported, ...]

    @property
    def is_decidable(self) -> bool:
        """Whether each answer says of each of its events which one it is: no two share a minute and a place
        or a wording that may be left out, and no wording is corrected."""
        minutes = Counter(event.when for event in self.events)
        return max(minutes.values()) == 1 and not any(reported.is_corrected for reported in self.answers)

    @property
    def shares_languages(self) -> bool:
        """Whether any two answers that report different events of one minute have a language in common."""
        reports = [
            (event.number, event.when, {lang for lang in ("e", "c", "s") if getattr(reported.message, lang)})
            for answer in self.answers
            for event, reported in zip(
                (self.events[number] for number in answer.numbers), answer.answer.events, strict=True
            )
        ]
        return all(
            one == other or when != at or langs & others
            for (one, when, langs), (other, at, others) in combinations(reports, 2)
        )


class KnownFact(NamedTuple):
    """One event as it is known after some answers: texts as they are compared, the code as its country."""

    key: str
    when: str
    code: str
    location: Texts
    message: Texts
    is_current: bool


@st.composite
def stories(draw: st.DrawFn, most_events: int = 6, most_answers: int = 7) -> Story:
    """Few minutes, places and wordings, so that everything collides, or as many minutes as events."""
    minutes = draw(st.permutations(MINUTES)) if draw(st.booleans()) else None
    count = draw(st.integers(1, min(most_events, len(MINUTES)) if minutes else most_events))
    events = tuple(
        TrueEvent(
            number,
            minutes[number] if minutes else draw(st.sampled_from(MINUTES[:3])),
            draw(st.sampled_from(PLACES)),
            draw(st.sampled_from(MESSAGES)),
        )
        for number in range(count)
    )
    with_corrections = draw(st.booleans())
    answers: list[Reported] = []
    for _ in range(draw(st.integers(1, most_answers))):
        kind = draw(st.sampled_from(["good"] * 6 + ["again", "empty", "error"]))
        if kind == "again" and answers:
            answers.append(answers[-1])
        elif kind == "empty":
            answers.append(Reported(ItemAnswer(ITEM, 0), (), is_corrected=False))
        elif kind == "error":
            answers.append(Reported(ItemAnswer(ITEM, draw(st.sampled_from(ERRORS))), (), is_corrected=False))
        else:
            answers.append(draw(_good_answers(events, with_corrections)))
    return Story(events, tuple(answers))


@st.composite
def _good_answers(draw: st.DrawFn, events: Sequence[TrueEvent], with_corrections: bool) -> Reported:
    chosen = draw(st.lists(st.sampled_from(events), unique=True, min_size=1))
    lang = draw(st.sampled_from("AAECS"))
    corrected = with_corrections and draw(st.booleans())
    reported = []
    for event in chosen:
        message = event.message
        if corrected:
            message = message._replace(c=message.c + "（更正）")
        code, location = event.place
        typed = draw(st.sampled_from(TYPOGRAPHIES))
        shown = draw(st.sampled_from(["all", "all", "code", "none"]))
        reported.append(
            ReportedEvent(
                event.when,
                draw(st.sampled_from(CODES[code])) if shown != "none" else "",
                _spoken(location, lang) if shown == "all" else NO_TEXTS,
                _spoken(Texts(*map(typed, message)), lang),
            )
        )
    answer = ItemAnswer(ITEM, 0, events=tuple(reported))
    return Reported(answer, tuple(event.number for event in chosen), is_corrected=corrected)


def _spoken(texts: Texts, lang: str) -> Texts:
    return texts if lang == "A" else Texts()._replace(**{lang.lower(): getattr(texts, lang.lower())})


def shuffled(reported: Reported, chance: random.Random) -> Reported:
    """The same answer in another order."""
    events = reported.answer.events
    order = chance.sample(range(len(events)), len(events))
    answer = replace(reported.answer, events=tuple(events[place] for place in order))
    return replace(reported, answer=answer, numbers=tuple(reported.numbers[place] for place in order))


def known_fact(
    key: str,
    when: str,
    code: str | None,
    location: Iterable[str],
    message: Iterable[str],
    *,
    is_current: bool,
) -> KnownFact:
    return KnownFact(
        key,
        when,
        country(code),
        Texts(*map(comparison_key, location)),
        Texts(*map(comparison_key, message)),
        is_current,
    )


def country(code: str | None) -> str:
    return resolve_country(code or "", NO_TEXTS) or ""


def when(event: ReportedEvent) -> str:
    """The minute of a reported event as facts have it."""
    return time_key(local_time(event.event_date_time), event.event_date_time)


def assert_current(reported: Reported, facts: Sequence[KnownFact]) -> None:
    """The current facts are the answer's history: minutes, wordings and, where it gives them, places."""
    current = [fact for fact in facts if fact.is_current]
    events = reported.answer.events
    spoken = [lang for lang, text in zip("ecs", events[0].message, strict=True) if text]

    def words(message: Texts) -> tuple[str, ...]:
        return tuple(comparison_key(getattr(message, lang)) for lang in spoken)

    latest = Counter((when(event), words(event.message)) for event in events)
    assert Counter((fact.when, words(fact.message)) for fact in current) == latest
    placed = Counter(
        (when(event), words(event.message), country(event.location_code))
        for event in events
        if event.location_code
    )
    assert placed <= Counter((fact.when, words(fact.message), fact.code) for fact in current)


def assert_complete(story: Story, reported: Sequence[Reported], facts: Sequence[KnownFact]) -> None:
    """The facts are the true events that were ever reported, each once, with all that was ever reported of it.

    For decidable stories only: otherwise no one could say which event an answer means.
    """
    expected = []
    for event in story.events:
        mentions = [
            one
            for answer in reported
            for number, one in zip(answer.numbers, answer.answer.events, strict=True)
            if number == event.number
        ]
        if mentions:
            expected.append(
                (
                    when(mentions[0]),
                    next((country(one.location_code) for one in mentions if one.location_code), ""),
                    _learned([one.location for one in mentions]),
                    _learned([one.message for one in mentions]),
                )
            )
    known = [(fact.when, fact.code, fact.location, fact.message) for fact in facts]
    assert sorted(known) == sorted(expected)


def _learned(tellings: Sequence[Texts]) -> Texts:
    return Texts(
        *(next((comparison_key(text) for text in texts if text), "") for texts in zip(*tellings, strict=True))
    )
