"""`reconcile`: which event of an answer is which known one. The service gives its events no identity."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from hkpost.normalise.assignment import best_assignment
from hkpost.normalise.event_key import TakenKeys, new_event_key
from hkpost.normalise.happening import (
    UNREADABLE,
    Agreement,
    Content,
    Happening,
    agreement,
    completed,
    likeness,
)

LARGEST_GROUP: Final = 40
"""Events of one minute that are weighed all against all; more (no real history) are weighed in such blocks."""
_COMPONENT_BITS: Final = 24


@dataclass(frozen=True, slots=True)
class KnownEvent:
    """An event of the item that the warehouse has; `report_no` is its position, oldest first, when it came."""

    event_key: str
    happening: Happening
    report_no: int = 0
    retracted: bool = False


@dataclass(frozen=True, slots=True)
class Identified:
    """An event of the answer with its key; `known` is None when it is new.

    `happening` is the event as it is known from now on: a text or a place that this answer leaves empty is
    kept from earlier ones. `report_no` is its position in the answer from 1, oldest first.
    """

    event_key: str
    known: KnownEvent | None
    happening: Happening
    report_no: int

    @property
    def returned(self) -> bool:
        """Whether the service had stopped reporting it."""
        return self.known is not None and self.known.retracted


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One item's history after an answer: its events in the order of the answer, and the keys now retracted."""

    events: tuple[Identified, ...]
    retracted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
    """One event of a group as it is weighed: its content, its position, and whether it is reported now."""

    index: int
    content: Content
    position: int
    current: bool
    event_type: str


def reconcile(known: Sequence[KnownEvent], reported: Sequence[Happening], *, item_no: str) -> Reconciled:
    """Decide which reported event is which known one, and give new ones their keys.

    `known` holds every event the item ever had, `reported` one answer's whole history in its order. Two
    are the same event only at the same moment, with places that do not contradict; then, the best first:
    messages that agree in all shared languages, equal in everything before others; messages that agree in
    one language and are corrected in another; no shared language, decided by position in the history (and
    by the event type, where it is known). The assignment is the best over all events of a minute together:
    as many as can be are known ones, and neither the order of the answer nor of `known` changes it, but
    where position is all there is to go by.

    An empty history retracts nothing: the service forgets, and an error answer has none.
    """
    positions = oldest_first(reported)
    contents = [happening.content for happening in reported]
    owners = _owners(known, reported, contents, positions) if known else {}
    taken = TakenKeys(event.event_key for event in known)
    keys: dict[int, str] = {}
    strangers = [index for index in range(len(reported)) if index not in owners]
    for index in sorted(strangers, key=lambda i: (reported[i].when, contents[i], positions[i])):
        keys[index] = new_event_key(item_no, reported[index].when, contents[index], taken)
        taken.add(keys[index])
    events = []
    for index, happening in enumerate(reported):
        owner = known[owners[index]] if index in owners else None
        events.append(
            Identified(
                event_key=owner.event_key if owner else keys[index],
                known=owner,
                happening=completed(owner.happening, happening) if owner else happening,
                report_no=positions[index],
            )
        )
    seen = {event.event_key for event in events}
    gone = [e.event_key for e in known if reported and not e.retracted and e.event_key not in seen]
    return Reconciled(tuple(events), tuple(sorted(gone)))


def oldest_first(reported: Sequence[Happening]) -> list[int]:
    """Each event's position from 1, oldest first.

    The service was seen to send newest first and oldest first: the readable times say which. Events keep
    their order where they do not.
    """
    times = [happening.when for happening in reported if not happening.when.startswith(UNREADABLE)]
    falls = sum(later < earlier for earlier, later in pairwise(times))
    rises = sum(later > earlier for earlier, later in pairwise(times))
    count = len(reported)
    return [count - index if falls > rises else index + 1 for index in range(count)]


