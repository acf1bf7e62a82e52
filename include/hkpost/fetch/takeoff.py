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
    """Lets three requests at one time be in the ledger and on their way to the gate; one while the service fails.

    Nobody sets out while the gate is held: a back-off is waited for before a connection is made.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._taken = 0
        self._freed = asyncio.Event()

    async def take(self) -> "Slot":
        """Wait for a slot, and until no hold is in force.

        Raises:
            Halted: the run was stopped.
        """
        while self._taken >= (1 if self._gate.probing else _RUNWAY):
            self._freed.clear()
            await self._freed.wait()
        slot = Slot(self._free)
        self._taken += 1
        try:
            await self._gate.clear()
        except BaseException:
            slot.free()
            raise
        return slot

    def _free(self) -> None:
        self._taken -= 1
        self._freed.set()


class Slot:
    """A place on the runway, given back once."""

    def __init__(self, give_back: Callable[[], None]) -> None:
        self._give_back = give_back
        self._is_taken = True

    def free(self) -> None:
        """Give it back."""
        if self._is_taken:
            self._is_taken = False
            self._give_back()


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
