"""The gate every request of an account leaves by: one at a time, never closer than the gap."""

import asyncio
import time
from collections.abc import Awaitable, Callable

WIDEST_GAP_S = 5.0
_WIDEN_FACTOR = 2.0
_NARROW_FACTOR = 0.98
"""Two per cent a good answer: after one 9991 the gap is back within some forty requests."""
_HALT_CHECK_S = 0.25
_QUIET_S = 0.03
"""Work that holds the event loop for some milliseconds is not begun this close to a departure."""
_LOOP_TICK_S = 0.001
"""How late an event loop may wake a sleeper: it waits in whole milliseconds, rounded up."""


async def sleep_precisely(seconds: float) -> None:
    """Sleep without the event loop's rounding, which would cost a hundredth of the requests a second."""
    ends_at = time.monotonic() + seconds
    await asyncio.sleep(max(seconds - _LOOP_TICK_S, 0))
    while time.monotonic() < ends_at:
        await asyncio.sleep(0)


class Halted(Exception):
    """The gate is closed for good; nothing leaves any more."""


class Gate:
    """Paces the departures of one account (specification page 3, note 3).

    `enter` returns when a request may leave and holds the gate; `leave` says that its last byte was
    written, and the next departure is timed from that moment; `landed` ends the exchange. While
    `probing`, only one exchange is under way at a time: after a failure one request is enough to see
    whether the service is back. `quiet` is for what answers are to be done with.

    Args:
        interval_s: the smallest gap between a departure and the next, margin included, in seconds.
        gap_s: the gap to begin with when an earlier run had to widen it.
        clock: monotonic seconds.
        sleep: waits some seconds.
    """

    def __init__(
        self,
        interval_s: float,
        gap_s: float = 0.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = sleep_precisely,
    ) -> None:
        self._interval_s = interval_s
        self.gap_s = max(interval_s, min(gap_s, WIDEST_GAP_S))
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._free = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._in_flight = 0
        self._halted = False
        self._next_at = self._held_until = clock() + self.gap_s
        self.probing = False

    async def clear(self) -> None:
        """Wait until no hold is in force: before that it is no use to set out.

        Raises:
            Halted: the gate was closed for good.
        """
        while (wait_s := self._held_until - self._clock()) > 0 and not self._halted:
            await self._sleep(min(wait_s, _HALT_CHECK_S))
        if self._halted:
            raise Halted

    async def enter(self) -> None:
        """Wait for the turn and hold the gate.

        Raises:
            Halted: the gate was closed for good.
        """
        await self._turn.acquire()
        self._free.clear()
        try:
            await self._wait()
        except BaseException:
            self._give_up_turn()
            raise
        self._in_flight += 1
        self._idle.clear()

    async def _wait(self) -> None:
        while True:
            if self._halted:
                raise Halted
            if self.probing and self._in_flight:
                await self._idle.wait()
                continue
            wait_s = self._wait_s()
            if wait_s <= 0:
                return
            await self._sleep(min(wait_s, _HALT_CHECK_S))

    def _wait_s(self) -> float:
        return max(self._next_at, self._held_until) - self._clock()

    def leave(self) -> None:
        """Time the next departure from now, when the request's last byte was written."""
        self._next_at = max(self._next_at, self._clock() + self.gap_s)
        self._give_up_turn()

    def _give_up_turn(self) -> None:
        self._turn.release()
        self._free.set()

    async def quiet(self) -> None:
        """Wait until no request is about to leave or just leaving.

        The event loop can do one thing at a time: reading an answer takes it some milliseconds, by which a
        departure would be late. After a departure there is a whole gap for it.
        """
        while self._turn.locked() and self._wait_s() < _QUIET_S:
            await self._free.wait()

    def landed(self) -> None:
        """End an exchange."""
        self._in_flight -= 1
        if not self._in_flight:
            self._idle.set()

    def hold(self, seconds: float) -> None:
        """Let nothing leave for some seconds."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def halt(self) -> None:
        """Let nothing leave any more."""
        self._halted = True

    def widen(self) -> None:
        """Double the gap: the service says that requests come too often."""
        self.gap_s = min(self.gap_s * _WIDEN_FACTOR, WIDEST_GAP_S)

    def narrow(self) -> None:
        """Come back a little towards the smallest gap: an answer was good."""
        self.gap_s = max(self.gap_s * _NARROW_FACTOR, self._interval_s)
