"""The runs of the pipeline, as a watch has to know them: begun, ended, and which of their tasks failed."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


@dataclass(frozen=True, slots=True)
class Run:
    """A run of an Airflow DAG."""

    dag_id: str
    run_id: str
    started_at: datetime


def note_started(engine: Engine, run: Run) -> None:
    """Note that a run has begun."""
    with engine.begin() as connection:
        connection.execute(statement("watch/run_started"), asdict(run))


def note_ended(engine: Engine, run: Run, failed_tasks: Collection[str]) -> None:
    """Note that a run has come to its end, and which of its tasks failed."""
    failed = ", ".join(sorted(failed_tasks)) or None
    with engine.begin() as connection:
        connection.execute(statement("watch/run_ended"), {**asdict(run), "failed_tasks": failed})
