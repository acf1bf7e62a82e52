"""The day's quota while a run sends: counted down, given back, begun anew when the day turns."""

import asyncio
from collections.abc import Callable
from datetime import date

from hkpost.fetch.quota import DayQuota
from hkpost.warehouse.ledger import QuotaUse

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
