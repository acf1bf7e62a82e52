"""What must be true after a run was struck and the next one, a process of its own with no help, has ended."""

import signal
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.crash.conftest import MakeStage, Uninterrupted
from tests.crash.run import LONG_LEASE_S
from tests.crash.stage import Stage
from tests.crash.tables import Tables, differences

SIDE_BY_SIDE = 4
"""Stages at one time: what their runs wait for is mostly the gap between two requests."""

Strike = dict[str, Any]
Wrong = dict[str, Any]


def what_is_wrong(stage: Stage, uninterrupted: Uninterrupted) -> Wrong:
    """What is not as it would be had nothing happened, each under the name of the promise that is broken."""
    seen, ledger = stage.seen(), stage.asked()
    without_answer = stage.asked("lost", "not_sent", "unreachable", "interrupted")
    found = {
        "the tables differ": differences(stage.tables(), uninterrupted.tables),
        "archived twice": {number for number, times in stage.archived().items() if times > 1},
        "archived and not loaded": stage.rows("SELECT 1 FROM hkpost.raw_response WHERE loaded_at IS NULL"),
        "in flight for ever": stage.calls("in_flight"),
        "seen by the service, not in the ledger": seen - ledger,
        "answered by the ledger, never seen": ledger - without_answer - seen,
        "the lease is still held": stage.rows("SELECT 1 FROM hkpost.account_lease WHERE holder IS NOT NULL"),
    }
    return {promise: what for promise, what in found.items() if what}


def wrong_after_strike(
    stage: Stage, strike: Strike, ends: tuple[int, ...], uninterrupted: Uninterrupted
) -> Wrong:
    """Strike a run, let the next one run, and look."""
    code = stage.struck(**strike)
    if code not in ends:
        return {f"it ended with {code}": stage.logs()}
    in_flight = {call.call_id for call in stage.calls("in_flight")}
    archived = stage.archived()
    before = len(stage.service.seen)
    stage.let_lease_expire()
    stage.run(lease_ttl_s=LONG_LEASE_S)
    asked_after = {number for seen in stage.service.seen[before:] for number in seen.items}
    found = {
        "archived and asked again": asked_after & set(archived),
        "in flight and not lost": in_flight - {call.call_id for call in stage.calls("lost")},
        **what_is_wrong(stage, uninterrupted),
    }
    return {promise: what for promise, what in found.items() if what}


def killed(stage: Stage, strike: Strike, steps: Sequence[str]) -> Wrong:
    """Kill a run of some steps; wrong is when it ended in another way."""
    code = stage.struck(steps, **strike)
    return {} if code == -signal.SIGKILL else {f"it ended with {code}": stage.logs()}


def tables_differ(stage: Stage, expected: Tables) -> Wrong:
    found = differences(stage.tables(), expected)
    return {"the tables differ": found} if found else {}


def all_wrong(
    strikes: Iterable[Strike], make_stage: MakeStage, look: Callable[[Stage, Strike], Wrong]
) -> list[tuple[Strike, Wrong]]:
    """Do it for each strike on a stage of its own; returns those after which something is wrong."""

    def look_at(strike: Strike) -> tuple[Strike, Wrong]:
        with make_stage() as stage:
            return strike, look(stage, strike)

    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return [(strike, wrong) for strike, wrong in pool.map(look_at, strikes) if wrong]
