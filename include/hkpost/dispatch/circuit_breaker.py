"""The circuit breaker of one account: how long to wait after a failure, and when to give up."""

import random
from collections.abc import Callable
from dataclasses import dataclass

_REJECTIONS_LIMIT = 100


@dataclass(slots=True)
class CircuitBreaker:
    """Failures in a row on one account, with exponential back-off.

    A retrying library (tenacity and the like) waits inside one call, each call for itself; here one
    failure must slow down all the requests of the account, and only what the whole account meets can
    say when to give up. So the wait and the count are the account's, and the rate limiter does the waiting.

    A burst of requests that was under way when the first of them failed counts once: only a request
    that was sent after the last counted failure adds to the count.

    Args:
        limit: failures in a row at which the breaker opens.
        first_wait_s: the wait after the first failure, doubled with each further one, in seconds.
        longest_wait_s: the longest wait, in seconds.
        jitter: gives a number from 0 to 1; up to a quarter of each wait is taken off by it, so that
            clients that failed together do not come back together.
    """

    limit: int = 10
    first_wait_s: float = 0.5
    longest_wait_s: float = 15.0
    jitter: Callable[[], float] = random.random
    failures_in_a_row: int = 0
    _counted_at: float = float("-inf")
    _rejections: int = 0

    @property
    def is_open(self) -> bool:
        """Whether as much failed in a row as makes it pointless to go on."""
        return self.failures_in_a_row >= self.limit

    def record_success(self, *, answered: bool = False) -> None:
        """A usable answer came; `answered` when it was about items."""
        self.failures_in_a_row = 0
        if answered:
            self._rejections = 0

    def record_failure(self, sent_at: float, now: float, *, at_least_s: float = 0.0) -> float | None:
        """Count a failure of a request that was sent at `sent_at` (monotonic seconds).

        Returns the seconds to wait, at least `at_least_s`, which the service asked for; None for one of a
        burst that failed together: the account backs off from it once.
        """
        if sent_at < self._counted_at:
            return None
        self.failures_in_a_row += 1
        self._counted_at = now
        wait_s: float = min(self.first_wait_s * 2.0 ** (self.failures_in_a_row - 1), self.longest_wait_s) * (
            1 - self.jitter() / 4
        )
        return max(wait_s, at_least_s)

    def record_rejection(self) -> bool:
        """Count a request refused as invalid input; True when nothing else has come for too long."""
        self._rejections += 1
        return self._rejections >= _REJECTIONS_LIMIT
