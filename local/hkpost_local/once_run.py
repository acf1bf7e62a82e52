"""Airflow's half of `make once`: imported when the environment is complete, not before."""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from airflow.sdk.definitions import dag as dag_module
from airflow.utils import db
from airflow.utils.cli import get_bagged_dag

from hkpost_local.interruption import SIGNALS, Interrupted
from hkpost_local.progress import Progress
from hkpost_local.system import DAG_ID

GRACE_SECONDS = 20.0


def run_in_foreground() -> int:
    """Run the DAG once in this process, telling of each task; returns the exit code, 1 when the run failed.

    :raises Interrupted: after a signal, when the task it struck has put its things in order.
    """
    say = Progress()
    _migrate_metadata(say)
    stopping = _stop_between_tasks(say)
    run = get_bagged_dag(None, DAG_ID).test(logical_date=None)
    if stopping:
        raise Interrupted(stopping[0])
    say(f"run {run.run_id}: {run.state}")
    return 0 if run.state == "success" else 1


def _migrate_metadata(say: Progress) -> None:
    check: Callable[[int], None] = db.check_migrations
    try:
        check(1)
    except TimeoutError:
        say("migrating Airflow's metadata database")
        db.initdb()


def _stop_between_tasks(say: Progress) -> list[int]:
    """Let a signal end the task at work, then the run: Airflow alone takes it for that task's failure and goes on.

    :returns: where the signal's number appears.
    """
    stopping: list[int] = []
    run_task = dag_module._run_task

    def run_task_unless_stopping(*, ti: Any, **options: Any) -> Any:
        say(f"{ti.task_id}" + (f"[{ti.map_index}]" if ti.map_index >= 0 else ""))
        result = run_task(ti=ti, **options)
        say(f"{ti.task_id}: {ti.state and ti.state.value}")
        if stopping:
            raise Interrupted(stopping[0])
        return result

    def strike(number: int, frame: FrameType | None) -> None:
        for each in SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        stopping.append(number)
        say(f"{signal.Signals(number).name}: stopping")
        end = threading.Timer(GRACE_SECONDS, os._exit, [128 + number])
        end.daemon = True
        end.start()
        raise Interrupted(number)

    dag_module._run_task = run_task_unless_stopping
    for number in SIGNALS:
        signal.signal(number, strike)
    return stopping
