"""What is left of an account's quota while a run sends."""

import asyncio
from collections.abc import Callable
from datetime import date

from hkpost.warehouse.ledger import QuotaUse


class DayQuota:
    """Counts down the requests that a run may still send today; begins anew when the day turns.

    Args:
        allowed: requests a day that this run may use.
        count: reads the day's use from the ledger.
    """

    def __init__(self, allowed: int, count: Callable[[], QuotaUse]) -> None:
        self._allowed = allowed
        self._count = count
        self._start(count())

    def _start(self, use: QuotaUse) -> None:
        self._day: date = use.day
        self.was_exhausted = use.exhausted
        self.left = max(self._allowed - use.used, 0)

    def take(self) -> bool:
        """Take one request; False when none is left."""
        if self.left <= 0:
            return False
        self.left -= 1
        return True

    def give_back(self) -> None:
        """Count a request that never reached the service as not sent."""
        self.left += 1

    async def day_is(self, day: date) -> None:
        """Begin anew when the ledger counts a request on another day."""
        if day != self._day:
            self._start(await asyncio.to_thread(self._count))
