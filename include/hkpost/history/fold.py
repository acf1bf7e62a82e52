"""The fold: a history and an answer give the history afterwards, and what changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from hkpost.ecship.rows import NO_TEXTS, ItemAnswer
from hkpost.enums import Change
from hkpost.history.content import content_hash
from hkpost.history.countries import resolve_country
from hkpost.history.details import apply_details
from hkpost.history.event import Event, EventChange, current_events, numbered, time_order
from hkpost.history.item import Item
from hkpost.history.item_result import ItemResult, Reject, ResultKind, has_history
from hkpost.history.normaliser import Normaliser, unreadable
from hkpost.history.observation import Observation
from hkpost.history.polling import Polled, PollPolicy, next_poll
from hkpost.history.reconcile import Reconciled, reconcile
from hkpost.history.state import delivered_at, derive_state, follows_answer, is_open
from hkpost.history.texts import merge_milestone, milestone_changed
from hkpost.reasons import Reason, Why


class History(NamedTuple):
    """One item: its fields, and every event it ever had, by key."""

    item: Item
    events: Mapping[str, Event] = {}
    given: Mapping[str, Event] = {}
    """Events that were given their keys before: when they are met again, they get no others."""


class Answered(NamedTuple):
    """What one answer says of one item."""

    call_id: int
    received_at: datetime
    result: ItemResult


class Rules(NamedTuple):
    """What the fold goes by: what texts mean, and how often each state is asked about."""

    normaliser: Normaliser
    policies: Mapping[str, PollPolicy]


class StateChange(NamedTuple):
    """From which state to which an item went; `cause` is answer, person, rule or replay."""

    item_no: str
    from_state: str
    to_state: str
    cause: str
    call_id: int | None


class Changes(NamedTuple):
    """What an answer changed."""

    events: Sequence[EventChange] = ()
    corrected: int = 0
    """How many known events say something else than before, or more."""
    state: StateChange | None = None
    is_changed: bool = False
    """Whether the item or one of its events says something new."""
    rejects: Sequence[Reject] = ()
    """What could not be read in the item, and in events that are new or corrected."""


NO_CHANGES: Final = Changes()


class _Merged(NamedTuple):
    """The events after an answer, and what became of them."""

    events: Mapping[str, Event]
    changes: Sequence[EventChange] = ()
    corrected: int = 0
    rejects: Sequence[Reject] = ()


def apply(history: History, answered: Answered, rules: Rules) -> tuple[History, Changes]:
    """Apply an answer about an item to its history.

    An answer that reads as the one before changes nothing but when the item is asked again.
    """
    item, result, changes = history.item.copy(), answered.result, NO_CHANGES
    if result.answer is not None:
        content = content_hash(result.answer, rules.normaliser.ledger.digest)
        if not is_unchanged(item, content):
            item.content_hash = content
            history, changes = _apply_report(history, item, answered, result.answer, rules.normaliser)
    poll(item, result, answered.received_at, rules.policies)
    return history._replace(item=item), changes


def is_unchanged(item: Item, content: str) -> bool:
    """Whether an answer reads as the one before, and says nothing new."""
    return item.content_hash == content and may_repeat(item)


def may_repeat(item: Polled) -> bool:
    """Whether an answer that reads as the one before says nothing new.

    It does of an item that a person reopened, and where an event lay ahead of the answer before: it may have come to
    pass since then.
    """
    lay_ahead = (
        item.last_event_at is not None
        and item.last_answered_at is not None
        and item.last_event_at > item.last_answered_at
    )
    return not (lay_ahead or was_reopened(item))


def was_reopened(item: Polled) -> bool:
    """Whether a person opened a closed item again, and nothing has followed from that yet."""
    return item.closed_at is not None and is_open(item.state)


def poll(item: Item, result: ItemResult, received_at: datetime, policies: Mapping[str, PollPolicy]) -> None:
    """Set on `item` what follows from having been asked about; its state is already what the answer makes it."""
    item.last_polled_at = received_at
    item.poll_count += 1
    item.pending_call_id = None
    if result.code is not None:
        item.api_status, item.api_message = int(result.code), result.message or None
    if result.kind is ResultKind.ANSWERED:
        item.last_answered_at = received_at
    item.next_poll_at = next_poll(item, result.kind, received_at, policies)


def summarise(item: Item, current: Sequence[Observation]) -> None:
    """Count an item's current events on `item`, and note the first, the last and the delivery."""
    times = [at for event in current if (at := event.time.event_time) is not None]
    item.event_count = len(current)
    item.first_event_at, item.last_event_at = min(times, default=None), max(times, default=None)
    item.delivered_at = delivered_at(current) if item.state == "delivered" else None


def reported_state(
    item: Item, milestone_type: str | None, current: Sequence[Observation], answered_at: datetime | None
) -> str | None:
    """The state by milestone and events, where nothing is known beside them but the item itself."""
    # The number of a UPU S10 item ends in the country of its post.
    origin_iso = item.origin_iso or resolve_country(item.item_no[-2:], NO_TEXTS)
    return derive_state(milestone_type, current, answered_at=answered_at, origin_iso=origin_iso)


