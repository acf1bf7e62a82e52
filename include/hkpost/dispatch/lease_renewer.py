"""Keeps a run's lease on its account: renewed in time, and known to be ours before a request leaves."""

import asyncio
import time
from collections.abc import Callable

_RENEWED_SHARE = 0.25
_STALE_SHARE = 0.6
"""Parts of the lease's time: after the one it is renewed, after the other nothing leaves before it is."""


def awake_clock() -> float:
    """Monotonic seconds that go on while the machine sleeps, where the system counts them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class LeaseRenewer:
    """Knows when the lease was last known to be ours.

    Args:
        heartbeat: renews the lease or raises LeaseLost; called in a thread.
        ttl_s: a holder that is silent for as many seconds loses the lease.
        clock: seconds that never stand still, as the lease's own time does not.
    """

    def __init__(
        self, heartbeat: Callable[[], None], ttl_s: float, clock: Callable[[], float] = awake_clock
    ) -> None:
        self._heartbeat = heartbeat
        self.renewed_every_s = ttl_s * _RENEWED_SHARE
        self._stale_after_s = ttl_s * _STALE_SHARE
        self._clock = clock
        self._known_at = clock()

    async def renew(self) -> None:
        """Renew the lease.

        Raises:
            LeaseLost: another run holds the account.
        """
        began = self._clock()
        await asyncio.to_thread(self._heartbeat)
        self._known_at = began

    async def ensure(self) -> None:
        """Renew the lease if it was not known to be ours a moment ago: the process may have been stopped.

        Raises:
            LeaseLost: another run holds the account.
        """
        if self._clock() - self._known_at > self._stale_after_s:
            await self.renew()
