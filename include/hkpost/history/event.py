"""An event as it is known: which one it is, and what it says and means."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Final, NamedTuple

from hkpost.enums import Change
from hkpost.history.observation import Observation

_LAST: Final = datetime.max.replace(tzinfo=UTC)


class Event(NamedTuple):
    """One event of an item; its key, its date and how it first came never change.

    `sequence_no` counts the current events from 1, oldest first; None for a retracted one. `report_no` is its
    position in the answer that first reported it, oldest first.
    """

    event_key: str
    event_date: date
    observation: Observation
    sequence_no: int | None
    report_no: int | None
    first_seen_at: datetime
    retracted_at: datetime | None
    call_id: int | None
    """The request whose answer first reported it."""

    @property
    def event_type(self) -> str:
        """The canonical type, 'unclassified' while it has no known meaning."""
        return self.observation.message.event_type


class EventChange(NamedTuple):
    """A row of `tracking_event_change`; `change` is appeared, retracted or returned."""

    item_no: str
    event_key: str
    event_date: date
    changed_at: datetime
    change: Change
    call_id: int | None


def numbered(event: Event, number: int | None) -> Event:
    """An event under its number among the current ones."""
    if event.sequence_no == number:
        return event
    # Every new event passes here; `_replace` would take twice as long.
    key, day, observation, _, report_no, first_seen_at, retracted_at, call_id = event
    return Event(key, day, observation, number, report_no, first_seen_at, retracted_at, call_id)


def current_events(events: Iterable[Event]) -> list[Event]:
    """The events that the service reports."""
    return [event for event in events if event.retracted_at is None]


def time_order(event_time: datetime | None, event_key: str) -> tuple[datetime, str]:
    """What events are ordered by: the instant, the unknown ones last, then the key."""
    return event_time or _LAST, event_key
