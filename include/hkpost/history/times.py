"""Local clock times as received, and the instants they mean."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from hkpost.history.zones import country_zones, zone

TimePrecision = Literal["zone", "country", "date", "unknown"]

UNREADABLE_DATE: Final = date(1900, 1, 1)
"""`event_date` of an event whose time cannot be read: the partition column is never null."""

_DAY: Final = re.compile("([0-9]{2})-([0-9]{2})-([0-9]{4})")
_CLOCK: Final = re.compile("(?:([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?)?")
_YEARS: Final = range(1990, 2100)


class EventTime(NamedTuple):
    """What is known of when an event happened."""

    event_date: date
    """The local date, or `UNREADABLE_DATE`."""
    event_time_local: datetime | None
    """The clock's time at the location, naive; None when unreadable."""
    event_time: datetime | None
    """The instant, in UTC; None when the time or the place is unknown."""
    time_zone: str | None
    """The IANA zone that `event_time` was computed with."""
    time_precision: TimePrecision


_UNREADABLE: Final = EventTime(UNREADABLE_DATE, None, None, None, "unknown")


def local_time(text: str) -> datetime | None:
    """A local time as DD-MM-YYYY HH24:MI (specification, page 5), also with seconds, or DD-MM-YYYY alone
    (00:00 of that day). None for anything else: another order, an impossible date, 24:00, or a year
    outside 1990-2099, which no tracked item has and systems use for "no date".
    """
    return event_time(text, None).event_time_local


def instant(local: datetime, zone_name: str) -> datetime:
    """The instant of a naive local time in an IANA zone, in UTC.

    A clock that is set back shows an hour twice: the first is meant. A clock that is set forward skips an
    hour: a time inside it is moved forward by what was skipped (02:30 is 03:30).
    """
    return local.replace(tzinfo=zone(zone_name)).astimezone(UTC)


def is_date_only(local: datetime) -> bool:
    """Whether only the date is known: the service writes 00:00 then (field notes)."""
    return local.time() == time.min


def event_time(text: str, country_iso: str | None) -> EventTime:
    """What a time as received means in a country (ISO alpha-2; None when the place is unknown).

    `text` is read as `local_time` says. `time_precision` says 'zone' (exact), 'country' (the country has
    several zones: its principal one is taken), 'date' (00:00: the start of that local day, whatever the
    zones), 'unknown' (no instant).
    """
    day_text, _, clock_text = text.strip().partition(" ")
    day = _day_there(day_text, country_iso)
    clock = _clock(clock_text.lstrip())
    if day is None or clock is None:
        return _UNREADABLE
    local = day.midnight + clock
    if day.time_zone is None:
        return EventTime(day.date, local, None, None, "unknown")
    at = instant(local, day.time_zone) if day.starts_at is None else day.starts_at + clock
    return EventTime(day.date, local, at, day.time_zone, day.precision if clock else "date")


class _Day(NamedTuple):
    """A date in a country: events share their days, so the calendar and the zones are asked once for each."""

    date: date
    midnight: datetime
    time_zone: str | None
    precision: TimePrecision
    starts_at: datetime | None
    """Its midnight in UTC; None when the clocks are changed on that day, or the zone is unknown."""


@lru_cache(maxsize=1 << 16)
def _day_there(text: str, country_iso: str | None) -> _Day | None:
    match = _DAY.fullmatch(text)
    if match is None or int(match[3]) not in _YEARS:
        return None
    try:
        midnight = datetime(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None
    zones = country_zones(country_iso) if country_iso else None
    if zones is None or zones.principal is None:
        return _Day(midnight.date(), midnight, None, "unknown", None)
    clocks_change = (
        len({zone(zones.principal).utcoffset(midnight + timedelta(hours=h)) for h in range(25)}) > 1
    )
    starts_at = None if clocks_change else instant(midnight, zones.principal)
    return _Day(midnight.date(), midnight, zones.principal, "zone" if zones.single else "country", starts_at)


@lru_cache(maxsize=1 << 14)
def _clock(text: str) -> timedelta | None:
    """The time since midnight on a clock without changes; None for what is no clock's time."""
    match = _CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute, second = (int(group or 0) for group in match.groups())
    if hour > 23 or minute > 59 or second > 59:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=second)
