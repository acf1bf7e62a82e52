"""Laying answers upon what the warehouse knows: the events of each item afterwards, and what changed."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Final, NamedTuple, TypeAlias

from hkpost.normalise.happening import Happening, moment
from hkpost.normalise.reconcile import Identified, Reconciled, reconcile
from hkpost.normalise.times import local_time
from hkpost.normalise.wordings import UNCLASSIFIED, WordingLedger
from hkpost.parse.rows import ItemAnswer, ReportedEvent
from hkpost.warehouse.load.events import Fact, StoredEvent
from hkpost.warehouse.load.shapes import Shape, Shaped
from hkpost.warehouse.load.verdict import Reject

_SAID: Final = slice(2 + len(Shape._fields))
"""The fields of a fact that say what the event is, and not where it stands or how it came."""


Shaper: TypeAlias = Callable[[Iterable[Sequence[object]]], Shaped]
"""Gives events (rows of `REPORTED_COLUMNS`) their shapes, in their order."""


class Telling(NamedTuple):
    """What one answer says of one item, beside the events that the warehouse has of it."""

    call_id: int
    received_at: datetime
    answer: ItemAnswer
    stored: Sequence[StoredEvent]


class EventChange(NamedTuple):
    """A row of `tracking_event_change`; `change` is appeared, retracted or returned."""

    item_no: str
    event_key: str
    event_date: date
    changed_at: datetime
    change: str
    call_id: int


class History(NamedTuple):
    """One item's events after an answer.

    `current` are those that the service reports now, oldest first. `to_write` are the facts that are new
    or differ from what is stored; `rejects` what could not be read in events that are new or corrected.
    """

    current: Sequence[Fact]
    to_write: Sequence[Fact]
    changes: Sequence[EventChange]
    corrected: int
    """How many known events say something else than before, or more."""
    rejects: Sequence[Reject]


def lay_answers(ledger: WordingLedger, tellings: Sequence[Telling], shape: Shaper) -> list[History]:
    """Give each telling, all of different items, its history."""
    results = [identify(told, ledger) for told in tellings]
    rows = (row for told, result in zip(tellings, results, strict=True) for row in event_rows(told, result))
    shaped = shape(rows)
    shapes = iter(enumerate(shaped.shapes))
    histories = []
    for told, result in zip(tellings, results, strict=True):
        own = list(islice(shapes, len(result.events)))
        rejects = [shaped.rejects.get(row, ()) for row, _ in own]
        histories.append(history_of(told, result, [shape for _, shape in own], rejects))
    return histories


def identify(told: Telling, ledger: WordingLedger) -> Reconciled:
    """Which events of an answer are which stored ones."""
    known = [stored.known for stored in told.stored]
    reported = [_happening(event, ledger) for event in told.answer.events]
    return reconcile(known, reported, item_no=told.answer.item_no)


def _happening(event: ReportedEvent, ledger: WordingLedger) -> Happening:
    event_type = ledger.event(event.message).event_type
    return Happening(
        when=moment(local_time(event.event_date_time), event.event_date_time),
        location_code=event.location_code,
        location=event.location,
        message=event.message,
        event_type="" if event_type == UNCLASSIFIED else event_type,
    )


def event_rows(told: Telling, result: Reconciled) -> Iterator[tuple[object, ...]]:
    """The events of an answer, with what was known of them before, as rows of `REPORTED_COLUMNS`."""
    stored = {event.fact.event_key: event.fact for event in told.stored}
    for position, (event, reported) in enumerate(zip(result.events, told.answer.events, strict=True)):
        fact = stored.get(event.event_key)
        yield (
            told.answer.item_no,
            told.call_id,
            position,
            (fact and fact.event_time_text) or reported.event_date_time,
            event.happening.location_code,
            *event.happening.location,
            *event.happening.message,
            reported.event_code or (fact and fact.event_code) or "",
        )


def history_of(
    told: Telling, result: Reconciled, shapes: Sequence[Shape], rejects: Sequence[Sequence[Reject]]
) -> History:
    """The history that a telling gives, from the shapes and the rejects of `event_rows`, in their order."""
    stored = {event.fact.event_key: event.fact for event in told.stored}
    current = _current(told, result, shapes, stored)
    trouble = {event.event_key: found for event, found in zip(result.events, rejects, strict=True) if found}
    gone = [stored[key]._replace(sequence_no=None, retracted_at=told.received_at) for key in result.retracted]
    to_write = [fact for fact in (*current, *gone) if fact != stored.get(fact.event_key)]
    known = [fact for fact in current if fact.event_key in stored]
    unchanged = {fact.event_key for fact in known if fact[_SAID] == stored[fact.event_key][_SAID]}
    return History(
        current=current,
        to_write=to_write,
        changes=list(_changes(told, result, gone, {fact.event_key: fact for fact in current})),
        corrected=len(known) - len(unchanged),
        rejects=[reject for key, found in trouble.items() if key not in unchanged for reject in found],
    )


def _current(
    told: Telling, result: Reconciled, shapes: Sequence[Shape], stored: Mapping[str, Fact]
) -> list[Fact]:
    """The events that the service reports now, oldest first; the known ones where the answer has none."""
    if not result.events:
        known = (fact for fact in stored.values() if fact.retracted_at is None)
        return sorted(known, key=lambda fact: fact.sequence_no or 0)
    told_now = sorted(
        zip(result.events, shapes, strict=True),
        key=lambda pair: (pair[1].event_time is None, pair[1].event_time, pair[0].event_key),
    )
    return [
        _fact(told, event, shape, place, stored.get(event.event_key))
        for place, (event, shape) in enumerate(told_now, 1)
    ]


def _fact(told: Telling, event: Identified, shape: Shape, sequence_no: int, known: Fact | None) -> Fact:
    """The event as it is from now on; its key, its date and its first appearance stay as they were."""
    return Fact(
        told.answer.item_no,
        event.event_key,
        *shape._replace(event_date=known.event_date if known else shape.event_date),
        sequence_no=sequence_no,
        report_no=known.report_no if known else event.report_no,
        first_seen_at=known.first_seen_at if known else told.received_at,
        retracted_at=None,
        call_id=known.call_id if known else told.call_id,
    )


def _changes(
    told: Telling, result: Reconciled, gone: Sequence[Fact], current: Mapping[str, Fact]
) -> Iterator[EventChange]:
    def change(fact: Fact, word: str) -> EventChange:
        return EventChange(
            fact.item_no, fact.event_key, fact.event_date, told.received_at, word, told.call_id
        )

    for event in result.events:
        if event.known is None:
            yield change(current[event.event_key], "appeared")
        elif event.returned:
            yield change(current[event.event_key], "returned")
    for fact in gone:
        yield change(fact, "retracted")
