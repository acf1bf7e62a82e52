"""Counts failures in a row: how long to wait after one, and when to give up."""

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Streak:
    """Failures in a row on one account, with exponential back-off and a breaker.

    A retrying library (tenacity and the like) waits inside one call, each call for itself; here one
    failure must slow down all the requests of the account, and only what the whole account meets can
    say when to give up. So the wait and the count are the account's, and the gate does the waiting.

    A burst of requests that was under way when the first of them failed counts once: only a request
    that left after the last counted failure adds to the streak.

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
    length: int = 0
    _counted_at: float = float("-inf")

    def failed(self, left_at: float, now: float) -> float:
        """Count a failure of a request that left at `left_at`; return how many seconds to wait."""
        if left_at >= self._counted_at:
            self.length += 1
            self._counted_at = now
        wait_s: float = min(self.first_wait_s * 2.0 ** (self.length - 1), self.longest_wait_s)
        return wait_s * (1 - self.jitter() / 4)

    def succeeded(self) -> None:
        """End the streak."""
        self.length = 0

    @property
    def is_broken(self) -> bool:
        """Whether so much failed in a row that going on is pointless."""
        return self.length >= self.limit
