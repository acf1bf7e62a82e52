"""One item's story told again: pure, from what was recorded of it and what the archived answers said.

What answers in the archive did is worked out again; what others did (answers that are no longer there, rules,
persons) is taken from the change tables, each at its time. Keys that were given stay.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from hkpost.lifecycle.state import OPEN_STATES
from hkpost.normalise.happening import Happening, moment
from hkpost.normalise.reconcile import Identified, KnownEvent, Reconciled, reconcile
from hkpost.normalise.wordings import UNCLASSIFIED, WordingLedger
from hkpost.parse.rows import NO_TEXTS, ItemAnswer
from hkpost.warehouse.load.events import Fact, StoredEvent
from hkpost.warehouse.load.history import EventChange, Telling, event_rows, history_of, identify
from hkpost.warehouse.load.item import Item
from hkpost.warehouse.load.rejects import Rejected, rejected
from hkpost.warehouse.load.update import StateChange, lay_ahead, update_item
from hkpost.warehouse.load.verdict import Reject
from hkpost.warehouse.replay.recollection import Told
from hkpost.warehouse.replay.shapes import plain_shapes

_Step = TypeVar("_Step")


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


class Story(NamedTuple):
    """What is known of one item: as the tables have it, and as the archive tells it; all in order of time."""

    item: Item
    stored: Sequence[StoredEvent]
    event_changes: Sequence[RecordedChange]
    state_changes: Sequence[RecordedState]
    tellings: Sequence[Told]
    is_complete: bool = True
    """Whether the archive has every answer about the item."""


class Retold(NamedTuple):
    """The story as it is told again, before what is stored is reconciled with it.

    `item` is as the last answer, rule or person left it; `state_changes` are (load's instant, change).
    `is_anew`: a person reopened the item after the last answer, which then counts for nothing.
    """

    item: Item
    events: dict[str, StoredEvent]
    event_changes: Sequence[EventChange]
    state_changes: Sequence[tuple[datetime, StateChange]]
    rejects: Sequence[Rejected]
    is_anew: bool


def retell(story: Story, ledger: WordingLedger) -> Retold:
    """Lay the archived answers of an item again, in their order, and what others did in between."""
    if not story.tellings:
        return Retold(story.item, {event.fact.event_key: event for event in story.stored}, (), (), (), False)
    teller = _Teller(story, ledger)
    for told in story.tellings:
        teller.recall_events(told.received_at)
        teller.recall_states(teller.loaded_at(told))
        teller.lay(told)
    teller.recall_events(None)
    teller.recall_states(None)
    return teller.retold()


class _Teller:
    def __init__(self, story: Story, ledger: WordingLedger) -> None:
        self._ledger = ledger
        self._stored = {event.fact.event_key: event for event in story.stored}
        laid = {told.call_id for told in story.tellings}
        self._recorded_at = {s.call_id: s.changed_at for s in story.state_changes if s.call_id in laid}
        self._other_events = _Steps(sorted(_other_events(story, laid), key=lambda step: step[0]))
        self._other_states = _Steps([(s.changed_at, s) for s in story.state_changes if s.call_id not in laid])
        first = story.state_changes[0].from_state if story.state_changes else None
        self._item = replace(story.item, state=first or "registered", closed_at=None)
        # Which languages of a text go together depends on what came before: the stored end is no beginning.
        self._item.milestone = self._item.drop_off_point = NO_TEXTS
        self._present: dict[str, StoredEvent] = {}
        self._changes: list[EventChange] = []
        self._states: list[tuple[datetime, StateChange]] = []
        self._rejects: list[Rejected] = []
        self._last: ItemAnswer | None = None
        self._last_at: datetime | None = None
        self._anew = False

    def loaded_at(self, told: Told) -> datetime:
        """When an answer was loaded: by the change that it made, else by its own stamp."""
        return self._recorded_at.get(told.call_id, told.loaded_at)

    def recall_events(self, until: datetime | None) -> None:
        for at, (key, change) in self._other_events.until(until, included=True):
            event = self._present.get(key)
            if change == "appeared":
                if event is None:
                    self._put(self._stored[key], retracted_at=None)
            elif event is not None:
                self._put(event, retracted_at=at if change == "retracted" else None)

    def recall_states(self, until: datetime | None) -> None:
        for _, change in self._other_states.until(until, included=False):
            self._item.state = change.to_state
            # A closed item that a person asks about again follows answers that came after its closing.
            self._item.closed_at = None if change.to_state in OPEN_STATES else change.changed_at
            if change.cause == "person" and change.to_state in OPEN_STATES:
                self._anew = True

    def lay(self, told: Told) -> None:
        is_same = told.answer is self._last and not self._anew and not lay_ahead(self._item, self._last_at)
        self._last, self._last_at = told.answer, told.received_at
        if is_same:
            return
        self._anew = False
        telling = Telling(told.call_id, told.received_at, told.answer, list(self._present.values()))
        result = self._with_given_keys(identify(telling, self._ledger), telling)
        shaped = plain_shapes(event_rows(telling, result), self._ledger)
        rejects: list[Sequence[Reject]] = [shaped.rejects.get(row, ()) for row in range(len(shaped.shapes))]
        history = history_of(telling, result, shaped.shapes, rejects)
        update = update_item(self._item, telling, history, self._ledger)
        happenings = {event.event_key: event.happening for event in result.events}
        for fact in history.current:
            known = happenings.get(fact.event_key)
            self._present[fact.event_key] = (
                _stored(fact, known) if known else self._present[fact.event_key]._replace(fact=fact)
            )
        for fact in history.to_write:
            if fact.retracted_at is not None:
                self._put(self._present[fact.event_key]._replace(fact=fact), retracted_at=fact.retracted_at)
        self._changes.extend(history.changes)
        self._rejects.extend(rejected(told.account, told.call_id, reject) for reject in update.rejects)
        if update.state_change is not None:
            self._states.append((self.loaded_at(told), update.state_change))

    def retold(self) -> Retold:
        return Retold(self._item, self._present, self._changes, self._states, self._rejects, self._anew)

    def _put(self, event: StoredEvent, *, retracted_at: datetime | None) -> None:
        fact = event.fact._replace(retracted_at=retracted_at)
        happening = event.known.happening
        meaning = self._ledger.event(happening.message).event_type
        happening = replace(happening, event_type="" if meaning == UNCLASSIFIED else meaning)
        known = KnownEvent(fact.event_key, happening, fact.report_no or 0, retracted_at is not None)
        self._present[fact.event_key] = StoredEvent(fact, known)

    def _with_given_keys(self, result: Reconciled, telling: Telling) -> Reconciled:
        """An event that was given its key before, perhaps by rules that have changed, keeps it."""
        strangers = [e for e in result.events if e.known is None and e.event_key not in self._stored]
        keys: dict[str, str] = {}
        taken = {event.event_key for event in result.events} | self._present.keys()
        for own in (True, False):
            # First among those that this very answer brought, then among those that later ones did.
            pool = [
                event.known
                for key, event in self._stored.items()
                if key not in taken and (event.fact.call_id == telling.call_id) is own
            ]
            left = [event for event in strangers if event.event_key not in keys]
            if not pool or not left:
                continue
            again = reconcile(pool, [event.happening for event in left], item_no=telling.answer.item_no)
            for event, found in zip(left, again.events, strict=True):
                if found.known is not None:
                    keys[event.event_key] = found.event_key
                    taken.add(found.event_key)
        return replace(result, events=tuple(_renamed(event, keys) for event in result.events))


class _Steps(Generic[_Step]):
    """Things that happened, taken one after another."""

    def __init__(self, steps: Sequence[tuple[datetime, _Step]]) -> None:
        self._steps = steps
        self._next = 0

    def until(self, instant: datetime | None, *, included: bool) -> Iterator[tuple[datetime, _Step]]:
        """Those up to an instant that were not taken yet; all of them with None."""
        while self._next < len(self._steps):
            at, step = self._steps[self._next]
            if instant is not None and (at > instant or (at == instant and not included)):
                return
            self._next += 1
            yield at, step


def _other_events(story: Story, laid: set[int]) -> Iterator[tuple[datetime, tuple[str, str]]]:
    """What answers that are not laid again did to the events: (instant, (key, change))."""
    logged = defaultdict(list)
    for change in story.event_changes:
        logged[change.event_key].append(change)
    for event in story.stored:
        fact = event.fact
        if fact.call_id not in laid:
            yield fact.first_seen_at, (fact.event_key, "appeared")
            if fact.event_key not in logged and fact.retracted_at is not None:
                yield fact.retracted_at, (fact.event_key, "retracted")
        for change in logged[fact.event_key]:
            if change.call_id not in laid and change.change != "appeared":
                yield change.changed_at, (fact.event_key, change.change)


def _stored(fact: Fact, told: Happening) -> StoredEvent:
    """The event as the warehouse would have it from now on."""
    happening = replace(
        told,
        when=moment(fact.event_time_local, fact.event_time_text or ""),
        event_type="" if fact.event_type == UNCLASSIFIED else fact.event_type,
    )
    retracted = fact.retracted_at is not None
    return StoredEvent(fact, KnownEvent(fact.event_key, happening, fact.report_no or 0, retracted))


def _renamed(event: Identified, keys: dict[str, str]) -> Identified:
    return replace(event, event_key=keys.get(event.event_key, event.event_key))
