"""Airflow's half of `make once`: imported when the environment is complete, not before."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from airflow.sdk.definitions import dag as dag_module
from airflow.utils import db
from airflow.utils.cli import get_bagged_dag

from hkpost_local.abandoned_run import RunNote
from hkpost_local.interruption import Interrupted
from hkpost_local.progress import Progress
from hkpost_local.system import DAG_ID


def run_in_foreground(interruption: Sequence[int], home: Path) -> int:
    """Run the DAG once in this process, printing each task; returns the exit code, 1 when the run failed.

    :param interruption: holds a signal's number as soon as one has struck.
    :param home: the Airflow home, which notes the run that is under way.
    :raises Interrupted: after a signal, when the task it struck has put its things in order.
    """
    say = Progress()
    _migrate_metadata(say)
    note = RunNote(home)
    if killed := note.end_run(DAG_ID):
        say(f"run {killed} was killed before its end: it is failed now")
    _stop_between_tasks(interruption, say, note)
    try:
        # At its own logical date: without one, Airflow takes every earlier run without one for the same run.
        run = get_bagged_dag(None, DAG_ID).test()
    finally:
        note.end_run(DAG_ID)
    say(f"run {run.run_id}: {run.state}")
    return 0 if run.state == "success" else 1


def _migrate_metadata(say: Progress) -> None:
    check: Callable[[int], None] = db.check_migrations
    try:
        check(1)
    except TimeoutError:
        say("migrating Airflow's metadata database")
        db.initdb()


def _stop_between_tasks(interruption: Sequence[int], say: Progress, note: RunNote) -> None:
    """End the run after the task that a signal struck: Airflow takes it for that task's failure and goes on."""
    run_task = dag_module._run_task

    def run_task_and_look(*, ti: Any, **options: Any) -> Any:
        label = f"{ti.task_id}[{ti.map_index}]" if ti.map_index >= 0 else ti.task_id
        say(label)
        note.write(ti.run_id)
        result = run_task(ti=ti, **options)
        if interruption:
            raise Interrupted(interruption[0])
        say(f"{label}: {ti.state and ti.state.value}")
        return result

    dag_module._run_task = run_task_and_look
