"""`reconcile`: which event of an answer is which known one. The service gives its events no identity."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from hkpost.history.assignment import best_assignment
from hkpost.history.event import Event
from hkpost.history.event_key import TakenKeys, new_event_key
from hkpost.history.observation import UNREADABLE, Content, MatchLevel, Observation, likeness, match_level
from hkpost.history.wordings import UNCLASSIFIED

LARGEST_GROUP: Final = 40
"""Events of one minute that are weighed all against all; more (no real history) are weighed in such blocks."""
_COMPONENT_BITS: Final = 24


class Match(NamedTuple):
    """A reported event with its key, and the known event that it is; None when it is new.

    `report_no` is its position in the answer from 1, oldest first.
    """

    event_key: str
    known: Event | None
    reported: Observation
    report_no: int

    @property
    def returned(self) -> bool:
        """Whether the service had stopped reporting it."""
        return self.known is not None and self.known.retracted_at is not None


class Reconciled(NamedTuple):
    """One answer's events in its order, each with its key, and the keys of the events that are now retracted."""

    matches: Sequence[Match]
    retracted: Sequence[str]


class _Side(NamedTuple):
    """One event of a minute as it is weighed: where it is in its list, its content, its position, and whether it is
    reported now."""

    at: int
    content: Content
    position: int
    current: bool
    event_type: str


def reconcile(known: Sequence[Event], reported: Sequence[Observation], *, item_no: str) -> Reconciled:
    """Decide which reported event is which known one, and give new ones their keys.

    `known` holds every event the item ever had, `reported` one answer's whole history in its order. Two
    are the same event only in the same minute, with places that do not contradict; then, the best first:
    messages that agree in all shared languages, equal in everything before others; messages that agree in
    one language and are corrected in another; no shared language, decided by position in the history (and
    by the event type, where it is known). The assignment is the best over all events of a minute together:
    as many as can be are known ones, and neither the order of the answer nor of `known` changes it, but
    where position is all there is to go by.

    An empty history retracts nothing: the service forgets, and an error answer has none.
    """
    positions = oldest_first(reported)
    contents = [observation.content for observation in reported]
    owners = _owners(known, reported, contents, positions) if known else {}
    keys: dict[int, str] = {}
    if len(owners) < len(reported):
        taken = TakenKeys(event.event_key for event in known)
        strangers = [index for index in range(len(reported)) if index not in owners]
        for index in sorted(strangers, key=lambda i: (reported[i].time_key, contents[i], positions[i])):
            keys[index] = new_event_key(item_no, reported[index].time_key, contents[index], taken)
            taken.add(keys[index])
    matches = []
    for index, observation in enumerate(reported):
        owner = known[owners[index]] if index in owners else None
        matches.append(Match(owner.event_key if owner else keys[index], owner, observation, positions[index]))
    seen = {match.event_key for match in matches}
    gone = [e.event_key for e in known if reported and e.retracted_at is None and e.event_key not in seen]
    return Reconciled(matches, sorted(gone))


def oldest_first(reported: Sequence[Observation]) -> list[int]:
    """Each event's position from 1, oldest first.

    The service was seen to send newest first and oldest first: the readable times say which. Events keep
    their order where they do not.
    """
    times = [one.time_key for one in reported if not one.time_key.startswith(UNREADABLE)]
    falls = sum(later < earlier for earlier, later in pairwise(times))
    rises = sum(later > earlier for earlier, later in pairwise(times))
    count = len(reported)
    return [count - index if falls > rises else index + 1 for index in range(count)]


def _owners(
    known: Sequence[Event],
    reported: Sequence[Observation],
    contents: Sequence[Content],
    positions: Sequence[int],
) -> dict[int, int]:
    """The index of the known event that each reported one is, minute by minute."""
    minutes: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for index, event in enumerate(known):
        minutes[event.observation.time_key][0].append(index)
    for index, observation in enumerate(reported):
        minutes[observation.time_key][1].append(index)
    owners: dict[int, int] = {}
    for old_indexes, new_indexes in minutes.values():
        if len(old_indexes) == len(new_indexes) == 1:
            [old_index], [new_index] = old_indexes, new_indexes
            if match_level(known[old_index].observation.content, contents[new_index]):
                owners[new_index] = old_index
        elif old_indexes and new_indexes:
            olds = [_known_side(index, known[index]) for index in old_indexes]
            news = [
                _Side(index, contents[index], positions[index], True, reported[index].message.event_type)
                for index in new_indexes
            ]
            # Events that are equal in everything are interchangeable: their keys decide, no order does.
            olds.sort(key=lambda side: (side.content, not side.current, known[side.at].event_key))
            news.sort(key=lambda side: (side.content, side.position))
            _pair_minute(olds, news, owners)
    return owners


def _pair_minute(olds: Sequence[_Side], news: Sequence[_Side], owners: dict[int, int]) -> None:
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


def _known_side(index: int, event: Event) -> _Side:
    observation = event.observation
    is_current = event.retracted_at is None
    return _Side(index, observation.content, event.report_no or 0, is_current, observation.message.event_type)


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
            owners[new.at] = waiting[new.content].pop().at
        else:
            news_left.append(new)
    return owners, [old for line in waiting.values() for old in reversed(line)], news_left


def _pair_best(olds: Sequence[_Side], news: Sequence[_Side], owners: dict[int, int]) -> None:
    if not olds or not news:
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
            owners[news[column].at] = olds[row].at


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
    degree = match_level(old.content, new.content)
    if degree is MatchLevel.NONE:
        return 0
    alike = likeness(old.content, new.content)
    full = degree is MatchLevel.FULL
    corrected = degree is MatchLevel.CORRECTED
    silent = degree is MatchLevel.SILENT
    same_type = old.event_type == new.event_type != UNCLASSIFIED
    apart = apart_in_history if silent else apart_in_content
    components = (
        full,
        True,
        old.content == new.content,
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
