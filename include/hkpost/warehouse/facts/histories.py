"""Histories as the warehouse has them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from hkpost.history.event import Event
from hkpost.history.fold import History
from hkpost.history.normaliser import Normaliser
from hkpost.history.observation import Observation, time_key
from hkpost.history.rebuild import RecordedChange, RecordedState
from hkpost.history.times import EventTime
from hkpost.warehouse.facts.dimensions import Dimensions
from hkpost.warehouse.items.rows import read_items
from hkpost.warehouse.plans import seqscan_disabled
from hkpost.warehouse.statements import statement

_Recorded = TypeVar("_Recorded", RecordedChange, RecordedState)


def read_histories(
    connection: Connection, item_nos: Sequence[str], dimensions: Dimensions
) -> dict[str, History]:
    """Read some items with every event they ever had, by number; without those that are not there."""
    items = read_items(connection, item_nos)
    events = read_events(connection, item_nos, dimensions)
    return {item_no: History(item, events.get(item_no, {})) for item_no, item in items.items()}


def read_events(
    connection: Connection, item_nos: Sequence[str], dimensions: Dimensions
) -> Mapping[str, dict[str, Event]]:
    """Read every event of some items, retracted ones too, in one query; by item number and key."""
    with seqscan_disabled(connection):
        rows = connection.execute(statement("facts/known_events"), {"item_nos": list(item_nos)}).all()
    dimensions.read_keys(connection, (row.place_id for row in rows), (row.text_id for row in rows))
    events: defaultdict[str, dict[str, Event]] = defaultdict(dict)
    observed: dict[tuple[Any, ...], Observation] = {}
    for (
        item_no,
        event_key,
        day,
        *said,
        params,
        number,
        report_no,
        first_seen_at,
        retracted_at,
        call_id,
    ) in rows:
        key = (*said, None if params is None else tuple(params))
        observation = observed.get(key)
        if observation is None:
            observed[key] = observation = _observation(*key, dimensions=dimensions)
        events[item_no][event_key] = Event(
            event_key, day, observation, number, report_no, first_seen_at, retracted_at, call_id
        )
    return events


def read_recorded_changes(
    connection: Connection, item_nos: Sequence[str]
) -> Mapping[str, list[RecordedChange]]:
    """Read when the events of some items appeared, went and came back; by item number, in order of time."""
    return _recorded(connection, "facts/recorded_event_changes", RecordedChange, item_nos)


def read_recorded_states(
    connection: Connection, item_nos: Sequence[str]
) -> Mapping[str, list[RecordedState]]:
    """Read which states some items went through; by item number, in order of time."""
    return _recorded(connection, "facts/recorded_states", RecordedState, item_nos)


def _recorded(
    connection: Connection, query: str, kind: type[_Recorded], item_nos: Sequence[str]
) -> Mapping[str, list[_Recorded]]:
    records: defaultdict[str, list[_Recorded]] = defaultdict(list)
    with seqscan_disabled(connection):
        rows = connection.execute(statement(query), {"item_nos": list(item_nos)}).all()
    for item_no, *values in rows:
        records[item_no].append(kind(*values))
    return records


def _observation(
    local: datetime | None,
    text: str | None,
    at: datetime | None,
    zone: str | None,
    precision: Any,
    country: str | None,
    code: str | None,
    place_id: int | None,
    event_type: str,
    wording_id: int | None,
    event_code: str | None,
    text_id: int,
    params: Sequence[str] | None,
    *,
    dimensions: Dimensions,
) -> Observation:
    """What a row of `known_events` says and means: what is stored, which an answer may read otherwise now."""
    normaliser = dimensions.normaliser
    place = normaliser.place(code or "", dimensions.location(place_id))
    if place.country_iso != country:
        place = place._replace(country_iso=country)
    message = normaliser.message(dimensions.message(text_id, params))
    wording = dimensions.wording(wording_id)
    if (message.event_type, message.wording) != (event_type, wording):
        message = message._replace(event_type=event_type, wording=wording)
    key, time = _time(normaliser, text or "", country, local, at, zone, precision)
    return Observation(key, text or "", time, place, message, event_code or "")


def _time(
    normaliser: Normaliser,
    text: str,
    country: str | None,
    local: datetime | None,
    at: datetime | None,
    zone: str | None,
    precision: Any,
) -> tuple[str, EventTime]:
    key, time = normaliser.time(text, country)
    if (time.event_time_local, time.event_time, time.time_zone, time.time_precision) == (
        local,
        at,
        zone,
        precision,
    ):
        return key, time
    day = local.date() if local else time.event_date
    return time_key(local, text), EventTime(day, local, at, zone, precision)
