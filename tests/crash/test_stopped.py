"""A process that is stopped for longer than its lease lasts: another run takes over, and the first stays out."""

import os
import signal

from tests.crash.aftermath import Strike, Wrong, all_wrong, what_is_wrong
from tests.crash.conftest import MakeStage, Uninterrupted
from tests.crash.stage import Stage

WITHIN_FETCH = [
    # In the ledger and not yet sent: it must never leave.
    {"at": ["COMMIT (requests/open_call)", "after", 3]},
    # In a transaction that holds the row of the lease.
    {"at": ["requests/open_call", "after", 3]},
    # With an answer about two items (after 9995 and 9998 twice, and the culprit alone) that is older than the one
    # that the next run will get.
    {"at": ["answer comes", "after", 5]},
    # In a transaction that holds the rows of the request and of its items.
    {"at": ["COMMIT (requests/await_load)", "before", 1]},
]
IN_THE_MIDDLE_OF_A_LOAD = [{"at": ["COPY hkpost.fact_tracking_event", "after", 1]}]


def test_nothing_leaves_and_nothing_is_written_after_the_lease_has_gone(
    make_stage: MakeStage, uninterrupted: Uninterrupted
) -> None:
    def look(stage: Stage, strike: Strike) -> Wrong:
        first = stage.stopped(**strike)
        stage.run()
        seen = len(stage.service.seen)
        os.kill(first.pid, signal.SIGCONT)
        code, _ = first.end()
        wrong = what_is_wrong(stage, uninterrupted)
        if code == 0:
            wrong["the first run ends well"] = stage.logs()
        if len(stage.service.seen) > seen:
            wrong["sent without the lease"] = stage.service.seen[seen:]
        return wrong

    assert all_wrong(WITHIN_FETCH, make_stage, look) == []


def test_a_load_that_is_stopped_does_not_hold_up_the_others_for_ever(
    make_stage: MakeStage, uninterrupted: Uninterrupted
) -> None:
    def look(stage: Stage, strike: Strike) -> Wrong:
        # Ten minutes by default; the administrator's own limit is respected.
        stage.limit_idle_transactions("10s")
        first = stage.stopped(**strike)
        stage.run()
        os.kill(first.pid, signal.SIGCONT)
        code, _ = first.end()
        return what_is_wrong(stage, uninterrupted) | (
            {} if code else {"the first run ends well": stage.logs()}
        )

    assert all_wrong(IN_THE_MIDDLE_OF_A_LOAD, make_stage, look) == []
