"""The last runs of our DAGs, as Airflow's own database has them, with what each asked."""

from typing import Any

from airflow.models.dagrun import DagRun
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hkpost.reports.overview import run_summaries
from hkpost_airflow.page.warehouse import TEAM

DAG_IDS = tuple(TEAM.named(dag) for dag in ("tracking", "track_now", "replay", "maintenance"))
TRACKING = TEAM.named("tracking")
LAST_RUNS = 10


def last_runs(session: Session, engine: Engine) -> list[dict[str, Any]]:
    """The last `LAST_RUNS` runs, the latest first, each with its requests by account."""
    found = session.execute(
        select(
            DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.run_type, DagRun.start_date, DagRun.end_date
        )
        .where(DagRun.dag_id.in_(DAG_IDS), DagRun.start_date.is_not(None))
        .order_by(DagRun.start_date.desc())
        .limit(LAST_RUNS)
    ).all()
    asked: dict[str, list[dict[str, Any]]] = {}
    for summary in run_summaries(engine, [run.run_id for run in found]):
        asked.setdefault(summary["run_id"], []).append(summary)
    return [
        {
            "dag_id": run.dag_id,
            "run_id": run.run_id,
            "state": str(run.state),
            "run_type": str(run.run_type),
            "started_at": run.start_date,
            "ended_at": run.end_date,
            "asked": asked.get(run.run_id, []),
        }
        for run in found
    ]


def last_run(session: Session) -> dict[str, Any] | None:
    """The latest run of `hkpost_tracking` that has begun, None before the first."""
    found = session.execute(
        select(DagRun.dag_id, DagRun.run_id, DagRun.state, DagRun.start_date, DagRun.end_date)
        .where(DagRun.dag_id == TRACKING, DagRun.start_date.is_not(None))
        .order_by(DagRun.start_date.desc())
        .limit(1)
    ).all()
    for run in found:
        return {
            "dag_id": run.dag_id,
            "run_id": run.run_id,
            "state": str(run.state),
            "started_at": run.start_date,
            "ended_at": run.end_date,
        }
    return None
