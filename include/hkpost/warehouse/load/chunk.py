"""One chunk of archived answers, loaded in one transaction: all of it or nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.lifecycle.polling import PollPolicy
from hkpost.parse.answer import parse_answer
from hkpost.parse.rows import ItemAnswer
from hkpost.parse.unreadable import UnreadableAnswer
from hkpost.warehouse.load.content import content_hash
from hkpost.warehouse.load.dimensions import WordingBook
from hkpost.warehouse.load.events import Fact, stored_events
from hkpost.warehouse.load.history import EventChange, History, Telling, lay_answers
from hkpost.warehouse.load.item import Item, asked_items, merge_items
from hkpost.warehouse.load.journey import merge_journeys, stage_journeys
from hkpost.warehouse.load.pending import DamagedArchive, PendingAnswer, mark_loaded, next_chunk, unpacked
from hkpost.warehouse.load.rejects import Rejected, note_rejects, rejected
from hkpost.warehouse.load.shapes import shape_events
from hkpost.warehouse.load.stage import copy_rows, make_stage
from hkpost.warehouse.load.summary import LoadSummary
from hkpost.warehouse.load.update import StateChange, Update, lay_ahead, poll_item, update_item
from hkpost.warehouse.load.verdict import Judged, Kind, Reject, Verdict, fragment, judge
from hkpost.warehouse.statements import statement
from hkpost.warehouse.terminal import reopen_now


class _Asked(NamedTuple):
    """One item that an answer was asked about."""

    answer: PendingAnswer
    item: Item
    verdict: Verdict


def load_chunk(connection: Connection, summary: LoadSummary) -> bool:
    """Load the oldest answers that wait and add to the summary; False when none waits.

    The caller's transaction holds all of it together.
    """
    connection.execute(statement("lock_load"))
    answers = next_chunk(connection)
    if answers:
        load_answers(connection, answers, summary)
    return bool(answers)


def load_answers(
    connection: Connection,
    answers: Sequence[PendingAnswer],
    summary: LoadSummary,
    set_aside: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Load answers and add to the summary, in the caller's transaction, which holds the lock of the loads.

    The rows of the items in `set_aside` are neither read nor written; why (the values) is noted as a reject.
    """
    # What a person reopened must not be skipped as unchanged.
    reopen_now(connection)
    # One instant for the whole chunk, after what persons did: a replay tells the order of both by it.
    loaded_at = connection.execute(statement("clock")).scalar_one()
    make_stage(connection)
    rejects: list[Rejected] = []
    asked = _asked(connection, answers, set_aside, rejects)
    _lay_all(connection, asked, loaded_at, summary, rejects)
    policies = _policies(connection)
    for one in asked:
        poll_item(one.item, one.verdict, one.answer.received_at, policies)
    merge_items(connection, [one.item for one in asked])
    merge_journeys(connection)
    note_rejects(connection, rejects)
    mark_loaded(connection, answers, loaded_at)
    summary.answers += len(answers)
    summary.items += len(asked)
    summary.unanswered += sum(one.verdict.kind in (Kind.UNANSWERED, Kind.NOT_SERVED) for one in asked)
    summary.rejected += len(rejects)
    summary.set_aside += len(set_aside)


def _asked(
    connection: Connection,
    answers: Sequence[PendingAnswer],
    set_aside: Mapping[str, str],
    rejects: list[Rejected],
) -> list[_Asked]:
    """The items of the answers, locked, each with what its answer says of it."""
    item_nos = [no for answer in answers for no in answer.item_nos if no not in set_aside]
    items = asked_items(connection, item_nos)
    asked = []
    for answer in answers:
        judged = _judged(answer)
        found = [reject for reject in judged.rejects if reject.item_no not in set_aside]
        for item_no, verdict in judged.verdicts.items():
            if item_no in items:
                asked.append(_Asked(answer, items[item_no], verdict))
            elif item_no in set_aside or verdict.answer is not None:
                reason = set_aside.get(item_no, "the item is no longer in mail_item")
                found.append(Reject(item_no, reason, fragment(verdict.answer) if verdict.answer else ""))
        rejects.extend(rejected(answer.account, answer.call_id, reject) for reject in found)
    return asked


