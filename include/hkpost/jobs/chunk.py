"""One chunk of archived answers, loaded in one transaction: all of it or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.ecship.reader import AnswerReader
from hkpost.ecship.status import StatusCode
from hkpost.enums import Change
from hkpost.history.content import content_hash, salted
from hkpost.history.fold import Answered, Changes, Rules, apply, may_repeat
from hkpost.history.item_result import ItemResult, Reject, ResultKind, fragment
from hkpost.history.polling import next_poll
from hkpost.jobs.answer import read_answer
from hkpost.jobs.summary import LoadSummary
from hkpost.reasons import Reason, Why
from hkpost.warehouse.archive.pending import PendingAnswer, mark_loaded
from hkpost.warehouse.facts.dimensions import Dimensions
from hkpost.warehouse.facts.histories import read_histories
from hkpost.warehouse.facts.rejects import Rejected, note_rejects, rejected
from hkpost.warehouse.facts.store import Difference, make_stage, store
from hkpost.warehouse.items.rows import HeldItem, Unchanged, count_unchanged, lock_items, poll_policies
from hkpost.warehouse.items.terminal import reopen_now
from hkpost.warehouse.statements import statement


class Memory:
    """What a process has learned from one chunk to the next."""

    def __init__(self) -> None:
        self.reader = AnswerReader()
        self.dimensions = Dimensions()

    def forget(self) -> None:
        """Forget what was learned of the warehouse: the transaction was not committed."""
        self.dimensions = Dimensions()


class _ItemAnswered(NamedTuple):
    """What an answer says of one item that it was asked about."""

    answer: PendingAnswer
    item: HeldItem
    result: ItemResult


def load_answers(
    connection: Connection,
    answers: Sequence[PendingAnswer],
    memory: Memory,
    summary: LoadSummary,
    set_aside: Mapping[str, Reason] = MappingProxyType({}),
) -> None:
    """Load answers and add to the summary, in the caller's transaction, which holds the lock of the loads.

    The rows of the items in `set_aside` are neither read nor written; why (the values) is noted as a reject.
    """
    # What a person reopened must not be passed over as unchanged.
    reopen_now(connection)
    # One instant for the whole chunk, after the edits of persons: a replay orders both by it.
    loaded_at = connection.execute(statement("archive/clock")).scalar_one()
    make_stage(connection)
    memory.dimensions.read_wordings(connection)
    rules = Rules(memory.dimensions.normaliser, poll_policies(connection))
    rejects: list[Rejected] = []
    asked = _asked(connection, answers, memory.reader, rules, set_aside, rejects)
    unchanged, others = _apart(asked, rules)
    count_unchanged(connection, unchanged)
    _fold(connection, others, rules, memory.dimensions, loaded_at, rejects, summary)
    note_rejects(connection, rejects)
    mark_loaded(connection, answers, loaded_at)
    summary.answers += len(answers)
    summary.items += len(asked)
    summary.unanswered += sum(
        one.result.kind in (ResultKind.UNANSWERED, ResultKind.NOT_SERVED) for one in others
    )
    summary.rejected += len(rejects)
    summary.set_aside += len(set_aside)


def _asked(
    connection: Connection,
    answers: Sequence[PendingAnswer],
    reader: AnswerReader,
    rules: Rules,
    set_aside: Mapping[str, Reason],
    rejects: list[Rejected],
) -> list[_ItemAnswered]:
    """The items of the answers, locked, each with what its answer says of it."""
    item_nos = [no for answer in answers for no in answer.item_nos if no not in set_aside]
    items = lock_items(connection, item_nos)
    digest = rules.normaliser.ledger.digest
    asked = []
    for answer in answers:
        known = {
            no: items[no].content_hash for no in answer.item_nos if no in items and _may_repeat(items[no])
        }

        def is_known(item_no: str, fingerprint: str, known: dict[str, str | None] = known) -> bool:
            return item_no in known and known[item_no] == salted(fingerprint, digest)

        matched = read_answer(reader, answer.item_nos, answer.body, answer.content_type, is_known)
        found = [reject for reject in matched.rejects if reject.item_no not in set_aside]
        for item_no, result in matched.results.items():
            if item_no in items:
                asked.append(_ItemAnswered(answer, items[item_no], result))
            elif item_no in set_aside or result.answer is not None:
                reason = set_aside.get(item_no, Reason(Why.NO_LONGER_TRACKED))
                found.append(Reject(item_no, reason, fragment(result.answer) if result.answer else ""))
        rejects += (rejected(answer.account, answer.call_id, reject) for reject in found)
    return asked


def _may_repeat(item: HeldItem) -> bool:
    """Whether the item's next answer may be passed over when it reads as the last one, which was a good one."""
    return item.api_status == StatusCode.SUCCESS and may_repeat(item)


def _apart(asked: Iterable[_ItemAnswered], rules: Rules) -> tuple[list[Unchanged], list[_ItemAnswered]]:
    """Find the items whose answers say nothing new."""
    unchanged, others = [], []
    for one in asked:
        answer, item, received_at = one.result.answer, one.item, one.answer.received_at
        is_read_as_before = (
            answer is not None
            and _may_repeat(item)
            and item.content_hash == content_hash(answer, rules.normaliser.ledger.digest)
        )
        if one.result.kind is ResultKind.UNCHANGED or is_read_as_before:
            due = next_poll(item, ResultKind.ANSWERED, received_at, rules.policies)
            unchanged.append(Unchanged(item.item_no, received_at, due))
        else:
            others.append(one)
    return unchanged, others


def _fold(
    connection: Connection,
    asked: Sequence[_ItemAnswered],
    rules: Rules,
    dimensions: Dimensions,
    loaded_at: datetime,
    rejects: list[Rejected],
    summary: LoadSummary,
) -> None:
    """Apply answers to the stored histories, and store what differs."""
    histories = read_histories(connection, [one.item.item_no for one in asked], dimensions)
    differences = []
    for one in asked:
        before, answer = histories[one.item.item_no], one.answer
        after, changes = apply(before, Answered(answer.call_id, answer.received_at, one.result), rules)
        rejects += (rejected(answer.account, answer.call_id, reject) for reject in changes.rejects)
        states = [(loaded_at, changes.state)] if changes.state else []
        is_read = after.item.content_hash != before.item.content_hash
        milestones = [one.result.answer.milestone] if is_read and one.result.answer else []
        differences.append(Difference(before, after, changes.events, states, milestones))
        _count(summary, changes)
    stored = store(connection, differences, dimensions)
    summary.unclassified.update(stored.unclassified_events)
    summary.unclassified.update(stored.unclassified_milestones)


def _count(summary: LoadSummary, changes: Changes) -> None:
    words = [change.change for change in changes.events]
    summary.events_new += words.count(Change.APPEARED)
    summary.retracted += words.count(Change.RETRACTED)
    summary.returned += words.count(Change.RETURNED)
    summary.events_changed += changes.corrected
    summary.items_changed += changes.is_changed
    if changes.state is not None:
        summary.states[changes.state.to_state] += 1
