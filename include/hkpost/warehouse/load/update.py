"""What an answer changes on an item: its texts, its state, and when it is asked again."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from hkpost.lifecycle.polling import PollPolicy, next_poll_at
from hkpost.lifecycle.state import OPEN_STATES, DatedEvent, delivered_at, derive_state
from hkpost.normalise.countries import resolve_country
from hkpost.normalise.times import local_time
from hkpost.normalise.wordings import WordingLedger
from hkpost.parse.rows import NO_TEXTS, ItemAnswer, Texts
from hkpost.warehouse.load.events import Fact
from hkpost.warehouse.load.history import History, Telling
from hkpost.warehouse.load.item import Item
from hkpost.warehouse.load.milestone import is_told_anew, told_milestone, told_texts
from hkpost.warehouse.load.verdict import Kind, Reject, Verdict, has_history

A_DAY: Final = timedelta(days=1)
_UNTIL_SAID: Final = {
    Kind.UNANSWERED: timedelta(0),
    Kind.NOT_SERVED: timedelta(0),
    Kind.ASK_TOMORROW: A_DAY,
}
"""When an item is asked again of which an answer says nothing."""
FOLLOWS_ANSWERS: Final = frozenset((*OPEN_STATES, "delivered", "returned"))
"""States that any answer may change. The other closed ones follow only what the service says after they were
closed: then a person wanted to know. A cancelled item is the business's, and no answer opens it."""


class StateChange(NamedTuple):
    """A row of `item_state_change`, but for its time, which is that of the load."""

    item_no: str
    from_state: str
    to_state: str
    cause: str
    call_id: int


class Update(NamedTuple):
    """What a status-0 answer did to an item."""

    is_changed: bool
    state_change: StateChange | None
    rejects: Sequence[Reject]


def update_item(item: Item, told: Telling, history: History, ledger: WordingLedger) -> Update:
    """Lay a status-0 answer with its history upon an item."""
    answer, before, state = told.answer, item.milestone, item.state
    item.milestone = told_milestone(before, answer.milestone, ledger, news=bool(history.changes))
    item.milestone_code = answer.milestone_code or item.milestone_code
    rejects = [*history.rejects, *_particulars(item, answer)]
    if any(answer.milestone) and (problem := ledger.milestone(item.milestone).problem):
        rejects.append(Reject(item.item_no, "the wording of the milestone is unclassified", problem))
    item.state = _state(item, told, history.current, ledger)
    summarise(item, history.current)
    change = None
    if item.state != state:
        change = StateChange(item.item_no, state, item.state, "answer", told.call_id)
        # An open item has neither; one that is closed otherwise now is stamped anew by mark_terminal.
        item.closed_at = item.close_reason = None
    is_news = bool(history.changes) or change is not None or is_told_anew(before, item.milestone)
    if is_news:
        item.last_changed_at = told.received_at
    return Update(is_news or bool(history.to_write), change, rejects)


def poll_item(
    item: Item, verdict: Verdict, received_at: datetime, policies: Mapping[str, PollPolicy]
) -> None:
    """Set what follows from having been asked about; the item's state is already what the answer makes it."""
    item.last_polled_at = received_at
    item.poll_count += 1
    if verdict.code is not None:
        item.api_status, item.api_message = int(verdict.code), verdict.message or None
    if verdict.kind is Kind.ANSWERED:
        item.last_answered_at = received_at
    item.next_poll_at = _next_poll(item, verdict.kind, received_at, policies)


def _next_poll(
    item: Item, kind: Kind, received_at: datetime, policies: Mapping[str, PollPolicy]
) -> datetime | None:
    if item.state not in OPEN_STATES:
        # A delivered item of which the answer says nothing still waits for its confirming look.
        if item.state != "delivered" or item.closed_at is None:
            return None
        return received_at + _UNTIL_SAID[kind] if kind in _UNTIL_SAID else None
    if kind in _UNTIL_SAID:
        return received_at + _UNTIL_SAID[kind]
    silence = received_at - (item.last_changed_at or item.registered_at or received_at)
    row = "not_found" if kind is Kind.NOT_FOUND else item.state
    return next_poll_at(row, silence, received_at, policies) or received_at + A_DAY


def _state(item: Item, told: Telling, current: Sequence[Fact], ledger: WordingLedger) -> str:
    """The state that the answer gives; the item's own where it says nothing or may not say it."""
    answer = told.answer
    if not (_follows(item, told.received_at) and has_history(answer)):
        return item.state
    # A milestone that this answer does not give decides nothing, even if an earlier one did.
    milestone = ledger.milestone(item.milestone).event_type if any(answer.milestone) else None
    return state_told(item, milestone, current, told.received_at) or item.state


def state_told(
    item: Item, milestone_type: str | None, current: Sequence[Fact], told_at: datetime | None
) -> str | None:
    """The state by milestone and events, where nothing is known beside them but the item itself."""
    # The number of a UPU S10 item ends in the country of its post.
    origin_iso = item.origin_iso or resolve_country(item.item_no[-2:], NO_TEXTS)
    return derive_state(milestone_type, dated(current), told_at=told_at, origin_iso=origin_iso)


def lay_ahead(item: Item, told_at: datetime | None) -> bool:
    """Whether an event lay ahead of the answer before, of `told_at`: it may have come to pass since then."""
    return item.last_event_at is not None and told_at is not None and item.last_event_at > told_at


def _follows(item: Item, received_at: datetime) -> bool:
    if item.state in FOLLOWS_ANSWERS:
        return True
    return item.state != "cancelled" and item.closed_at is not None and received_at > item.closed_at


def summarise(item: Item, current: Sequence[Fact]) -> None:
    """Count an item's current events, and note the first, the last and the delivery."""
    times = [fact.event_time for fact in current if fact.event_time is not None]
    item.event_count = len(current)
    item.first_event_at, item.last_event_at = min(times, default=None), max(times, default=None)
    item.delivered_at = delivered_at(dated(current)) if item.state == "delivered" else None


def dated(current: Sequence[Fact]) -> list[DatedEvent]:
    """Facts as the state is derived from them."""
    return [
        DatedEvent(fact.event_type, fact.event_time_local, fact.event_time, fact.time_zone, fact.country_iso)
        for fact in current
    ]


def _particulars(item: Item, answer: ItemAnswer) -> list[Reject]:
    """Set posting, drop-off point and countries; what the answer leaves empty stays as it was."""
    rejects = []
    if answer.posting_date_time:
        posted_at = local_time(answer.posting_date_time)
        if posted_at is None:
            reason = "the posting time is not DD-MM-YYYY HH24:MI"
            rejects.append(Reject(item.item_no, reason, answer.posting_date_time))
        else:
            item.posted_at_local = posted_at
    item.drop_off_point = told_texts(item.drop_off_point, answer.drop_off_point)
    ends = {"origin": (answer.origin_code, answer.origin)}
    ends["destination"] = (answer.destination_code, answer.destination)
    for end, (code, names) in ends.items():
        rejects.extend(_country(item, end, code, names))
    return rejects


def _country(item: Item, end: str, code: str, names: Texts) -> list[Reject]:
    iso = resolve_country(code, names) if code or any(names) else None
    known_code = getattr(item, f"{end}_country")
    if iso or code:
        setattr(item, f"{end}_country", code or known_code)
        setattr(item, f"{end}_iso", iso)
    if not iso and (code != known_code if code else any(names)):
        return [Reject(item.item_no, f"the country of {end} is not known", " | ".join((code, *names)))]
    return []
