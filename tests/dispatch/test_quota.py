"""The day's quota while a run sends: counted down, given back, begun again when the day turns, in its own time zone."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hkpost.dispatch.quota import DayQuota
from hkpost.warehouse.requests.ledger import QuotaUse, quota_use
from tests.dispatch.conftest import FetchHarness

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)


def counts(*uses: QuotaUse) -> Callable[[], QuotaUse]:
    """What the ledger says, one time after another."""
    waiting = list(uses)
    return lambda: waiting.pop(0)


def test_what_was_used_before_counts_and_nothing_is_taken_beyond_it() -> None:
    quota = DayQuota(3, counts(QuotaUse(MONDAY, 1, exhausted=False)))
    assert [quota.take(), quota.take(), quota.take()] == [True, True, False]


def test_a_request_that_never_reached_the_service_is_given_back_to_its_own_day_only() -> None:
    quota = DayQuota(2, counts(QuotaUse(MONDAY, 0, exhausted=False)))
    quota.take()
    quota.give_back(MONDAY)
    assert quota.left == 2
    quota.take()
    quota.give_back(TUESDAY)
    assert quota.left == 1


def test_when_the_day_turns_the_count_begins_anew_and_is_never_overdrawn() -> None:
    quota = DayQuota(10, counts(QuotaUse(MONDAY, 9, exhausted=True), QuotaUse(TUESDAY, 1, exhausted=False)))
    assert quota.was_exhausted
    assert quota.take()
    assert quota.left == 0
    asyncio.run(quota.entered(TUESDAY))
    assert quota.left == 9


def test_what_is_on_its_way_when_the_day_turns_is_kept_for() -> None:
    quota = DayQuota(10, counts(QuotaUse(MONDAY, 0, exhausted=False), QuotaUse(TUESDAY, 1, exhausted=False)))
    for _ in range(3):
        quota.take()
    asyncio.run(quota.entered(TUESDAY))
    assert quota.left == 10 - 1 - 2, "two were taken and are not in the ledger yet"
    asyncio.run(quota.entered(TUESDAY))
    assert quota.left == 10 - 1 - 2


def two_days_at_once() -> tuple[str, str]:
    """Two time zones a day apart, neither of which is near its midnight."""
    near_noon = datetime.now(UTC).hour in (11, 12)
    return ("Etc/GMT+10", "Etc/GMT-14") if near_noon else ("Etc/GMT+12", "Etc/GMT-12")


def test_the_day_is_that_of_the_connections_time_zone(harness: Callable[..., FetchHarness]) -> None:
    d = harness()
    d.register(90)
    zones = two_days_at_once()
    sent = [d.fetch(daily_quota=1, quota_timezone=zone).request_count for zone in (*zones, *zones)]
    assert sent == [1, 1, 0, 0], "what was sent on one zone's day takes nothing from the other's"
    calls = d.rows("SELECT sent_at, quota_day FROM hkpost.api_call ORDER BY call_id")
    days = [call.sent_at.astimezone(ZoneInfo(zone)).date() for call, zone in zip(calls, zones, strict=True)]
    assert [call.quota_day for call in calls] == days
    assert days[0] < days[1]
    assert [quota_use(d.engine, "hkpost_default", zone) for zone in zones] == [
        QuotaUse(day, 1, exhausted=False) for day in days
    ]
