"""The database breaks off every session in the middle: the run fails and says so, and the next needs no help."""

from tests.crash.aftermath import Strike, Wrong, all_wrong, wrong_after_strike
from tests.crash.conftest import MakeStage, Uninterrupted
from tests.crash.stage import Stage

IN_THE_MIDDLE = [
    {"at": ["requests/open_call", "after", 1]},
    {"at": ["requests/archive_answer", "after", 3]},
    {"at": ["COMMIT (requests/await_load)", "before", 1]},
    {"at": ["COPY hkpost.fact_tracking_event", "after", 1]},
    {"at": ["items/mark_terminal", "after", 1]},
]
BETWEEN = [{"at": ["request leaves", "after", 2]}]


def test_a_run_whose_transaction_is_cut_off_says_so_and_nothing_is_lost(
    make_stage: MakeStage, uninterrupted: Uninterrupted
) -> None:
    def look(stage: Stage, strike: Strike) -> Wrong:
        wrong = wrong_after_strike(stage, {**strike, "by": "cut"}, (1,), uninterrupted)
        if "OperationalError" not in stage.logs():
            wrong["the log does not say why"] = stage.logs()
        return wrong

    assert all_wrong(IN_THE_MIDDLE, make_stage, look) == []


def test_sessions_that_are_cut_off_while_idle_are_opened_again(
    make_stage: MakeStage, uninterrupted: Uninterrupted
) -> None:
    def look(stage: Stage, strike: Strike) -> Wrong:
        return wrong_after_strike(stage, {**strike, "by": "cut"}, (0, 1), uninterrupted)

    assert all_wrong(BETWEEN, make_stage, look) == []
