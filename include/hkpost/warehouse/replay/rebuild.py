"""Some items told again and written, in one transaction beside which no load runs."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from hkpost.warehouse.load.dimensions import WordingBook
from hkpost.warehouse.load.events import Fact, StoredEvent, stored_events
from hkpost.warehouse.load.history import EventChange
from hkpost.warehouse.load.item import Item, asked_items, copy_items
from hkpost.warehouse.load.journey import JourneyEvent
from hkpost.warehouse.load.rejects import note_rejects
from hkpost.warehouse.load.shapes import Shape, shape_events
from hkpost.warehouse.load.stage import copy_rows, make_stage
from hkpost.warehouse.plans import by_index
from hkpost.warehouse.replay.recollection import Polled, Recollection
from hkpost.warehouse.replay.retelling import RecordedChange, RecordedState, Retold, Story, retell
from hkpost.warehouse.replay.selection import Selection
from hkpost.warehouse.replay.settling import (
    Settled,
    is_complete,
    settle_events,
    settle_item,
    state_rows,
)
from hkpost.warehouse.replay.summary import ReplaySummary
from hkpost.warehouse.statements import statement

_Record = TypeVar("_Record", RecordedChange, RecordedState)


class _Rebuilt(NamedTuple):
    story: Story
    retold: Retold
    settled: Settled


def rebuild_items(
    connection: Connection,
    item_nos: Sequence[str],
    recollection: Recollection,
    selection: Selection,
    mark: datetime,
    summary: ReplaySummary,
    *,
    wait: bool,
) -> list[str]:
    """Tell items again and write what differs, in the caller's transaction; return those that are left.

    An item that somebody holds is left, unless `wait` (with one item: nobody can wait for each other then).
    Answers since `mark` that were loaded after the archive was read are taken too.
    """
    connection.execute(statement("lock_replay"))
    held = item_nos
    if not wait:
        held = connection.execute(statement("hold_items"), {"item_nos": list(item_nos)}).scalars().all()
    items = asked_items(connection, held)
    _take_late_answers(connection, items, recollection, selection, mark)
    make_stage(connection)
    connection.execute(statement("stage_replay"))
    book = WordingBook(connection)
    for item_no in items:
        for told in recollection.of(item_no):
            book.meet_milestone(told.answer.milestone)
    rebuilt = [
        _Rebuilt(story, retold := retell(story, book.ledger), settle_events(story, retold))
        for story in _stories(connection, items, recollection)
    ]
    _write(connection, rebuilt, book, recollection, summary)
    return sorted(set(item_nos) - set(items))


def _take_late_answers(
    connection: Connection,
    items: Mapping[str, Item],
    recollection: Recollection,
    selection: Selection,
    mark: datetime,
) -> None:
    late = []
    for item_no, item in items.items():
        seen = recollection.polled[item_no].last_at if item_no in recollection.polled else None
        asked_at = item.last_polled_at
        if asked_at is not None and asked_at >= mark and (seen is None or asked_at > seen):
            late.append(item_no)
    if not late or (selection.until is not None and selection.until < mark):
        return
    # Theirs alone: the other items of these answers have taken them, or will.
    own = Recollection(frozenset(late))
    for row in connection.execute(
        statement("replay_late_answers"), {"item_nos": late, "mark": mark, "until": selection.until}
    ):
        own.take(row)
    recollection.add(own)


def _stories(
    connection: Connection, items: Mapping[str, Item], recollection: Recollection
) -> Iterator[Story]:
    item_nos = list(items)
    stored = stored_events(connection, item_nos)
    told = [item_no for item_no in item_nos if recollection.of(item_no)]
    changes = _recorded(connection, "recorded_event_changes", RecordedChange, told)
    states = _recorded(connection, "recorded_states", RecordedState, item_nos)
    for item_no, item in items.items():
        polled = recollection.polled.get(item_no) or Polled()
        yield Story(
            item,
            stored.get(item_no, ()),
            changes[item_no],
            states[item_no],
            recollection.of(item_no),
            is_complete=polled.count - polled.unread >= item.poll_count,
        )


def _recorded(
    connection: Connection, query: str, kind: type[_Record], item_nos: Sequence[str]
) -> Mapping[str, list[_Record]]:
    records: defaultdict[str, list[_Record]] = defaultdict(list)
    with by_index(connection):
        rows = connection.execute(statement(query), {"item_nos": list(item_nos)}).all()
    for item_no, *values in rows:
        records[item_no].append(kind(*values))
    return records


def _write(
    connection: Connection,
    rebuilt: Sequence[_Rebuilt],
    book: WordingBook,
    recollection: Recollection,
    summary: ReplaySummary,
) -> None:
    facts = _normalised(connection, [one.settled.events for one in rebuilt], book)
    new_facts: list[Fact] = []
    items: list[Item] = []
    states: list[tuple[object, ...]] = []
    for one, own in zip(rebuilt, facts, strict=True):
        story = one.story
        known = {event.fact.event_key: event.fact for event in story.stored}
        written = [fact for fact in own if fact != known.get(fact.event_key)]
        new_facts.extend(written)
        polled = recollection.polled.get(story.item.item_no)
        item = settle_item(story, one.retold, own, polled, book.ledger)
        rows = list(state_rows(story, one.retold, item))
        states.extend(rows)
        if item != story.item:
            items.append(item)
        if item.state != story.item.state:
            summary.states[item.state] += 1
        summary.events += len(own)
        summary.events_new += len(own) - len(known)
        summary.events_changed += len(written)
    changes = [change for one in rebuilt for change in one.settled.event_changes]
    copy_rows(connection, "loaded_event", Fact._fields, new_facts)
    connection.execute(statement("merge_events"))
    copy_rows(connection, "loaded_event_change", EventChange._fields, changes)
    noted = connection.execute(statement("merge_event_changes")).rowcount if changes else 0
    copy_rows(connection, "replayed_state", ("item_no", *RecordedState._fields), states)
    connection.execute(statement("merge_replayed_states"))
    copy_items(connection, items)
    connection.execute(statement("merge_replayed_items"))
    _write_journeys(connection, rebuilt, facts)
    summary.items += len(rebuilt)
    summary.items_changed += len(items)
    summary.changes_noted += noted
    # An incomplete story is laid upon texts that came later: its trouble may be of our own making.
    trouble = [reject for one in rebuilt if is_complete(one.story) for reject in one.retold.rejects]
    summary.rejected += note_rejects(connection, trouble, "merge_replayed_rejects")
    current = (fact for fact in new_facts if fact.retracted_at is None)
    summary.unclassified += book.unclassified(current, ())


def _write_journeys(
    connection: Connection, rebuilt: Sequence[_Rebuilt], facts: Sequence[Sequence[Fact]]
) -> None:
    """Bring the journeys of items that were ever asked about in step with their events."""
    asked = [
        (one.story.item.item_no, own)
        for one, own in zip(rebuilt, facts, strict=True)
        if own or one.story.item.last_polled_at is not None
    ]
    copy_rows(connection, "journey_item", ("item_no",), ((item_no,) for item_no, _ in asked))
    events = (
        JourneyEvent(fact.item_no, fact.event_type, fact.event_time, fact.event_date)
        for _, own in asked
        for fact in own
        if fact.retracted_at is None
    )
    copy_rows(connection, "journey_event", JourneyEvent._fields, events)
    connection.execute(statement("merge_journeys"))


def _normalised(
    connection: Connection, settled: Sequence[Sequence[StoredEvent]], book: WordingBook
) -> list[list[Fact]]:
    """The events of each item as facts, from their texts and times as received."""
    shape = partial(shape_events, connection, book)
    shapes = iter(shape([_row(event) for events in settled for event in events]).shapes)
    return [_in_sequence([_fact(event, next(shapes)) for event in events]) for events in settled]


def _row(event: StoredEvent) -> tuple[object, ...]:
    fact, told = event.fact, event.known.happening
    return (
        fact.item_no,
        fact.call_id,
        0,
        fact.event_time_text or "",
        told.location_code,
        *told.location,
        *told.message,
        fact.event_code or "",
    )


def _fact(event: StoredEvent, shape: Shape) -> Fact:
    fact = event.fact
    return Fact(
        fact.item_no,
        fact.event_key,
        *shape._replace(event_date=fact.event_date),
        sequence_no=None,
        report_no=fact.report_no,
        first_seen_at=fact.first_seen_at,
        retracted_at=fact.retracted_at,
        call_id=fact.call_id,
    )


def _in_sequence(facts: Sequence[Fact]) -> list[Fact]:
    """The facts, the current ones numbered from the oldest on."""
    current = sorted(
        (fact for fact in facts if fact.retracted_at is None),
        key=lambda fact: (fact.event_time is None, fact.event_time, fact.event_key),
    )
    retracted = [fact for fact in facts if fact.retracted_at is not None]
    return [*(fact._replace(sequence_no=place) for place, fact in enumerate(current, 1)), *retracted]
