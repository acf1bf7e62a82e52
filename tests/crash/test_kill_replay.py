"""kill -9 where a replay writes what a load does not: the next replay leaves what an uninterrupted one leaves."""

from tests.crash.aftermath import Strike, Wrong, all_wrong, killed, tables_differ
from tests.crash.boundaries import moments
from tests.crash.conftest import MakeStage, Uninterrupted
from tests.crash.run import REPLAY
from tests.crash.stage import Stage


def test_killed_at_any_write_boundary_of_its_own(
    make_deranged_stage: MakeStage, replay_uninterrupted: Uninterrupted, uninterrupted: Uninterrupted
) -> None:
    own = [boundary for boundary in moments(replay_uninterrupted.met) if boundary not in uninterrupted.met]
    assert {"archive/clear_replay", "COPY hkpost.replay_answer", "archive/take_replay_answers"} <= {
        what for what, _ in own
    }

    def look(stage: Stage, strike: Strike) -> Wrong:
        wrong = killed(stage, strike, REPLAY)
        stage.run(steps=REPLAY)
        return wrong | tables_differ(stage, replay_uninterrupted.tables)

    strikes = [{"at": [what, phase, 1]} for what, phase in own]
    assert all_wrong(strikes, make_deranged_stage, look) == []
