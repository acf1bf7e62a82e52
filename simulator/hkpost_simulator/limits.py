"""The service's two limits (specification page 3): the gap between requests, and requests a day."""

import threading
from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime

from hkpost.ecship.status import StatusCode
from hkpost_simulator.catalogue import HONG_KONG

_REMEMBERED_ARRIVALS = 64


class Limits:
    """Counts the arrivals of each user against the gap (9991) and the real Hong Kong day's quota (9994).

    Every request with a good credential counts for both, refused ones too: the specification says
    "request", not "answer". Of two arrivals too close to each other the later one is refused, even when
    threads bring them here in the other order.

    Args:
        gap_ms: least milliseconds between two arrivals of a user; 0 lets everything through.
        daily_quota: requests of a user a day.
        wall: the real time.
    """

    def __init__(
        self, gap_ms: float, daily_quota: int, *, wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.gap_ms = gap_ms
        self.daily_quota = daily_quota
        self._wall = wall
        self._arrivals: defaultdict[str, list[float]] = defaultdict(list)
        self._used: defaultdict[tuple[str, date], int] = defaultdict(int)
        self._lock = threading.Lock()

    def admit(self, user: str, arrival: float) -> tuple[StatusCode | None, float | None]:
        """Count an arrival (Unix seconds).

        Returns:
            The code that refuses it, or None, and the milliseconds since the arrival before it, or None.
        """
        with self._lock:
            arrivals = self._arrivals[user]
            before = bisect_left(arrivals, arrival)
            gap_ms = (arrival - arrivals[before - 1]) * 1000 if before else None
            insort(arrivals, arrival)
            del arrivals[:-_REMEMBERED_ARRIVALS]
            day = (user, self._today())
            self._used[day] += 1
            if gap_ms is not None and gap_ms < self.gap_ms:
                return StatusCode.TOO_FREQUENT, gap_ms
            if self._used[day] > self.daily_quota:
                return StatusCode.QUOTA_EXCEEDED, gap_ms
            return None, gap_ms

    def used_today(self, user: str) -> int:
        """Return how many requests of the user counted since midnight in Hong Kong."""
        with self._lock:
            return self._used.get((user, self._today()), 0)

    def use(self, user: str, requests: int) -> None:
        """Say that the user has used this number of requests today, whatever was counted."""
        with self._lock:
            self._used[user, self._today()] = requests

    def _today(self) -> date:
        return self._wall().astimezone(HONG_KONG).date()
