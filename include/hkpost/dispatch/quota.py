"""What is left of an account's quota while a run sends."""

import asyncio
from collections.abc import Callable
from datetime import date

from hkpost.warehouse.requests.ledger import QuotaUse


class DayQuota:
    """Counts down the requests that a run may still send today; starts again when the day turns.

    Args:
        allowed: requests a day that this run may use.
        count: reads the day's use from the ledger.
    """

    def __init__(self, allowed: int, count: Callable[[], QuotaUse]) -> None:
        use = count()
        self._allowed = allowed
        self._count = count
        self._day = use.day
        self._taken = 0
        self._not_in_ledger = 0
        self.was_exhausted = use.exhausted
        self.left = max(allowed - use.used, 0)

    def take(self) -> bool:
        """Take one request; False when none is left."""
        if self.left <= 0:
            return False
        self.left -= 1
        self._taken += 1
        self._not_in_ledger += 1
        return True

    async def entered(self, day: date) -> None:
        """A request that was taken is in the ledger now, counted on this day; start again when it turned."""
        self._not_in_ledger -= 1
        if day == self._day:
            return
        # What is on its way meanwhile may be in the count already: rather one too few than one too many.
        on_their_way, taken = self._not_in_ledger, self._taken
        use = await asyncio.to_thread(self._count)
        self._day = use.day
        self.left = max(self._allowed - use.used - on_their_way - (self._taken - taken), 0)

    def give_back(self, day: date) -> None:
        """Count a request of this day that never reached the service as not sent."""
        if day == self._day:
            self.left += 1
