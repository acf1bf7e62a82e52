"""The context that Airflow gives a task, as far as the operators look at it, for one that runs without Airflow."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from airflow.sdk import DAG, Context


def task_context(
    run_id: str = "a-run", *, states: Mapping[str, str] | None = None, dag: DAG | None = None, **more: Any
) -> Context:
    """A task's first and only try in a run of hkpost_tracking that has just begun.

    Args:
        states: what became of the run's tasks so far, by their names.
        dag: the run's DAG, with these tasks.
        more: what else the context has.
    """
    dag_run = SimpleNamespace(
        dag_id="hkpost_tracking", run_id=run_id, start_date=datetime.now(UTC), run_after=None
    )
    ti = SimpleNamespace(
        get_task_states=lambda dag_id, run_ids: {run_id: dict(states or {})},
        get_previous_dagrun=lambda: None,
        try_number=1,
        max_tries=1,
    )
    values = {"run_id": run_id, "dag_run": dag_run, "ti": ti, "dag": dag or DAG("hkpost_tracking"), **more}
    return cast(Context, values)
