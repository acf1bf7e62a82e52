"""An item's history folded from nothing: its archived answers, and what others did, each at its time.

What answers in the archive did is worked out again. What others did (answers that are no longer there, rules,
persons) is a step of its own, taken from the change tables. Keys that were given stay.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from hkpost.ecship.rows import NO_TEXTS
from hkpost.enums import Change
from hkpost.history.event import Event, EventChange
from hkpost.history.fold import Answered, History, Rules, StateChange, apply
from hkpost.history.item import Item
from hkpost.history.item_result import Reject
from hkpost.history.normaliser import Normaliser
from hkpost.history.state import is_open


class RecordedChange(NamedTuple):
    """A row of `tracking_event_change` of the item."""

    event_key: str
    changed_at: datetime
    change: str
    call_id: int | None


class RecordedState(NamedTuple):
    """A row of `item_state_change` of the item."""

    changed_at: datetime
    from_state: str | None
    to_state: str
    cause: str | None
    call_id: int | None


class ArchivedAnswer(NamedTuple):
    """What one archived answer says of the item."""

    answered: Answered
    loaded_at: datetime
    account: str
    is_damaged: bool = False
    """Whether its bytes cannot be read."""


class Record(NamedTuple):
    """What is known of one item: as the tables have it, and as the archive has it; all in order of time."""

    stored: History
    event_changes: Sequence[RecordedChange]
    state_changes: Sequence[RecordedState]
    answers: Sequence[ArchivedAnswer]

    @property
    def reports(self) -> Sequence[ArchivedAnswer]:
        """The answers with status 0."""
        return [one for one in self.answers if one.answered.result.answer is not None]


class ArchivedReject(NamedTuple):
    """Something of an archived answer that cannot be used."""

    account: str
    call_id: int
    reject: Reject


class Rebuilt(NamedTuple):
    """The history as the archive gives it; `states` are (when it was loaded, change)."""

    history: History
    event_changes: Sequence[EventChange]
    states: Sequence[tuple[datetime, StateChange]]
    rejects: Sequence[ArchivedReject]


def rebuild(record: Record, rules: Rules) -> Rebuilt:
    """Fold the archived answers of an item, in their order, and what others did in between."""
    history = History(_beginning(record), {}, record.stored.events)
    changes: list[EventChange] = []
    states: list[tuple[datetime, StateChange]] = []
    rejects: list[ArchivedReject] = []
    reports = {one.answered.call_id for one in record.reports}
    recorded_at = {s.call_id: s.changed_at for s in record.state_changes if s.call_id in reports}
    other_events = sorted(_other_events(record, reports), key=lambda step: step[0])
    other_states = [change for change in record.state_changes if change.call_id not in reports]
    for archived in record.answers:
        answered = archived.answered
        # When it was loaded: by the change that it made, else by its own stamp.
        loaded_at = recorded_at.get(answered.call_id, archived.loaded_at)
        if answered.result.answer is not None:
            while other_events and other_events[0][0] <= answered.received_at:
                history = _with_event_change(history, *other_events.pop(0), rules.normaliser)
            while other_states and other_states[0].changed_at < loaded_at:
                history = _with_state_change(history, other_states.pop(0))
        history, changed = apply(history, answered, rules)
        changes += changed.events
        if changed.state is not None:
            states.append((loaded_at, changed.state))
        rejects += [ArchivedReject(archived.account, answered.call_id, reject) for reject in changed.rejects]
    for step in other_events:
        history = _with_event_change(history, *step, rules.normaliser)
    for state_change in other_states:
        history = _with_state_change(history, state_change)
    return Rebuilt(history, changes, states, rejects)


def _beginning(record: Record) -> Item:
    """The item before its first archived answer.

    Which languages of a text go together depends on what came before: the stored end is no beginning.
    """
    first = record.state_changes[0].from_state if record.state_changes else None
    item = replace(
        record.stored.item,
        state=first or "registered",
        closed_at=None,
        poll_count=0,
        last_polled_at=None,
        last_answered_at=None,
        content_hash=None,
    )
    item.milestone = item.drop_off_point = NO_TEXTS
    return item


def _with_event_change(
    history: History, at: datetime, event: Event, change: str, normaliser: Normaliser
) -> History:
    """The history after an event of the item appeared, went or came back by something else than these answers."""
    known = history.events.get(event.event_key)
    if (known is None) is not (change == Change.APPEARED):
        return history
    observation = (known or event).observation
    changed = (known or event)._replace(
        observation=observation._replace(message=normaliser.message(observation.message.texts)),
        retracted_at=at if change == Change.RETRACTED else None,
    )
    return history._replace(events={**history.events, event.event_key: changed})


def _with_state_change(history: History, change: RecordedState) -> History:
    """The history after a person or a rule changed the item's state."""
    item = history.item.copy()
    item.state = change.to_state
    # A closed item that a person asks about again follows answers that came after its closing.
    item.closed_at = None if is_open(change.to_state) else change.changed_at
    if change.cause == "person" and is_open(change.to_state):
        item.content_hash = None  # the last answer counts for nothing then
    return history._replace(item=item)


def _other_events(record: Record, reports: set[int]) -> Iterator[tuple[datetime, Event, str]]:
    """What answers that are not there any more did to the events: (instant, event, change)."""
    logged = defaultdict(list)
    for change in record.event_changes:
        logged[change.event_key].append(change)
    for key, event in record.stored.events.items():
        if event.call_id not in reports:
            yield event.first_seen_at, event, Change.APPEARED
            if key not in logged and event.retracted_at is not None:
                yield event.retracted_at, event, Change.RETRACTED
        for change in logged[key]:
            if change.call_id not in reports and change.change != Change.APPEARED:
                yield change.changed_at, event, change.change
