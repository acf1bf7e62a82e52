"""The state of an item, from its milestone and its events."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from hkpost.history.observation import Observation
from hkpost.history.times import EventTime, instant, is_date_only
from hkpost.seeds import seed_rows

FUTURE: Final = timedelta(days=1)
"""An event that lies further ahead of the answer that reports it has not happened: no clock is so wrong."""

_EASTERNMOST: Final = timedelta(hours=14)
_WESTERNMOST: Final = timedelta(hours=12)
_LAST_MINUTE: Final = timedelta(days=1) - timedelta(minutes=1)


class State(NamedTuple):
    """One line of `seeds/state.csv`, as far as it bears on an item."""

    is_open: bool
    is_terminal: bool
    """Whether the item's journey has ended; a closed state that is not terminal is closed otherwise."""


@cache
def states() -> Mapping[str, State]:
    """The states of `seeds/state.csv`, by code."""
    return {
        row["state"]: State(row["is_open"] == "true", row["is_terminal"] == "true")
        for row in seed_rows("state")
    }


def is_open(state: str) -> bool:
    """Whether items in a state are asked about."""
    return state in states() and states()[state].is_open


def is_changed_by_any_answer(state: str) -> bool:
    """Whether whatever the service says may change a state, however late it comes.

    An open and a terminal one: the other closed ones follow only what the service says after they were closed,
    because then a person asked. A cancelled item is the business's, and no answer opens it.
    """
    return state in states() and any(states()[state])


def follows_answer(state: str, closed_at: datetime | None, received_at: datetime) -> bool:
    """Whether an answer received at an instant may change the state of an item."""
    if is_changed_by_any_answer(state):
        return True
    return state != "cancelled" and closed_at is not None and received_at > closed_at


class EventType(NamedTuple):
    """One row of `dim_event_type`, as far as it bears on the state."""

    event_type: str
    stage_rank: int
    """How far along the way: decides between events of which neither is known to be the later."""
    state: str | None
    """The state of `mail_item` that the event leads to; None for 'unclassified'."""


class _Candidate(NamedTuple):
    type: EventType
    earliest: datetime
    latest: datetime
    country_iso: str | None


@cache
def event_types() -> Mapping[str, EventType]:
    """The event types of `seeds/event_type.csv`, by code."""
    return {
        row["event_type"]: EventType(row["event_type"], int(row["stage_rank"]), row["state"] or None)
        for row in seed_rows("event_type")
    }


def derive_state(
    milestone_type: str | None,
    events: Sequence[Observation],
    types: Mapping[str, EventType] | None = None,
    *,
    answered_at: datetime | None = None,
    origin_iso: str | None = None,
) -> str | None:
    """The state that an item is in, or None when nothing classified says it: the item then keeps its own.

    `milestone_type` is the milestone's event type (None or 'unclassified' when it has no known meaning),
    `events` those that the service reports now, in any order, `types` defaults to `event_types()`; `answered_at` is
    when the answer came (None: no event lies ahead of it), `origin_iso` the item's country of origin.

    A known milestone wins, terminal or not. Else the latest classified event says it. A time orders two
    events to the minute, and so the rank of their stage only counts in the same minute. A date without a
    time stands for any minute of that day, and a time in an unknown place for any offset on earth: such an
    event is later than another only when it is so in every case; otherwise the higher rank wins.
    Events whose time cannot be read count when there is no other. An event that would close the item and lies more
    than `FUTURE` ahead of `answered_at` has not happened: it counts for nothing.

    A delivery in the country of origin after a return to the sender is the return: the item is `returned`,
    though the milestone may call it delivered.

    A posting date alone (no event, no milestone) says nothing here: pre-advised items may carry a planned one.
    """
    known = event_types() if types is None else types
    milestone = known.get(milestone_type) if milestone_type else None
    state = milestone.state if milestone else None
    if state is not None and not (state == "delivered" and _names_return(events, known)):
        return state
    candidates = _candidates(events, known, None if answered_at is None else answered_at + FUTURE)
    if state is None:
        latest = _latest(candidates)
        state = latest.type.state if latest else None
    return "returned" if state == "delivered" and _went_back(candidates, origin_iso) else state


def delivered_at(
    events: Iterable[Observation], types: Mapping[str, EventType] | None = None
) -> datetime | None:
    """When the latest delivery happened, in UTC; None when no delivery has a known instant.

    For a delivery of which only the date is known, that is the start of its local day.
    """
    known = event_types() if types is None else types
    return max(
        (
            event.time.event_time
            for event in events
            if event.time.event_time is not None
            and (type_ := known.get(event.message.event_type)) is not None
            and type_.state == "delivered"
        ),
        default=None,
    )


def _candidates(
    events: Iterable[Observation], types: Mapping[str, EventType], until: datetime | None
) -> list[_Candidate]:
    """The classified events with the interval in which each happened; the undatable only among themselves.

    Those that close an item and cannot have happened by `until` are left out.
    """
    dated: list[_Candidate] = []
    undated: list[_Candidate] = []
    for event in events:
        type_ = types.get(event.message.event_type)
        if type_ is None or type_.state is None:
            continue
        local, country_iso = event.time.event_time_local, event.place.country_iso
        if local is None:
            undated.append(_Candidate(type_, datetime.min, datetime.min, country_iso))
        else:
            earliest, latest = _interval(local, event.time)
            if until is None or earliest <= until or is_open(type_.state):
                dated.append(_Candidate(type_, earliest, latest, country_iso))
    return dated or undated


def _interval(local: datetime, time: EventTime) -> tuple[datetime, datetime]:
    """The first and the last instant, in UTC, at which an event may have happened."""
    last = local + _LAST_MINUTE if is_date_only(local) else local
    if time.event_time is None or time.time_zone is None:
        return local.replace(tzinfo=UTC) - _EASTERNMOST, last.replace(tzinfo=UTC) + _WESTERNMOST
    if last == local:
        return time.event_time, time.event_time
    return time.event_time, instant(last, time.time_zone)


def _names_return(events: Iterable[Observation], types: Mapping[str, EventType]) -> bool:
    """Whether an event says that the item is to be returned."""
    return any(
        (type_ := types.get(event.message.event_type)) and type_.state == "returned" for event in events
    )


def _went_back(candidates: Sequence[_Candidate], origin_iso: str | None) -> bool:
    """Whether the last delivery was the sender's: in the country of origin, of an item that was to be returned."""
    last = _latest([candidate for candidate in candidates if candidate.type.state == "delivered"])
    return (
        last is not None
        and last.country_iso is not None
        and last.country_iso == origin_iso
        and any(candidate.type.state == "returned" for candidate in candidates)
    )


def _latest(candidates: Sequence[_Candidate]) -> _Candidate | None:
    """Of the events that are not known to be before another, the one of the highest rank, then the latest."""
    if not candidates:
        return None
    latest_start = max(candidate.earliest for candidate in candidates)
    return max(
        (candidate for candidate in candidates if candidate.latest >= latest_start),
        key=lambda candidate: (
            candidate.type.stage_rank,
            candidate.latest,
            candidate.earliest,
            candidate.type.event_type,
        ),
    )