def in_sequence(events: Mapping[str, Event]) -> dict[str, Event]:
    """Number the current events from 1, the oldest first; retracted ones have no number."""
    current = sorted(
        (event for event in events.values() if event.retracted_at is None),
        key=lambda event: time_order(event.observation.time.event_time, event.event_key),
    )
    numbers = {event.event_key: number for number, event in enumerate(current, 1)}
    return {key: numbered(event, numbers.get(key)) for key, event in events.items()}


def _apply_report(
    history: History, item: Item, answered: Answered, answer: ItemAnswer, normaliser: Normaliser
) -> tuple[History, Changes]:
    """Apply what a status-0 answer says; `item` is changed."""
    before, state, ledger = item.milestone, item.state, normaliser.ledger
    merged = _merge_events(history, answered, answer, normaliser)
    item.milestone = merge_milestone(before, answer.milestone, ledger, news=bool(merged.changes))
    item.milestone_code = answer.milestone_code or item.milestone_code
    rejects = [*merged.rejects, *apply_details(item, answer)]
    if any(answer.milestone) and (problem := ledger.milestone(item.milestone).problem):
        rejects.append(Reject(item.item_no, Reason(Why.MILESTONE_WORDING), problem))
    current = [event.observation for event in current_events(merged.events.values())]
    if has_history(answer) and follows_answer(state, item.closed_at, answered.received_at):
        # A milestone that this answer does not give decides nothing, even if an earlier one did.
        milestone = ledger.milestone(item.milestone).event_type if any(answer.milestone) else None
        item.state = reported_state(item, milestone, current, answered.received_at) or state
    summarise(item, current)
    change = None
    if item.state != state:
        change = StateChange(item.item_no, state, item.state, "answer", answered.call_id)
        # An open item has neither; one that is closed otherwise now is stamped again by mark_terminal.
        item.closed_at = item.close_reason = None
    is_news = bool(merged.changes) or change is not None or milestone_changed(before, item.milestone)
    if is_news:
        item.last_changed_at = answered.received_at
    is_changed = is_news or merged.events is not history.events
    changes = Changes(merged.changes, merged.corrected, change, is_changed, rejects)
    return history._replace(events=merged.events), changes


def _merge_events(
    history: History, answered: Answered, answer: ItemAnswer, normaliser: Normaliser
) -> _Merged:
    """The events after an answer: the very mapping of before where nothing about them differs."""
    events, received_at = history.events, answered.received_at
    if not answer.events:
        return _Merged(events)
    reported = [normaliser.observe(event) for event in answer.events]
    decided = reconcile(list(events.values()), reported, item_no=answer.item_no)
    if history.given:
        decided = _with_given_keys(decided, history, answered.call_id, answer.item_no)
    after = dict(events)
    changes: list[EventChange] = []
    rejects: list[Reject] = []
    corrected = 0

    def note(event: Event, change: Change) -> None:
        changes.append(
            EventChange(
                answer.item_no, event.event_key, event.event_date, received_at, change, answered.call_id
            )
        )

    for match in decided.matches:
        old, key = match.known, match.event_key
        if old is None:
            observation = match.reported
            after[key] = event = Event(
                key,
                observation.time.event_date,
                observation,
                None,
                match.report_no,
                received_at,
                None,
                answered.call_id,
            )
            note(event, Change.APPEARED)
        else:
            observation = normaliser.merge(old.observation, match.reported)
            is_same = observation == old.observation
            if not is_same or match.returned:
                after[key] = event = old._replace(observation=observation, retracted_at=None)
            if match.returned:
                note(event, Change.RETURNED)
            if is_same:
                continue
            corrected += 1
        rejects += [Reject(answer.item_no, *trouble) for trouble in unreadable(observation)]
    for key in decided.retracted:
        after[key] = event = events[key]._replace(retracted_at=received_at)
        note(event, Change.RETRACTED)
    if not changes and not corrected:
        return _Merged(events)
    return _Merged(in_sequence(after), changes, corrected, rejects)


def _with_given_keys(decided: Reconciled, history: History, call_id: int, item_no: str) -> Reconciled:
    """An event that was given its key before, perhaps by rules that have changed, keeps it."""
    strangers = [m for m in decided.matches if m.known is None and m.event_key not in history.given]
    keys: dict[str, str] = {}
    taken = {match.event_key for match in decided.matches} | history.events.keys()
    for own in (True, False):
        # First among those that this very answer brought, then among those that later ones did.
        pool = [e for k, e in history.given.items() if k not in taken and (e.call_id == call_id) is own]
        left = [match for match in strangers if match.event_key not in keys]
        if not pool or not left:
            continue
        again = reconcile(pool, [match.reported for match in left], item_no=item_no)
        for match, found in zip(left, again.matches, strict=True):
            if found.known is not None:
                keys[match.event_key] = found.event_key
                taken.add(found.event_key)
    matches = [m._replace(event_key=keys.get(m.event_key, m.event_key)) for m in decided.matches]
    return decided._replace(matches=matches)
