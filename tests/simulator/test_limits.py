"""The gap of 100 ms and the day's quota (specification page 3, notes 2 and 3)."""

from datetime import UTC, datetime, timedelta

from hkpost_simulator import Simulator
from hkpost_simulator.limits import Limits
from tests.simulator.asking import PASSWORD, USER, ask, digest_token

ITEM = "RB999999990HK"


def _codes(limits: Limits, *arrivals_ms: float) -> list[int]:
    return [int(limits.admit("u", at / 1000)[0] or 0) for at in arrivals_ms]


def test_a_gap_below_100_ms_is_refused_and_counts_as_an_arrival() -> None:
    assert _codes(Limits(100, 1000), 0, 99, 198, 299, 400) == [0, 9991, 9991, 0, 0]


def test_the_later_of_two_is_refused_even_when_it_is_seen_first() -> None:
    limits = Limits(100, 1000)
    assert _codes(limits, 0, 250) == [0, 0]
    code, gap_ms = limits.admit("u", 0.200)
    assert (code, gap_ms) == (None, 200)


def test_users_do_not_hinder_each_other() -> None:
    with Simulator(items=10, users={USER: PASSWORD, "other": "other"}, gap_ms=3_600_000) as simulator:
        assert ask(simulator, ITEM).status == 0
        assert ask(simulator, ITEM, user="other", token=digest_token("other", "other")).status == 0
        assert ask(simulator, ITEM).status == 9991


def test_a_request_with_a_wrong_credential_counts_for_nobody() -> None:
    with Simulator(items=10, users={USER: PASSWORD}, gap_ms=3_600_000, daily_quota=1) as simulator:
        assert ask(simulator, ITEM, token=digest_token(password="wrong")).status == 9992
        assert ask(simulator, ITEM).status == 0


def test_the_quota_ends_at_midnight_in_hong_kong() -> None:
    now = datetime(2026, 1, 1, 15, 59, 59, tzinfo=UTC)
    limits = Limits(0, 1, wall=lambda: now)
    assert _codes(limits, 0, 1000) == [0, 9994]
    assert limits.used_today("u") == 2
    now += timedelta(seconds=1)
    assert limits.used_today("u") == 0
    assert _codes(limits, 2000, 3000) == [0, 9994]


def test_the_gap_is_measured_at_arrival(simulator: Simulator) -> None:
    simulator.fault("latency", 0.05)
    ask(simulator, ITEM)
    ask(simulator, ITEM)
    first, second = simulator.requests()
    assert first.gap_ms is None
    assert second.gap_ms == (second.arrival - first.arrival) * 1000 >= 50
    assert simulator.stats()["min_gap_ms"] == second.gap_ms
