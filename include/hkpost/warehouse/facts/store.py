"""The one writer: stores what differs between histories as they were read and as they are now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.ecship.rows import Texts
from hkpost.history.event import Event, EventChange
from hkpost.history.fold import History, StateChange
from hkpost.history.item import ITEM_COLUMNS, Item, item_values
from hkpost.history.observation import Observation
from hkpost.history.wordings import UNCLASSIFIED
from hkpost.warehouse.copy import copy_rows, shared_text, text_array
from hkpost.warehouse.facts.dimensions import Dimensions, WordingName
from hkpost.warehouse.statements import statement

FACT_COLUMNS = (
    "item_no",
    "event_key",
    "event_date",
    "event_time_local",
    "event_time_text",
    "event_time",
    "time_zone",
    "time_precision",
    "location_code",
    "country_iso",
    "place_id",
    "text_id",
    "text_params",
    "event_type",
    "wording_id",
    "event_code",
    "sequence_no",
    "report_no",
    "first_seen_at",
    "retracted_at",
    "call_id",
)
_STATE_COLUMNS = ("changed_at", *StateChange._fields)
_JOURNEY_COLUMNS = ("item_no", "event_type", "event_time", "event_date")


class Difference(NamedTuple):
    """One item as it was read and as it is now, with the changes that are to be noted.

    A change of state has the instant at which it was made; None means now. `milestones` were reported.
    """

    before: History
    after: History
    event_changes: Sequence[EventChange] = ()
    states: Sequence[tuple[datetime | None, StateChange]] = ()
    milestones: Sequence[Texts] = ()

    def events(self) -> Iterator[Event]:
        """The events that are new or say something else."""
        if self.after.events is not self.before.events:
            known = self.before.events
            for key, event in self.after.events.items():
                if known.get(key) != event:
                    yield event


class Stored(NamedTuple):
    """What was written: facts (new ones included), rows of change; and the wordings that have no meaning."""

    facts: int
    event_changes: int
    unclassified_events: Sequence[WordingName]
    unclassified_milestones: Sequence[WordingName]


def make_stage(connection: Connection) -> None:
    """Create the temporary tables of a transaction; they go with it."""
    connection.execute(statement("facts/stage"))


def store(connection: Connection, differences: Sequence[Difference], dimensions: Dimensions) -> Stored:
    """Write differences in the caller's transaction, which holds their items and has a stage."""
    written = [(one, event) for one in differences for event in one.events()]
    milestones = [milestone for one in differences for milestone in one.milestones]
    # By identity: events that items share have one observation, and the events hold it meanwhile.
    observations = {id(event.observation): event.observation for _, event in written}
    dimensions.learn(connection, observations.values(), milestones)
    said = {key: _said(observation, dimensions) for key, observation in observations.items()}
    _store_facts(connection, written, said)
    noted = _store_event_changes(connection, differences)
    if states := [(at, *change) for one in differences for at, change in one.states]:
        copy_rows(connection, "loaded_state_change", _STATE_COLUMNS, states)
        connection.execute(statement("items/merge_state_changes"))
    if items := [one.after.item for one in differences if one.after.item != one.before.item]:
        copy_rows(connection, "loaded_item", ITEM_COLUMNS, map(_item, items))
        connection.execute(statement("items/merge_items"))
    _store_journeys(connection, [one.after for one in differences])
    return Stored(
        len(written),
        noted,
        list(_unclassified((event for _, event in written), dimensions)),
        [name for milestone in milestones for name in _unclassified_milestone(milestone, dimensions)],
    )


def _store_facts(
    connection: Connection,
    written: Sequence[tuple[Difference, Event]],
    said: Mapping[int, tuple[object, ...]],
) -> None:
    new: list[tuple[object, ...]] = []
    changed: list[tuple[object, ...]] = []
    for one, event in written:
        row = (
            one.after.item.item_no,
            event.event_key,
            shared_text(event.event_date),
            *said[id(event.observation)],
            event.sequence_no,
            event.report_no,
            shared_text(event.first_seen_at),
            shared_text(event.retracted_at),
            event.call_id,
        )
        (changed if event.event_key in one.before.events else new).append(row)
    if new:
        # A straight COPY: the item is held, and all its keys are known.
        copy_rows(connection, "hkpost.fact_tracking_event", FACT_COLUMNS, new)
    if changed:
        copy_rows(connection, "loaded_event", FACT_COLUMNS, changed)
        connection.execute(statement("facts/merge_events"))


def _said(observation: Observation, dimensions: Dimensions) -> tuple[object, ...]:
    """What an event says and means, in the order of `FACT_COLUMNS`: from `event_time_local` to `event_code`."""
    time, place, message = observation.time, observation.place, observation.message
    return (
        shared_text(time.event_time_local),
        observation.time_text or None,
        shared_text(time.event_time),
        time.time_zone,
        time.time_precision,
        place.location_code or None,
        place.country_iso,
        dimensions.place_id(place),
        dimensions.text_id(message.stored),
        text_array(message.params),
        message.event_type,
        dimensions.wording_id(message.wording),
        observation.code or None,
    )


def _store_event_changes(connection: Connection, differences: Sequence[Difference]) -> int:
    """Note what became of events; returns how many rows are new."""
    new: list[tuple[object, ...]] = []
    others: list[tuple[object, ...]] = []
    for one in differences:
        # Of an item that was never asked about nothing can be noted yet: a straight COPY.
        rows = new if one.before.item.last_polled_at is None else others
        rows += map(_event_change, one.event_changes)
    if new:
        copy_rows(connection, "hkpost.tracking_event_change", EventChange._fields, new)
    if not others:
        return len(new)
    copy_rows(connection, "loaded_event_change", EventChange._fields, others)
    return len(new) + connection.execute(statement("facts/merge_event_changes")).rowcount


def _event_change(made: EventChange) -> tuple[object, ...]:
    item_no, event_key, event_date, changed_at, change, call_id = made
    return item_no, event_key, shared_text(event_date), shared_text(changed_at), change.value, call_id


def _item(item: Item) -> list[object]:
    return [shared_text(value) if isinstance(value, datetime) else value for value in item_values(item)]


def _store_journeys(connection: Connection, histories: Iterable[History]) -> None:
    """Bring the journeys of items that were ever asked about in step with their events."""
    asked = [one for one in histories if one.events or one.item.last_polled_at is not None]
    if not asked:
        return
    copy_rows(connection, "journey_item", ("item_no",), ((one.item.item_no,) for one in asked))
    events = (
        (
            one.item.item_no,
            event.event_type,
            shared_text(event.observation.time.event_time),
            shared_text(event.event_date),
        )
        for one in asked
        for event in one.events.values()
        if event.retracted_at is None
    )
    copy_rows(connection, "journey_event", _JOURNEY_COLUMNS, events)
    connection.execute(statement("facts/merge_journeys"))


def _unclassified(events: Iterable[Event], dimensions: Dimensions) -> Iterator[WordingName]:
    """The wordings of current events that have no meaning; an event goes by the wording that its fact names."""
    for event in events:
        if event.event_type == UNCLASSIFIED and event.retracted_at is None:
            name = dimensions.wording_name(event.observation.message.wording)
            if name is not None:
                yield name


def _unclassified_milestone(milestone: Texts, dimensions: Dimensions) -> Iterator[WordingName]:
    """A milestone without a meaning, by the wording of its first language."""
    if dimensions.normaliser.ledger.milestone(milestone).event_type == UNCLASSIFIED:
        name = next(dimensions.unclassified_milestones(milestone), None)
        if name is not None:
            yield name
