"""The rate limiter of one account: one departure at a time, never closer together than the gap."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

WIDEST_GAP_S = 5.0
_SLOW_DOWN_FACTOR = 2.0
_SPEED_UP_FACTOR = 0.98
"""Two per cent a good answer: after one 9991 the gap is back within some forty requests."""
_CLOSE_CHECK_S = 0.25
_YIELD_S = 0.03
"""Work that holds the event loop for some milliseconds is not begun this close to a departure."""
_LOOP_TICK_S = 0.001
"""How late an event loop may wake a sleeper: it waits in whole milliseconds, rounded up."""
_PREPARED_AHEAD = 3
"""Requests that may be prepared (in the ledger, connected) and wait for their turn at one time."""


async def sleep_precisely(seconds: float) -> None:
    """Sleep without the event loop's rounding, which would cost a hundredth of the requests a second."""
    ends_at = time.monotonic() + seconds
    await asyncio.sleep(max(seconds - _LOOP_TICK_S, 0))
    while time.monotonic() < ends_at:
        await asyncio.sleep(0)


class RateLimiterClosed(Exception):
    """The run was stopped: none of its requests may leave any more."""


async def _no_condition() -> None:
    """Let every request leave when it is its turn."""


class RateLimiter:
    """Paces the requests of one account (specification page 3, note 3).

    Args:
        interval_s: the smallest gap between a departure and the next, margin included, in seconds.
        gap_s: the gap to begin with when an earlier run had to widen it, in seconds.
        before_send: awaited at the last moment before each departure; what it raises stops that departure.
        clock: monotonic seconds.
        sleep: waits some seconds.

    Attributes:
        gap_s: the gap between two departures now, in seconds.
        one_at_a_time: while set, a request waits until the one before it is over: after a failure one
            request is enough to see whether the service is back.
    """

    def __init__(
        self,
        interval_s: float,
        gap_s: float = 0.0,
        *,
        before_send: Callable[[], Awaitable[None]] = _no_condition,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = sleep_precisely,
    ) -> None:
        self.gap_s = max(interval_s, min(gap_s, WIDEST_GAP_S))
        self.one_at_a_time = False
        self._interval_s = interval_s
        self._before_send = before_send
        self._clock = clock
        self._sleep = sleep
        self._turn = asyncio.Lock()
        self._changed = asyncio.Event()
        self._permits = self._prepared = self._in_flight = 0
        self._closed = False
        self._next_at = self._paused_until = clock() + self.gap_s

    @asynccontextmanager
    async def permit(self) -> AsyncIterator["SendPermit"]:
        """The right to prepare one request and to send it, held until what its answer asks for is done.

        Waits while three requests are prepared and not yet sent, and while the account is paused: a back-off
        is waited for before a batch is taken or a connection is made. `one_at_a_time` waits for every permit.

        Raises:
            RateLimiterClosed: the run was stopped.
        """
        while not self._closed and not self._has_room():
            await self._next_change()
        self._permits += 1
        self._prepared += 1
        permit = SendPermit(self)
        try:
            await self._wait_until(lambda: self._paused_until)
            yield permit
        finally:
            permit._release()
            self._permits -= 1
            self._changed.set()

    def _has_room(self) -> bool:
        return self._prepared < _PREPARED_AHEAD and not (self.one_at_a_time and self._permits)

    def pause(self, seconds: float) -> None:
        """Let nothing leave for some seconds."""
        self._paused_until = max(self._paused_until, self._clock() + seconds)

    def close(self) -> None:
        """Let nothing leave any more."""
        self._closed = True
        self._changed.set()

    def slow_down(self) -> None:
        """Double the gap: the service says that requests come too often."""
        self.gap_s = min(self.gap_s * _SLOW_DOWN_FACTOR, WIDEST_GAP_S)

    def speed_up(self) -> None:
        """Come back a little towards the smallest gap: an answer was good."""
        self.gap_s = max(self.gap_s * _SPEED_UP_FACTOR, self._interval_s)

    async def yield_to_sender(self) -> None:
        """Wait until no request is about to leave or just leaving.

        The event loop can do one thing at a time: reading an answer takes it some milliseconds, by which a
        departure would be late. After a departure there is a whole gap for it.
        """
        while self._turn.locked() and self._leaves_at() - self._clock() < _YIELD_S:
            await self._next_change()

    def _leaves_at(self) -> float:
        return max(self._next_at, self._paused_until)

    async def _take_turn(self) -> None:
        await self._turn.acquire()
        try:
            while self.one_at_a_time and self._in_flight and not self._closed:
                await self._next_change()
            await self._wait_until(self._leaves_at)
            await self._before_send()
        except BaseException:
            self._give_turn_back()
            raise
        self._in_flight += 1

    async def _wait_until(self, instant: Callable[[], float]) -> None:
        while (wait_s := instant() - self._clock()) > 0 and not self._closed:
            await self._sleep(min(wait_s, _CLOSE_CHECK_S))
        if self._closed:
            raise RateLimiterClosed

    async def _next_change(self) -> None:
        self._changed.clear()
        await self._changed.wait()

    def _departed(self) -> float:
        """Time the next departure from now; returns now (monotonic seconds)."""
        now = self._clock()
        self._next_at = max(self._next_at, now + self.gap_s)
        self._give_turn_back()
        return now

    def _give_turn_back(self) -> None:
        self._turn.release()
        self._changed.set()


class SendPermit:
    """One request's right to leave, from `RateLimiter.permit`.

    Attributes:
        sent_at: when the request's last byte was written (monotonic seconds), None before.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter
        self._is_prepared = True
        self._is_in_flight = False
        self.sent_at: float | None = None

    @property
    def has_turn(self) -> bool:
        """Whether the request may leave, or has left."""
        return self._is_in_flight or self.sent_at is not None

    async def acquire(self) -> None:
        """Wait for the turn; from here on no other request may leave until `mark_sent`.

        Raises:
            RateLimiterClosed: the run was stopped. Whatever `before_send` raises.
        """
        await self._limiter._take_turn()
        self._is_in_flight = True

    def mark_sent(self) -> None:
        """The request's last byte was written: the next departure is timed from now."""
        if self.sent_at is None:
            self.sent_at = self._limiter._departed()
            self._no_longer_prepared()

    def complete(self) -> None:
        """The exchange is over; a request that had its turn and broke off counts as sent."""
        if self._is_in_flight:
            self.mark_sent()
            self._is_in_flight = False
            self._limiter._in_flight -= 1
            self._limiter._changed.set()

    def _release(self) -> None:
        self.complete()
        self._no_longer_prepared()

    def _no_longer_prepared(self) -> None:
        if self._is_prepared:
            self._is_prepared = False
            self._limiter._prepared -= 1
            self._limiter._changed.set()
