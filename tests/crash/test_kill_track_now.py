"""kill -9 where hkpost_track_now writes what a scheduled run does not: what becomes urgent, and the end of it.

In between it fetches, loads and closes as a scheduled run does (test_kill.py). A step that was killed is tried again,
as Airflow does it.
"""

from tests.crash.aftermath import Strike, Wrong, all_wrong, killed, tables_differ
from tests.crash.boundaries import moments
from tests.crash.conftest import MakeStage, Uninterrupted
from tests.crash.run import TRACK_NOW
from tests.crash.stage import Stage, track_now

FIRST, *_, LAST = TRACK_NOW


def strikes(uninterrupted: Uninterrupted) -> list[Strike]:
    return [{"at": [what, phase, 1]} for what, phase in moments(uninterrupted.met)]


def test_killed_while_it_registers_what_is_urgent(
    make_stage: MakeStage, track_now_uninterrupted: dict[str, Uninterrupted]
) -> None:
    expected = track_now_uninterrupted[FIRST]
    assert {"intake/reject_number", "COMMIT (items/mark_urgent)"} <= {what for what, _ in expected.met}

    def look(stage: Stage, strike: Strike) -> Wrong:
        wrong = killed(stage, strike, [FIRST])
        track_now(stage)
        stage.run(steps=[LAST])
        return wrong | tables_differ(stage, expected.tables)

    assert all_wrong(strikes(expected), make_stage, look) == []


def test_killed_while_it_gives_items_back_to_their_turn(
    make_stage: MakeStage, track_now_uninterrupted: dict[str, Uninterrupted]
) -> None:
    expected = track_now_uninterrupted[LAST]
    assert {"items/release_urgent", "COMMIT (items/keep_confirming_look)"} <= {
        what for what, _ in expected.met
    }

    def look(stage: Stage, strike: Strike) -> Wrong:
        track_now(stage)
        wrong = killed(stage, strike, [LAST])
        stage.run(steps=[LAST])
        return wrong | tables_differ(stage, expected.tables)

    assert all_wrong(strikes(expected), make_stage, look) == []
