"""The journeys of a chunk's items: from what the chunk knows already, without reading the fact again."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.warehouse.load.events import Fact
from hkpost.warehouse.load.history import History
from hkpost.warehouse.load.stage import copy_rows
from hkpost.warehouse.statements import statement


class JourneyEvent(NamedTuple):
    """A row of the temporary table `journey_event`."""

    item_no: str
    event_type: str
    event_time: datetime | None
    event_date: date


def stage_journeys(connection: Connection, histories: Mapping[str, History]) -> None:
    """Note the items that an answer changed, by number, and those of their events that stay as they were."""
    copy_rows(connection, "journey_item", ("item_no",), ((item_no,) for item_no in histories))
    kept = (fact for history in histories.values() for fact in _kept(history))
    events = (JourneyEvent(fact.item_no, fact.event_type, fact.event_time, fact.event_date) for fact in kept)
    copy_rows(connection, "journey_event", JourneyEvent._fields, events)


def merge_journeys(connection: Connection) -> None:
    """Bring the journeys of a chunk's items up to date; its events and items are written."""
    connection.execute(statement("stage_journeys"))
    connection.execute(statement("merge_journeys"))


def _kept(history: History) -> Iterator[Fact]:
    written = {fact.event_key for fact in history.to_write}
    return (fact for fact in history.current if fact.event_key not in written)
