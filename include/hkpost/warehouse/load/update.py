"""What an answer changes on an item: the rules for states, polling and texts (specification page 6)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hkpost.lifecycle.polling import PollPolicy, next_poll_at
from hkpost.lifecycle.state import OPEN_STATES, DatedEvent, delivered_at, derive_state
from hkpost.normalise.countries import resolve_country
from hkpost.normalise.times import local_time
from hkpost.normalise.wordings import UNCLASSIFIED, WordingLedger
from hkpost.parse.rows import ItemAnswer, Texts
from hkpost.warehouse.load.events import Fact
from hkpost.warehouse.load.history import History
from hkpost.warehouse.load.item import Item
from hkpost.warehouse.load.milestone import told_milestone
from hkpost.warehouse.load.verdict import Kind, Reject, Verdict, fragment, has_history

A_DAY: Final = timedelta(days=1)
FOLLOWS_ANSWERS: Final = frozenset((*OPEN_STATES, "delivered", "returned"))
"""States that an answer may change; the other closed ones are left by a person only."""


class StateChange(NamedTuple):
    """A row of `item_state_change`."""

    item_no: str
    changed_at: datetime
    from_state: str
    to_state: str
    cause: str
    call_id: int


def poll(item: Item, verdict: Verdict, received_at: datetime, policies: Mapping[str, PollPolicy]) -> None:
    """Set what follows from having been asked at all: status, counts, and when the item is asked again.

    Call it when the item's state is what the answer makes it.
    """
    item.last_polled_at = received_at
    item.poll_count += 1
    if verdict.code is not None:
        item.api_status, item.api_message = int(verdict.code), verdict.message or None
    if verdict.kind is Kind.ANSWERED:
        item.last_answered_at = received_at
    item.next_poll_at = _next_poll(item, verdict.kind, received_at, policies)


def answer_item(
    item: Item,
    answer: ItemAnswer,
    history: History,
    received_at: datetime,
    call_id: int,
    ledger: WordingLedger,
    rejects: list[Reject],
) -> StateChange | None:
    """Lay a status-0 answer with its history upon an item; returns the change of its state, if any."""
    milestone_before = item.milestone
    item.milestone = told_milestone(milestone_before, answer.milestone, ledger, news=bool(history.changes))
    item.milestone_code = answer.milestone_code or item.milestone_code
    _particulars(item, answer, rejects)
    _summarise(item, history.current)
    change = _change_state(item, answer, history.current, ledger, received_at, call_id)
    if not item.is_open_now:
        pass
    return change
