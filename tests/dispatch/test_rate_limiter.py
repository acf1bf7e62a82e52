"""The rate limiter: one departure at a time, timed from the moment the last one left."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from hkpost.dispatch.rate_limiter import (
    WIDEST_GAP_S,
    RateLimiter,
    RateLimiterClosed,
    SendPermit,
    sleep_precisely,
)


class Clock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


Test = Callable[[RateLimiter, Clock], Awaitable[None]]


def run(test: Test, interval_s: float = 0.1, gap_s: float = 0.0) -> None:
    clock = Clock()
    limiter = RateLimiter(interval_s, gap_s, clock=clock, sleep=clock.sleep)
    asyncio.run(_run(test, limiter, clock))


async def _run(test: Test, limiter: RateLimiter, clock: Clock) -> None:
    await test(limiter, clock)


async def let_all_go_on() -> None:
    for _ in range(30):
        await asyncio.sleep(0)


async def send(limiter: RateLimiter, clock: Clock, departures: list[float], takes_s: float = 0.0) -> None:
    async with limiter.permit() as permit:
        await permit.acquire()
        clock.now += takes_s
        permit.mark_sent()
        departures.append(clock.now)


async def held_permits(limiter: RateLimiter, stack: AsyncExitStack, count: int) -> list[SendPermit]:
    return [await stack.enter_async_context(limiter.permit()) for _ in range(count)]


def test_the_next_request_is_timed_from_when_the_last_byte_left() -> None:
    async def three(limiter: RateLimiter, clock: Clock) -> None:
        departures: list[float] = []
        for _ in range(3):
            await send(limiter, clock, departures, takes_s=0.03)
        gaps = [later - earlier for earlier, later in itertools.pairwise(departures)]
        assert gaps == [pytest.approx(0.13), pytest.approx(0.13)]

    run(three)


def test_the_first_request_waits_a_whole_gap_since_an_earlier_run_may_just_have_sent() -> None:
    async def one(limiter: RateLimiter, clock: Clock) -> None:
        departures: list[float] = []
        await send(limiter, clock, departures)
        assert departures == [pytest.approx(100.1)]

    run(one)


def test_a_request_that_broke_off_on_its_way_counts_as_sent() -> None:
    async def two(limiter: RateLimiter, clock: Clock) -> None:
        async with limiter.permit() as permit:
            await permit.acquire()
            clock.now += 0.05
        assert permit.sent_at == pytest.approx(100.15)
        departures: list[float] = []
        await send(limiter, clock, departures)
        assert departures == [pytest.approx(100.25)]

    run(two)


def test_a_request_that_never_had_its_turn_was_not_sent() -> None:
    async def one(limiter: RateLimiter, clock: Clock) -> None:
        async with limiter.permit() as permit:
            pass
        assert (permit.sent_at, permit.has_turn) == (None, False)

    run(one)


def test_a_gap_that_an_earlier_run_needed_is_kept() -> None:
    assert RateLimiter(0.1, 0.8).gap_s == 0.8
    assert RateLimiter(0.1, 0.02).gap_s == 0.1
    assert RateLimiter(0.1, 999).gap_s == WIDEST_GAP_S


def test_a_widened_gap_comes_back_slowly_and_never_under_the_interval() -> None:
    limiter = RateLimiter(0.1)
    limiter.slow_down()
    assert limiter.gap_s == pytest.approx(0.2)
    limiter.speed_up()
    assert 0.19 < limiter.gap_s < 0.2
    for _ in range(100):
        limiter.speed_up()
    assert limiter.gap_s == 0.1


def test_a_pause_lets_nothing_set_out_or_leave() -> None:
    async def paused(limiter: RateLimiter, clock: Clock) -> None:
        limiter.pause(7)
        async with limiter.permit() as permit:
            assert clock.now == pytest.approx(107)
            limiter.pause(5)
            await permit.acquire()
            assert clock.now == pytest.approx(112)

    run(paused)


def test_a_fourth_request_sets_out_when_one_of_three_has_left() -> None:
    async def four(limiter: RateLimiter, clock: Clock) -> None:
        async with AsyncExitStack() as stack:
            permits = await held_permits(limiter, stack, 3)
            fourth = asyncio.create_task(send(limiter, clock, []))
            await let_all_go_on()
            assert not fourth.done()
            await permits[1].acquire()
            permits[1].mark_sent()
            await fourth

    run(four)


def test_one_at_a_time_the_next_sets_out_when_the_one_before_it_is_over() -> None:
    async def two(limiter: RateLimiter, clock: Clock) -> None:
        limiter.one_at_a_time = True
        async with limiter.permit() as first:
            second = asyncio.create_task(send(limiter, clock, []))
            await first.acquire()
            first.mark_sent()
            first.complete()
            await let_all_go_on()
            assert not second.done(), "the first has left and is not over"
        await second

    run(two)


def test_one_at_a_time_a_prepared_request_leaves_when_the_exchange_before_it_is_complete() -> None:
    async def two(limiter: RateLimiter, clock: Clock) -> None:
        async with AsyncExitStack() as stack:
            first, second = await held_permits(limiter, stack, 2)
            await first.acquire()
            first.mark_sent()
            limiter.one_at_a_time = True
            leaving = asyncio.create_task(second.acquire())
            await let_all_go_on()
            assert not second.has_turn
            first.complete()
            await leaving
            assert second.has_turn

    run(two)


def test_a_closed_limiter_lets_nothing_leave_and_nothing_wait() -> None:
    async def closed(limiter: RateLimiter, clock: Clock) -> None:
        async with AsyncExitStack() as stack:
            permits = await held_permits(limiter, stack, 3)
            waiting = [asyncio.create_task(send(limiter, clock, [])) for _ in range(5)]
            await let_all_go_on()
            limiter.close()
            ended = await asyncio.gather(*waiting, return_exceptions=True)
            assert [type(end) for end in ended] == [RateLimiterClosed] * 5
            with pytest.raises(RateLimiterClosed):
                await permits[0].acquire()

    run(closed)


def test_what_is_checked_at_the_last_moment_can_stop_a_departure_and_gives_the_turn_back() -> None:
    allowed = False

    async def check() -> None:
        if not allowed:
            raise PermissionError

    async def test() -> None:
        nonlocal allowed
        clock = Clock()
        limiter = RateLimiter(0.1, before_send=check, clock=clock, sleep=clock.sleep)
        with pytest.raises(PermissionError):
            await send(limiter, clock, [])
        allowed = True
        await send(limiter, clock, [])

    asyncio.run(test())


def test_an_answer_is_read_at_once_while_nothing_wants_to_leave_and_long_before_a_departure() -> None:
    async def scenario() -> None:
        limiter = RateLimiter(0.001)
        await limiter.yield_to_sender()
        async with limiter.permit() as permit:
            limiter.pause(10)
            entering = asyncio.create_task(permit.acquire())
            await asyncio.sleep(0)
            await limiter.yield_to_sender()
            assert not entering.done()
            entering.cancel()

    asyncio.run(scenario())


def test_an_answer_is_read_after_a_departure_that_is_near_and_not_before_it() -> None:
    order: list[str] = []

    async def scenario(limiter: RateLimiter, clock: Clock) -> None:
        async def read() -> None:
            await limiter.yield_to_sender()
            order.append("read")

        async with asyncio.TaskGroup() as tasks, limiter.permit() as permit:
            await permit.acquire()
            tasks.create_task(read())
            await let_all_go_on()
            order.append("left")
            permit.mark_sent()

    run(scenario, interval_s=0.02)
    assert order == ["left", "read"]


def test_reading_does_not_wait_for_a_departure_that_is_given_up() -> None:
    async def scenario(limiter: RateLimiter, clock: Clock) -> None:
        async with limiter.permit() as permit:
            limiter.close()
            with pytest.raises(RateLimiterClosed):
                await permit.acquire()
            await limiter.yield_to_sender()

    run(scenario, interval_s=0.02)


def test_a_sleep_ends_at_its_time_and_not_at_the_next_millisecond() -> None:
    async def overslept_by() -> float:
        loop = asyncio.get_running_loop()
        planned = loop.time() + 0.0203
        await sleep_precisely(0.0203)
        return loop.time() - planned

    assert asyncio.run(overslept_by()) >= 0
