"""kill -9 at every write boundary: the next run needs no help and leaves what an uninterrupted one leaves."""

import random
import signal

from tests.crash.aftermath import Strike, Wrong, all_wrong, wrong_after_strike
from tests.crash.boundaries import HEARTBEAT, moments
from tests.crash.conftest import MakeStage, Uninterrupted
from tests.crash.stage import Stage

SEED, MOMENTS = 20260227, 20


def wrong_after_kills(strikes: list[Strike], make_stage: MakeStage, uninterrupted: Uninterrupted) -> object:
    def look(stage: Stage, strike: Strike) -> Wrong:
        return wrong_after_strike(stage, strike, (-signal.SIGKILL,), uninterrupted)

    return all_wrong(strikes, make_stage, look)


def test_killed_at_any_write_boundary(make_stage: MakeStage, uninterrupted: Uninterrupted) -> None:
    boundaries = moments(uninterrupted.met)
    assert {
        "COMMIT (requests/open_call)",
        "COMMIT (requests/await_load)",
        "COMMIT (archive/mark_loaded)",
    } <= {what for what, _ in boundaries}
    strikes = [{"at": [what, phase, 1]} for what, phase in boundaries]
    assert wrong_after_kills(strikes, make_stage, uninterrupted) == []


def test_killed_at_any_other_moment(make_stage: MakeStage, uninterrupted: Uninterrupted) -> None:
    count = sum(HEARTBEAT not in what for what, _ in uninterrupted.met)
    moments = random.Random(SEED).sample(range(1, count + 1), MOMENTS)
    assert wrong_after_kills([{"number": number} for number in moments], make_stage, uninterrupted) == []
