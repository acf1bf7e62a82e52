"""The routes of a morning: what needs a person, how much waits in each queue, and where mail slipped."""

from datetime import UTC, datetime
from typing import Any

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.providers.common.compat.sdk import AirflowNotFoundException
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError, ProgrammingError

from hkpost.reports import charts, morning
from hkpost_airflow.page.runs import TRACKING, last_run
from hkpost_airflow.page.warehouse import Opener, Warehouse, has_no_tables, trouble

router = APIRouter()


@router.get("/api/morning")
def read_morning(session: SessionDep, opens: Opener) -> dict[str, Any]:
    """What a person must act on; it answers also while there is no warehouse."""
    run = last_run(session)
    try:
        seen = morning.morning(opens(), TRACKING, run)
    except (AirflowNotFoundException, OperationalError, ProgrammingError) as error:
        if isinstance(error, ProgrammingError) and not has_no_tables(error):
            raise
        kind = "never_run" if has_no_tables(error) and run is None else "no_connection"
        needs = morning.in_order([{"kind": kind, "detail": trouble(error)}], TRACKING)
        seen = {"counted_at": None, "last_run": run, "needs": needs}
    return {"now": datetime.now(UTC), **seen}


@router.get("/api/queue")
def read_queue(warehouse: Warehouse) -> dict[str, Any]:
    """How many items need a person, by queue."""
    return morning.queue(warehouse)


@router.get("/api/lanes")
def read_lanes(warehouse: Warehouse) -> dict[str, Any]:
    """Lanes, those that got worse first."""
    return charts.lanes(warehouse)
