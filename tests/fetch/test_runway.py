"""Few requests are on their way to the gate at one time, and one at all while the service fails."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from hkpost.fetch.takeoff import Runway, Slot
from hkpost.pacing.gate import Gate, Halted


class Clock:
    """A clock that stands still until somebody sleeps."""

    now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


async def settle() -> None:
    """Let everybody go as far as they can."""
    for _ in range(20):
        await asyncio.sleep(0)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def runway() -> tuple[Runway, Gate, Clock]:
    clock = Clock()
    gate = Gate(0.1, clock=clock, sleep=clock.sleep)
    return Runway(gate), gate, clock


def test_a_fourth_request_sets_out_when_one_of_three_has_left() -> None:
    async def test() -> None:
        way, _, _ = runway()
        slots = [await way.take() for _ in range(3)]
        fourth = asyncio.create_task(way.take())
        await settle()
        assert not fourth.done()
        slots[1].left()
        await settle()
        assert fourth.done()

    run(test())


def test_while_the_service_fails_the_next_sets_out_when_the_one_before_it_is_over() -> None:
    async def test() -> None:
        way, gate, _ = runway()
        gate.probing = True
        first = await way.take()
        second = asyncio.create_task(way.take())
        first.left()
        await settle()
        assert not second.done(), "it has left and is not over"
        first.end()
        await settle()
        assert second.done()

    run(test())


def test_nobody_sets_out_while_the_gate_is_held() -> None:
    async def test() -> None:
        way, gate, clock = runway()
        gate.hold(7)
        await way.take()
        assert clock.now == pytest.approx(107)

    run(test())


def test_a_stopped_run_gives_no_slots_and_keeps_none() -> None:
    async def test() -> None:
        way, gate, _ = runway()
        slots = [await way.take() for _ in range(3)]
        waiting = [asyncio.create_task(way.take()) for _ in range(5)]
        await settle()
        gate.halt()
        slots[0].end()
        ended = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(end) for end in ended] == [Halted] * 5

    run(test())


def test_a_slot_is_given_back_once() -> None:
    counted: list[tuple[int, int]] = []
    slot = Slot(lambda on_their_way, under_way: counted.append((on_their_way, under_way)))
    slot.left()
    slot.end()
    slot.end()
    assert counted == [(1, 1), (-1, 0), (0, -1)]
