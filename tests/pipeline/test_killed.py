"""`make once` killed with SIGKILL, all of it, in the middle of fetching: the next one finishes the work by itself."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.helpers.awaiting import await_that
from tests.helpers.command_line import processes_about
from tests.pipeline.conftest import PROJECT, Pipeline
from tests.pipeline.test_end_to_end import differences

ANSWERED = "SELECT call_id, item_nos FROM hkpost.api_call WHERE outcome = 'answered'"
RUNS = "SELECT state FROM dag_run WHERE dag_id = 'hkpost_tracking' ORDER BY id"


def kill_while_fetching(pipeline: Pipeline, home: Path) -> None:
    """Start a run, let some answers come, and kill every process of it."""
    with (home.parent / "killed.log").open("wb") as log:
        run = subprocess.Popen(
            [sys.executable, "-m", "hkpost_local", "once"],
            cwd=PROJECT,
            env=pipeline.environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def has_answers() -> bool:
        [is_migrated] = pipeline.rows("SELECT to_regclass('hkpost.raw_response') IS NOT NULL AS so")
        return is_migrated.so and len(pipeline.rows(ANSWERED)) >= 3

    try:
        await_that(has_answers, run, (home.parent / "killed.log").read_text)
    finally:
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
    assert processes_about(home) == []


def test_the_next_run_finishes_what_a_killed_one_began(pipeline: Pipeline) -> None:
    home = Path(pipeline.environment["AIRFLOW_HOME"])
    pipeline.simulator.service.latency_s = 0.5
    kill_while_fetching(pipeline, home)
    [open_calls] = pipeline.rows("SELECT count(*) AS n FROM hkpost.api_call WHERE outcome = 'in_flight'")
    assert open_calls.n > 0
    archived = {number for row in pipeline.rows(ANSWERED) for number in row.item_nos}
    before = len(pipeline.simulator.requests())
    run = pipeline.once()
    assert run.returncode == 0, run.stdout + run.stderr
    assert differences(pipeline) == {}
    asked_after = {number for seen in pipeline.simulator.requests(after=before) for number in seen.item_nos}
    assert not asked_after & archived, "nothing is asked twice that was archived"
    ledger = Counter(
        tuple(row.item_nos)
        for row in pipeline.rows("SELECT item_nos FROM hkpost.api_call WHERE outcome <> 'unreachable'")
    )
    assert Counter(seen.item_nos for seen in pipeline.simulator.requests()) <= ledger
    assert pipeline.rows("SELECT 1 FROM hkpost.api_call WHERE outcome = 'in_flight'") == []
    assert pipeline.rows("SELECT 1 FROM hkpost.raw_response WHERE loaded_at IS NULL") == []
    with sqlite3.connect(home / "airflow.db") as metadata:
        assert [state for (state,) in metadata.execute(RUNS)] == ["failed", "success"]
