"""The circuit breaker: how long to wait after a failure, and when to give up."""

from hkpost.dispatch.circuit_breaker import CircuitBreaker


def no_jitter() -> float:
    return 0.0


def test_each_failure_doubles_the_wait_up_to_the_longest() -> None:
    breaker = CircuitBreaker(limit=99, first_wait_s=0.5, longest_wait_s=4, jitter=no_jitter)
    assert [breaker.record_failure(at, at + 0.5) for at in range(6)] == [0.5, 1, 2, 4, 4, 4]


def test_jitter_takes_off_up_to_a_quarter() -> None:
    assert CircuitBreaker(first_wait_s=1, jitter=lambda: 1.0).record_failure(0, 1) == 0.75


def test_the_service_may_ask_for_a_longer_wait() -> None:
    breaker = CircuitBreaker(first_wait_s=1, jitter=no_jitter)
    assert breaker.record_failure(0, 1, at_least_s=30) == 30


def test_a_burst_that_failed_together_counts_once() -> None:
    breaker = CircuitBreaker(limit=3, jitter=no_jitter)
    waits = [breaker.record_failure(sent_at, now=5.0) for sent_at in (1.0, 1.1, 1.2, 1.3)]
    assert (breaker.failures_in_a_row, waits[1:]) == (1, [None, None, None])
    breaker.record_failure(5.5, now=6.0)
    assert breaker.failures_in_a_row == 2


def test_the_breaker_opens_at_its_limit_and_a_success_closes_it() -> None:
    breaker = CircuitBreaker(limit=2, jitter=no_jitter)
    breaker.record_failure(1, 2)
    assert not breaker.is_open
    breaker.record_failure(3, 4)
    assert breaker.is_open
    breaker.record_success()
    assert not breaker.is_open


def test_a_hundred_rejections_without_an_answer_are_too_many_whatever_else_succeeds() -> None:
    breaker = CircuitBreaker()
    assert not any(breaker.record_rejection() for _ in range(99))
    breaker.record_success()
    assert breaker.record_rejection()
    breaker.record_success(answered=True)
    assert not breaker.record_rejection()