def _judged(answer: PendingAnswer) -> Judged:
    try:
        readable = parse_answer(unpacked(answer.body), answer.content_type)
    except (DamagedArchive, UnreadableAnswer) as trouble:
        unanswered = dict.fromkeys(answer.item_nos, Verdict(Kind.UNANSWERED))
        return Judged(unanswered, [Reject(None, f"the archived answer cannot be read: {trouble}")])
    return judge(answer.item_nos, readable)


def _lay_all(
    connection: Connection,
    asked: Sequence[_Asked],
    loaded_at: datetime,
    summary: LoadSummary,
    rejects: list[Rejected],
) -> None:
    """Lay every status-0 answer that says something new upon its item, and write the facts."""
    book = WordingBook(connection)
    news: list[tuple[_Asked, ItemAnswer]] = []
    for one in asked:
        answer = one.verdict.answer
        if answer is None:
            continue
        content = content_hash(answer, book.ledger.digest)
        if not _is_unchanged(one.item, content):
            news.append((one, answer))
            one.item.content_hash = content
            book.meet_milestone(answer.milestone)
    stored = stored_events(connection, [one.item.item_no for one, _ in news])
    tellings = [
        Telling(one.answer.call_id, one.answer.received_at, answer, stored.get(one.item.item_no, ()))
        for one, answer in news
    ]
    histories = lay_answers(book.ledger, tellings, partial(shape_events, connection, book))
    updates = []
    for (one, _), told, history in zip(news, tellings, histories, strict=True):
        update = update_item(one.item, told, history, book.ledger)
        rejects.extend(rejected(one.answer.account, one.answer.call_id, reject) for reject in update.rejects)
        updates.append(update)
    _write(connection, histories, updates, loaded_at)
    stage_journeys(connection, dict(zip((one.item.item_no for one, _ in news), histories, strict=True)))
    _count(summary, histories, updates)
    current = (fact for history in histories for fact in history.to_write if fact.retracted_at is None)
    summary.unclassified += book.unclassified(current, (told.answer.milestone for told in tellings))


def _is_unchanged(item: Item, content: str) -> bool:
    reopened = item.is_open and item.closed_at is not None
    return item.content_hash == content and not reopened and not lay_ahead(item, item.last_answered_at)


def _write(
    connection: Connection, histories: Sequence[History], updates: Sequence[Update], loaded_at: datetime
) -> None:
    facts = (fact for history in histories for fact in history.to_write)
    copy_rows(connection, "loaded_event", Fact._fields, facts)
    connection.execute(statement("merge_events"))
    changes = (change for history in histories for change in history.changes)
    copy_rows(connection, "loaded_event_change", EventChange._fields, changes)
    connection.execute(statement("merge_event_changes"))
    states = (update.state_change for update in updates if update.state_change is not None)
    copy_rows(connection, "loaded_state_change", StateChange._fields, states)
    connection.execute(statement("merge_state_changes"), {"changed_at": loaded_at})


def _count(summary: LoadSummary, histories: Sequence[History], updates: Sequence[Update]) -> None:
    words = [change.change for history in histories for change in history.changes]
    summary.events_new += words.count("appeared")
    summary.retracted += words.count("retracted")
    summary.returned += words.count("returned")
    summary.events_changed += sum(history.corrected for history in histories)
    summary.items_changed += sum(update.is_changed for update in updates)
    summary.states.update(update.state_change.to_state for update in updates if update.state_change)


def _policies(connection: Connection) -> Mapping[str, PollPolicy]:
    rows = connection.execute(statement("poll_policies"))
    return {row.state: PollPolicy(row.poll_after, float(row.silence_share), row.poll_at_most) for row in rows}