def _owners(
    known: Sequence[KnownEvent],
    reported: Sequence[Happening],
    contents: Sequence[Content],
    positions: Sequence[int],
) -> dict[int, int]:
    """The index of the known event that each reported one is, minute by minute."""
    groups: defaultdict[str, tuple[list[_Side], list[_Side]]] = defaultdict(lambda: ([], []))
    for index, event in enumerate(known):
        told = event.happening
        side = _Side(index, told.content, event.report_no, not event.retracted, told.event_type)
        groups[told.when][0].append(side)
    for index, told in enumerate(reported):
        side = _Side(index, contents[index], positions[index], True, told.event_type)
        groups[told.when][1].append(side)
    owners: dict[int, int] = {}
    for olds, news in groups.values():
        if olds and news:
            # Events that are equal in everything are interchangeable: their keys decide, no order does.
            olds.sort(key=lambda side: (side.content, not side.current, known[side.index].event_key))
            news.sort(key=lambda side: (side.content, side.position))
            identical, olds_left, news_left = _pair_identical(olds, news)
            if not olds_left or not news_left:
                owners |= identical
            elif max(len(olds), len(news)) <= LARGEST_GROUP:
                # All against all: a pair of equals may have to part, so that more find their own.
                _pair_best(olds, news, owners)
            else:
                owners |= identical
                for start in range(0, max(len(olds_left), len(news_left)), LARGEST_GROUP):
                    block = slice(start, start + LARGEST_GROUP)
                    _pair_best(olds_left[block], news_left[block], owners)
    return owners


def _pair_identical(
    olds: Iterable[_Side], news: Iterable[_Side]
) -> tuple[dict[int, int], list[_Side], list[_Side]]:
    """Pair what is equal in everything, the nth with the nth, as `_owners` returns it; and the rest of both."""
    waiting: defaultdict[Content, list[_Side]] = defaultdict(list)
    for old in olds:
        waiting[old.content].append(old)
    for line in waiting.values():
        line.reverse()
    owners: dict[int, int] = {}
    news_left = []
    for new in news:
        if waiting.get(new.content):
            owners[new.index] = waiting[new.content].pop().index
        else:
            news_left.append(new)
    return owners, [old for line in waiting.values() for old in reversed(line)], news_left


def _pair_best(olds: Sequence[_Side], news: Sequence[_Side], owners: dict[int, int]) -> None:
    if not olds or not news:
        return
    if len(olds) == len(news) == 1:
        if agreement(olds[0].content, news[0].content):
            owners[news[0].index] = olds[0].index
        return
    old_places, new_places = _places(olds), _places(news)
    weights = [
        [
            _weight(old, new, row - column, old_places[row] - new_places[column])
            for column, new in enumerate(news)
        ]
        for row, old in enumerate(olds)
    ]
    for row, column in enumerate(best_assignment(weights)):
        if column is not None:
            owners[news[column].index] = olds[row].index


def _places(sides: Sequence[_Side]) -> list[int]:
    """Each event's place among those of its minute, by its position in the history."""
    by_position = sorted(range(len(sides)), key=lambda index: (sides[index].position, index))
    places = [0] * len(sides)
    for place, index in enumerate(by_position):
        places[index] = place
    return places


def _weight(old: _Side, new: _Side, apart_in_content: int, apart_in_history: int) -> int:
    """What it is worth to take two events for one; 0 when they cannot be.

    The components are compared one after another, summed over all pairs: a component is never outweighed
    by those behind it. The first counts the pairs that agree in full, the second all pairs. Squared
    distances make pairs that are equal otherwise keep their order.
    """
    degree = agreement(old.content, new.content)
    if degree is Agreement.NONE:
        return 0
    alike = likeness(old.content, new.content)
    full = degree is Agreement.FULL
    corrected = degree is Agreement.CORRECTED
    silent = degree is Agreement.SILENT
    same_type = old.event_type == new.event_type != ""
    apart = apart_in_history if silent else apart_in_content
    components = (
        full,
        True,
        alike == len(new.content),
        full * alike,
        full * old.current,
        corrected,
        corrected * alike,
        corrected * old.current,
        silent,
        silent * old.current,
        silent * same_type,
        silent * alike,
        LARGEST_GROUP**2 - apart**2,
    )
    weight = 0
    for component in components:
        weight = (weight << _COMPONENT_BITS) + component
    return weight
