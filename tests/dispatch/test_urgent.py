"""Urgent items: registered while a run holds the account, or asked about by a run of their own."""

from collections.abc import Callable
from typing import Any

import pytest

from hkpost.dispatch.account import AccountHeld
from hkpost.dispatch.batches import BATCHES_AHEAD
from hkpost.warehouse.requests import lease as leases
from tests.dispatch.conftest import FetchHarness
from tests.helpers.scripted_service import Items, Reply, answers

MakeDesk = Callable[..., FetchHarness]
URGENT = ("EA000000001HK", "EA000000002HK")


def test_a_run_that_is_limited_to_some_items_asks_about_no_other(harness: MakeDesk) -> None:
    d = harness()
    d.register(60)
    d.register(2, prefix="EA")
    summary = d.fetch(item_nos=URGENT)
    assert dict(d.service.asked) == dict.fromkeys(URGENT, 1)
    assert (summary.due, summary.items_answered) == (2, 2)
    assert len(d.due()) == 60


def test_an_item_that_is_not_due_is_not_asked_even_when_it_is_named(harness: MakeDesk) -> None:
    d = harness()
    d.register(1, prefix="EA")
    d.fetch(item_nos=URGENT)
    summary = d.fetch(item_nos=URGENT)
    assert (summary.due, summary.request_count) == (0, 0)
    assert len(d.service.seen) == 1


def test_the_reserve_is_left_by_scheduled_runs_to_those_that_may_use_it(harness: MakeDesk) -> None:
    d = harness()
    d.register(300)
    d.register(2, prefix="EA", priority=100)
    quota: dict[str, Any] = {"daily_quota": 5, "quota_reserve": 3}
    assert d.fetch(**quota).request_count == 2
    d.register(1, prefix="EB", priority=100)
    assert d.fetch(**quota).request_count == 0, "urgent items do not open the reserve to a scheduled run"
    urgent = d.fetch(item_nos=("EB000000001HK",), may_use_reserve=True, **quota)
    assert (urgent.items_answered, urgent.quota_left) == (1, 2)
    assert d.fetch(may_use_reserve=True, **quota).request_count == 2, "and the day's quota ends that too"


def test_the_holder_takes_urgent_items_with_its_next_claim_however_many_wait(harness: MakeDesk) -> None:
    d = harness()
    d.register(1500)

    def register_meanwhile(items: Items) -> Reply:
        if len(d.service.seen) == 3:
            d.register(2, prefix="EA", priority=100)
        return answers(items)

    d.service.script = register_meanwhile
    d.fetch(max_in_flight=16)
    [place] = [n for n, seen in enumerate(d.service.seen) if set(URGENT) <= set(seen.items)]
    claimed = BATCHES_AHEAD + 3
    assert place <= 2 + claimed + 1, "no further away than what was claimed before they were known"


def test_a_run_of_named_items_waits_for_the_holder_only_until_it_has_asked_about_them(
    harness: MakeDesk,
) -> None:
    d = harness()
    d.register(2, prefix="EA")
    assert isinstance(leases.acquire(d.engine, "hkpost_default", "holder"), leases.Lease)
    with pytest.raises(AccountHeld):
        d.fetch(item_nos=URGENT)
    with d.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE hkpost.mail_item SET pending_call_id = 1, next_poll_at = 'infinity'"
        )
    summary = d.fetch(item_nos=URGENT, lease_wait_s=60)
    assert summary.failure is None
    assert "none of these items is due any more" in summary.ended
    assert d.service.seen == []
