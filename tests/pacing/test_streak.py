"""Failures in a row: how long to wait, and when to give up."""

from hkpost.pacing.streak import Streak


def no_jitter() -> float:
    return 0.0


def test_each_failure_doubles_the_wait_up_to_the_longest() -> None:
    streak = Streak(limit=99, first_wait_s=0.5, longest_wait_s=4, jitter=no_jitter)
    assert [streak.failed(at, at + 0.5) for at in range(6)] == [0.5, 1, 2, 4, 4, 4]


def test_jitter_takes_off_up_to_a_quarter() -> None:
    assert Streak(first_wait_s=1, jitter=lambda: 1.0).failed(0, 1) == 0.75


def test_a_burst_that_failed_together_counts_once() -> None:
    streak = Streak(limit=3, jitter=no_jitter)
    for left_at in (1.0, 1.1, 1.2, 1.3):
        streak.failed(left_at, now=5.0)
    assert streak.length == 1
    streak.failed(5.5, now=6.0)
    assert streak.length == 2


def test_the_breaker_opens_at_its_limit_and_a_success_closes_it() -> None:
    streak = Streak(limit=2, jitter=no_jitter)
    streak.failed(1, 2)
    assert not streak.is_broken
    streak.failed(3, 4)
    assert streak.is_broken
    streak.succeeded()
    assert not streak.is_broken
