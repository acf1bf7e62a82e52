"""A run of `make once` that never came to its end is ended in Airflow's metadata by whoever finds it.

Killed, it would be `running` for ever: no heartbeat comes for it, and a scheduler on the same metadata would
hold back every scheduled run behind it (`max_active_runs`).
"""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, State


class RunNote:
    """The number of the run under way in an Airflow home, for as long as it is under way."""

    def __init__(self, home: Path) -> None:
        self._file = home / "hkpost_once.run"

    def write(self, run_id: str) -> None:
        """Note the run that has begun."""
        self._file.write_text(run_id)

    def end_run(self, dag_id: str) -> str | None:
        """Call the noted run failed if it is still running, and forget it; returns its number if it was."""
        if not self._file.exists():
            return None
        run_id = self._file.read_text()
        was_running = _end(dag_id, run_id)
        self._file.unlink()
        return run_id if was_running else None


def _end(dag_id: str, run_id: str) -> bool:
    ended = {"state": State.FAILED, "end_date": datetime.now(UTC)}
    with create_session() as session:
        running = sa.update(DagRun).where(
            DagRun.dag_id == dag_id, DagRun.run_id == run_id, DagRun.state == DagRunState.RUNNING
        )
        was_running = session.execute(running.values(ended).returning(DagRun.id)).first() is not None
        if was_running:
            unfinished = sa.or_(TaskInstance.state.is_(None), TaskInstance.state.in_(State.unfinished))
            session.execute(
                sa.update(TaskInstance)
                .where(TaskInstance.dag_id == dag_id, TaskInstance.run_id == run_id, unfinished)
                .values(ended)
            )
    return was_running
