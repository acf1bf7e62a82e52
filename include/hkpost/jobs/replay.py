"""Replay: events and states worked out again from the archived answers, without asking the service.

The archive is read once, for all buckets; then each bucket folds its items again, some at a time.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, Engine

from hkpost.ecship.reader import AnswerReader, IsKnown, never
from hkpost.ecship.rows import ItemAnswer
from hkpost.history.fold import Answered, History, Rules
from hkpost.history.item_result import ItemResult
from hkpost.history.merge import Merged, merge
from hkpost.history.rebuild import ArchivedAnswer, Record, rebuild
from hkpost.jobs.answer import read_answer, unreadable
from hkpost.jobs.gc_disabled import gc_disabled
from hkpost.jobs.progress import Progress
from hkpost.jobs.selection import Selection, plan_buckets, selected_items
from hkpost.jobs.summary import ReadSummary, ReplaySummary
from hkpost.reasons import Reason, Why
from hkpost.warehouse.archive.replayed import (
    ArchivedBody,
    archived_answers,
    archived_days,
    late_answers,
    put_answers,
    take_answers,
)
from hkpost.warehouse.errors import concerns_warehouse, in_words
from hkpost.warehouse.facts.dimensions import Dimensions
from hkpost.warehouse.facts.histories import read_histories, read_recorded_changes, read_recorded_states
from hkpost.warehouse.facts.rejects import Rejected, note_rejects, rejected
from hkpost.warehouse.facts.store import Difference, make_stage, store
from hkpost.warehouse.items.rows import lock_free_items, lock_items, poll_policies
from hkpost.warehouse.statements import statement

ITEMS_PER_CHUNK = 500
"""Items folded in one transaction: a load or a fetch that needs one of them waits no longer than that."""
_MOST_REMEMBERED = 500_000
"""Items whose last answer is remembered while the archive is read: the same again need not be kept again."""


def plan_replay(
    engine: Engine,
    selection: Selection,
    buckets: int | None = None,
    *,
    report: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> tuple[list[Selection], ReadSummary]:
    """Read the archive, once, and split what it says into buckets of items; the next plan begins again.

    Raises:
        ValueError: `buckets` is below 1.
    """
    with engine.begin() as connection:
        connection.execute(statement("archive/clear_replay"))
        mark = connection.execute(statement("archive/loaded_mark")).scalar_one()
    plan = plan_buckets(engine, replace(selection, mark=mark), buckets)
    return plan, _read_archive(engine, selection, Progress("answers", report, clock))


def replay_bucket(
    engine: Engine,
    selection: Selection,
    *,
    report: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> ReplaySummary:
    """Work out a bucket's events and states again from what `plan_replay` read, without a request to the service.

    It may run beside loads, fetches and other buckets, be interrupted and be repeated: each transaction leaves
    some items as the whole replay would. `report` gets a line now and then.
    """
    summary, item_nos = ReplaySummary(), selected_items(engine, selection)
    bucket = _Bucket(engine, selection, summary)
    progress = Progress(f"bucket {selection.bucket + 1} of {selection.buckets}: items", report, clock)
    progress.total = len(item_nos)
    left: list[str] = []
    for start in range(0, len(item_nos), ITEMS_PER_CHUNK):
        chunk = item_nos[start : start + ITEMS_PER_CHUNK]
        left += bucket.replay(chunk, wait=False)
        progress.advance(len(chunk))
    for item_no in left:
        bucket.replay([item_no], wait=True)
    progress.say()
    return summary


def _read_archive(engine: Engine, selection: Selection, progress: Progress) -> ReadSummary:
    """Put what each answer says of each of its items where the buckets find it, a day a transaction."""
    summary, parameters = ReadSummary(), selection.parameters
    with engine.connect() as connection:
        days = archived_days(connection, parameters)
    progress.total = sum(day.answers for day in days)
    last: dict[str, str] = {}
    for day in days:
        rejects: list[Rejected] = []
        with gc_disabled(), engine.connect() as reading, engine.begin() as writing:
            bodies = archived_answers(reading, parameters, day.day)
            put_answers(writing, _parts(bodies, selection, last, rejects, summary, progress))
            make_stage(writing)
            summary.rejected += note_rejects(writing, rejects, again=True)
    progress.say()
    return summary


def _parts(
    bodies: Iterator[ArchivedBody],
    selection: Selection,
    last: dict[str, str],
    rejects: list[Rejected],
    summary: ReadSummary,
    progress: Progress,
) -> Iterator[tuple[str, ArchivedAnswer, ItemAnswer | None]]:
    """What each answer says of each item; `last` has the fingerprint of what was last said of it."""
    reader = AnswerReader()
    selected = frozenset(selection.item_nos)
    for body in bodies:
        progress.advance()
        if not body.item_nos:
            summary.orphaned += 1
            continue
        summary.answers += 1

        def is_known(item_no: str, fingerprint: str, asked: Sequence[str] = body.item_nos) -> bool:
            return item_no in asked and last.get(item_no) == fingerprint

        parts, found = _archived(body, reader, is_known)
        rejects += (one for one in found if not selected or one.item_no is None or one.item_no in selected)
        summary.damaged += next(iter(parts.values())).is_damaged
        if len(last) > _MOST_REMEMBERED:
            last.clear()
        for item_no, part in parts.items():
            if selected and item_no not in selected:
                continue
            said = part.answered.result.answer
            if said is not None:
                last[item_no] = said.fingerprint
            yield item_no, part, said


def _archived(
    body: ArchivedBody, reader: AnswerReader, is_known: IsKnown = never
) -> tuple[dict[str, ArchivedAnswer], list[Rejected]]:
    """What an archived answer says of each item that was asked about, and what cannot be used."""
    try:
        read = read_answer(reader, body.item_nos, body.body, body.content_type, is_known)
    except Exception as error:  # whatever it is, the other answers go on
        read = unreadable(body.item_nos, in_words(error))

    def part(result: ItemResult) -> ArchivedAnswer:
        answered = Answered(body.call_id, body.received_at, result)
        return ArchivedAnswer(answered, body.loaded_at, body.account, not read.is_readable)

    parts = {item_no: part(result) for item_no, result in read.results.items()}
    return parts, [rejected(body.account, body.call_id, reject) for reject in read.rejects]


class _Bucket:
    """Replays items of a selection, and counts."""

    def __init__(self, engine: Engine, selection: Selection, summary: ReplaySummary) -> None:
        self._engine = engine
        self._selection = selection
        self._summary = summary
        self._dimensions = Dimensions()
        if selection.mark is None:
            raise ValueError("the archive is not read yet: a bucket comes from plan_replay")
        self._mark = selection.mark
        self._answers: dict[str, list[ArchivedAnswer]] = {}

    def replay(self, item_nos: Sequence[str], *, wait: bool) -> list[str]:
        """Fold items again and write what differs; return those that are left, because somebody holds them.

        With `wait` (for one item: two cannot wait for each other then) none is. Where writing fails, the items are
        folded one by one; one that cannot be written stays as it is, with the reason among the rejects.
        """
        own = ReplaySummary()
        try:
            left = self._replay_together(item_nos, own, wait=wait)
        except Exception as error:  # whatever an item raises, the others go on
            self._dimensions = Dimensions()
            if concerns_warehouse(error) or not item_nos:
                raise
            # Where not even nothing can be written, no item is to blame.
            self.replay([], wait=wait)
            if len(item_nos) == 1:
                self._set_aside(item_nos[0], error)
                return []
            return [left for item_no in item_nos for left in self.replay([item_no], wait=wait)]
        self._summary.add(own)
        return left

    def _replay_together(self, item_nos: Sequence[str], own: ReplaySummary, *, wait: bool) -> list[str]:
        with gc_disabled(), self._engine.begin() as connection:
            connection.execute(statement("archive/lock_replay"))
            held = [*lock_items(connection, item_nos)] if wait else lock_free_items(connection, item_nos)
            make_stage(connection)
            self._dimensions.read_wordings(connection)
            self._replay(connection, held, own)
        return [] if wait else sorted(set(item_nos) - set(held))

    def _set_aside(self, item_no: str, error: Exception) -> None:
        """Note why an item stays as it is."""
        last = next(reversed(self._answers.get(item_no, [])), None)
        account, call_id = (last.account, last.answered.call_id) if last else (None, None)
        reject = Rejected(
            "load", account, item_no, call_id, Reason(Why.NOT_REPLAYED, (in_words(error),)), None
        )
        with self._engine.begin() as connection:
            make_stage(connection)
            self._summary.rejected += note_rejects(connection, [reject], again=True)
        self._summary.set_aside += 1

    def _replay(self, connection: Connection, item_nos: Sequence[str], own: ReplaySummary) -> None:
        rules = Rules(self._dimensions.normaliser, poll_policies(connection))
        rejects: list[Rejected] = []
        differences: list[Difference] = []
        for record in self._records(connection, item_nos, rejects):
            merged = merge(record, rebuild(record, rules), rules)
            rejects += (rejected(one.account, one.call_id, one.reject) for one in merged.rejects)
            milestones = {a.milestone for r in record.reports if (a := r.answered.result.answer)}
            differences.append(
                Difference(
                    record.stored, merged.history, merged.event_changes, merged.states, list(milestones)
                )
            )
            _count(own, record, merged)
        stored = store(connection, differences, self._dimensions)
        own.events_changed += stored.facts
        own.changes_noted += stored.event_changes
        own.unclassified.update(stored.unclassified_events)
        own.rejected += note_rejects(connection, rejects, again=True)

    def _records(
        self, connection: Connection, item_nos: Sequence[str], rejects: list[Rejected]
    ) -> Iterator[Record]:
        """What is known of some items, as the tables have it and as the archive has it."""
        histories = read_histories(connection, item_nos, self._dimensions)
        answers = self._answers = take_answers(connection, item_nos)
        self._take_late_answers(connection, histories, answers, rejects)
        answered = [item_no for item_no in item_nos if answers[item_no]]
        changes = read_recorded_changes(connection, answered)
        states = read_recorded_states(connection, item_nos)
        for item_no, history in histories.items():
            yield Record(history, changes[item_no], states[item_no], answers[item_no])

    def _take_late_answers(
        self,
        connection: Connection,
        histories: Mapping[str, History],
        answers: dict[str, list[ArchivedAnswer]],
        rejects: list[Rejected],
    ) -> None:
        """Add what was loaded since the archive was read."""
        mark, until = self._mark, self._selection.until
        late = [
            item_no
            for item_no, history in histories.items()
            if (asked_at := history.item.last_polled_at) is not None
            and asked_at >= mark
            and not (answers[item_no] and answers[item_no][-1].answered.received_at >= asked_at)
        ]
        if not late or (until is not None and until < mark):
            return
        for body in late_answers(connection, late, mark, until):
            parts, found = _archived(body, AnswerReader())
            rejects += (one for one in found if one.item_no is None or one.item_no in late)
            for item_no in set(late) & parts.keys():
                if all(one.answered.call_id != body.call_id for one in answers[item_no]):
                    answers[item_no].append(parts[item_no])


def _count(summary: ReplaySummary, record: Record, merged: Merged) -> None:
    before, after = record.stored, merged.history
    summary.items += 1
    summary.items_changed += after.item != before.item
    summary.events += len(after.events)
    summary.events_new += len(after.events) - len(before.events)
    if after.item.state != before.item.state:
        summary.states[after.item.state] += 1
