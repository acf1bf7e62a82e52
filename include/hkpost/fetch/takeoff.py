"""The last moment before a request leaves: still within the lease, and in its turn."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from hkpost.pacing.gate import Gate
from hkpost.warehouse.lease import LEASE_TTL_S

_STALE_AFTER_S = LEASE_TTL_S * 0.6


class LeaseWatch:
    """Knows when the lease was last known to be ours.

    Args:
        beat: renews the lease or raises LeaseLost.
        clock: monotonic seconds.
    """

    def __init__(self, beat: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._beat = beat
        self._clock = clock
        self._known_at = clock()

    async def renew(self) -> None:
        """Renew the lease.

        Raises:
            LeaseLost: another run holds the account.
        """
        began = self._clock()
        await asyncio.to_thread(self._beat)
        self._known_at = began

    async def assure(self) -> None:
        """Renew the lease if it was not known to be ours a moment ago: the process may have been stopped."""
        if self._clock() - self._known_at > _STALE_AFTER_S:
            await self.renew()


class Takeoff:
    """The gate as one request sees it: checks the lease at the last moment, and says when it has left.

    `left_at` is when the request's last byte was written (monotonic seconds), None before.
    """

    def __init__(
        self,
        gate: Gate,
        assure_lease: Callable[[], Awaitable[None]],
        on_left: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gate = gate
        self._assure_lease = assure_lease
        self._on_left = on_left
        self._clock = clock
        self.left_at: float | None = None

    async def enter(self) -> None:
        """Wait for the turn.

        Raises:
            Halted: the run was stopped. LeaseLost: another run holds the account.
        """
        await self._gate.enter()
        try:
            await self._assure_lease()
        except BaseException:
            self._gate.leave()
            self._gate.landed()
            raise

    def leave(self) -> None:
        """The request has left."""
        self.left_at = self._clock()
        self._gate.leave()
        self._on_left()

    def landed(self) -> None:
        """The exchange is over."""
        self._gate.landed()
