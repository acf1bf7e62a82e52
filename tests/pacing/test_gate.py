"""The gate: one departure at a time, timed from the moment the last one left."""

import asyncio
import itertools

import pytest

from hkpost.pacing.gate import WIDEST_GAP_S, Gate, Halted, sleep_precisely


class Clock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def gate(interval_s: float = 0.1, gap_s: float = 0.0) -> tuple[Gate, Clock]:
    clock = Clock()
    return Gate(interval_s, gap_s, clock=clock, sleep=clock.sleep), clock


async def depart(gate: Gate, clock: Clock, departures: list[float], takes_s: float = 0.0) -> None:
    await gate.enter()
    clock.now += takes_s
    departures.append(clock.now)
    gate.leave()


def test_the_next_request_is_timed_from_when_the_last_byte_left() -> None:
    pace, clock = gate(0.1)
    departures: list[float] = []

    async def three() -> None:
        for _ in range(3):
            await depart(pace, clock, departures, takes_s=0.03)

    asyncio.run(three())
    gaps = [later - earlier for earlier, later in itertools.pairwise(departures)]
    assert gaps == [pytest.approx(0.13), pytest.approx(0.13)]


def test_the_first_request_waits_a_whole_gap_since_an_earlier_run_may_just_have_sent() -> None:
    pace, clock = gate(0.1)
    departures: list[float] = []
    asyncio.run(depart(pace, clock, departures))
    assert departures == [pytest.approx(100.1)]


def test_a_gap_that_an_earlier_run_needed_is_kept() -> None:
    assert gate(0.1, gap_s=0.8)[0].gap_s == 0.8
    assert gate(0.1, gap_s=0.02)[0].gap_s == 0.1
    assert gate(0.1, gap_s=999)[0].gap_s == WIDEST_GAP_S


def test_a_widened_gap_comes_back_slowly_and_never_under_the_interval() -> None:
    pace, _ = gate(0.1)
    pace.widen()
    assert pace.gap_s == pytest.approx(0.2)
    pace.narrow()
    assert 0.19 < pace.gap_s < 0.2
    for _ in range(100):
        pace.narrow()
    assert pace.gap_s == 0.1


def test_hold_lets_nothing_leave_for_a_while() -> None:
    pace, clock = gate(0.1)
    departures: list[float] = []
    pace.hold(7)
    asyncio.run(depart(pace, clock, departures))
    assert departures == [pytest.approx(107)]


def test_while_probing_a_second_request_waits_until_the_first_has_landed() -> None:
    pace, clock = gate(0.1)
    departures: list[float] = []

    async def two() -> None:
        pace.probing = True
        await depart(pace, clock, departures)
        second = asyncio.create_task(depart(pace, clock, departures))
        for _ in range(20):
            await asyncio.sleep(0)
        assert len(departures) == 1
        pace.landed()
        await second

    asyncio.run(two())
    assert len(departures) == 2


def test_a_halted_gate_lets_nothing_leave() -> None:
    pace, _ = gate(0.1)
    pace.halt()
    with pytest.raises(Halted):
        asyncio.run(pace.enter())


def test_there_is_quiet_at_once_while_nobody_wants_to_leave_and_long_before_a_departure() -> None:
    pace, _ = gate(0.1)

    async def scenario() -> None:
        await pace.quiet()
        pace.hold(10)
        entering = asyncio.create_task(pace.enter())
        await asyncio.sleep(0)
        await pace.quiet()
        assert not entering.done()
        entering.cancel()

    asyncio.run(scenario())


def test_an_answer_is_read_after_a_departure_that_is_near_and_not_before_it() -> None:
    pace, _ = gate(0.02)
    order: list[str] = []

    async def read() -> None:
        await pace.quiet()
        order.append("read")

    async def scenario() -> None:
        async with asyncio.TaskGroup() as tasks:
            await pace.enter()
            tasks.create_task(read())
            for _ in range(5):
                await asyncio.sleep(0)
            order.append("left")
            pace.leave()

    asyncio.run(scenario())
    assert order == ["left", "read"]


def test_reading_does_not_wait_for_a_departure_that_is_given_up() -> None:
    pace, _ = gate(0.02)

    async def scenario() -> None:
        pace.halt()
        with pytest.raises(Halted):
            await pace.enter()
        await pace.quiet()

    asyncio.run(scenario())


def test_a_sleep_ends_at_its_time_and_not_at_the_next_millisecond() -> None:
    async def overslept_by() -> float:
        loop = asyncio.get_running_loop()
        wanted = loop.time() + 0.0203
        await sleep_precisely(0.0203)
        return loop.time() - wanted

    assert asyncio.run(overslept_by()) >= 0
