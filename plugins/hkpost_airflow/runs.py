"""The run of a task as the warehouse knows runs, and which of its tasks failed, as Airflow knows them."""

import re

from airflow.sdk import Context

from hkpost.warehouse.watch.runs import Run


def run_of(context: Context) -> Run:
    """The run that a task belongs to."""
    dag_run = context["dag_run"]
    return Run(dag_run.dag_id, dag_run.run_id, dag_run.start_date or dag_run.run_after)


def failed_tasks(context: Context) -> set[str]:
    """The tasks of the run that failed so far; of a mapped one, its own name."""
    run = run_of(context)
    states = context["ti"].get_task_states(dag_id=run.dag_id, run_ids=[run.run_id]).get(run.run_id, {})
    failed = {name for name, state in states.items() if state == "failed"}
    # Airflow calls the third of a mapped task fetch fetch_2.
    return {
        task_id
        for task_id in context["dag"].task_ids
        if any(re.fullmatch(rf"{re.escape(task_id)}(_\d+)?", name) for name in failed)
    }
