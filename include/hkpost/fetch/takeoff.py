"""The way of one request to the gate: few are on it at one time, and each is still within the lease when it leaves."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from hkpost.pacing.gate import Gate

_RUNWAY = 3
_RENEWED_SHARE = 0.25
_STALE_SHARE = 0.6
"""Parts of the lease's time: after the one it is renewed, after the other nothing leaves before it is."""


def awake_clock() -> float:
    """Monotonic seconds that go on while the machine sleeps, where the system counts them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class LeaseWatch:
    """Knows when the lease was last known to be ours.

    Args:
        beat: renews the lease or raises LeaseLost.
        ttl_s: a holder that is silent for so long loses it.
        clock: seconds that never stand still, as the lease's own time does not.
    """

    def __init__(
        self, beat: Callable[[], None], ttl_s: float, clock: Callable[[], float] = awake_clock
    ) -> None:
        self._beat = beat
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
        await asyncio.to_thread(self._beat)
        self._known_at = began

    async def assure(self) -> None:
        """Renew the lease if it was not known to be ours a moment ago: the process may have been stopped."""
        if self._clock() - self._known_at > self._stale_after_s:
            await self.renew()


class Runway:
    """Lets three requests at one time be in the ledger and on their way to the gate.

    While the service fails, one at a time is under way at all, from its slot to what its answer asks for. Nobody
    sets out while the gate is held: a back-off is waited for before a batch is taken or a connection made.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._on_their_way = 0
        self._under_way = 0
        self._changed = asyncio.Event()

    async def take(self) -> "Slot":
        """Wait for a slot, and until no hold is in force.

        Raises:
            Halted: the run was stopped.
        """
        while self._on_their_way >= _RUNWAY or (self._gate.probing and self._under_way):
            self._changed.clear()
            await self._changed.wait()
        slot = Slot(self._count)
        try:
            await self._gate.clear()
        except BaseException:
            slot.end()
            raise
        return slot

    def _count(self, on_their_way: int, under_way: int) -> None:
        self._on_their_way += on_their_way
        self._under_way += under_way
        self._changed.set()


class Slot:
    """One request's place on the runway, until it has left, and among those under way, until it is over."""

    def __init__(self, count: Callable[[int, int], None]) -> None:
        self._count = count
        self._has_left = self._is_over = False
        count(1, 1)

    def left(self) -> None:
        """The request has left: the next may come to the gate."""
        if not self._has_left:
            self._has_left = True
            self._count(-1, 0)

    def end(self) -> None:
        """The request is over, whatever came of it."""
        self.left()
        if not self._is_over:
            self._is_over = True
            self._count(0, -1)


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

    async def quiet(self) -> None:
        """Wait until there is time to read an answer."""
        await self._gate.quiet()
