"""The routes of a morning: what needs a person, the queues, where mail slipped, how good forecasts are."""

from datetime import UTC, datetime
from typing import Any

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.providers.common.compat.sdk import AirflowNotFoundException
from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError

from hkpost.reports import charts, morning
from hkpost_airflow.page.runs import TRACKING, last_run
from hkpost_airflow.page.warehouse import TEAM, Opener, Warehouse, kind_of, trouble

router = APIRouter()
_NAMES = {what: TEAM.named(what) for what in ("tracking", "warehouse", "default", "open_items_sql")}
"""What a person begins with: the DAG, the connections of the warehouse and of the account, the Variable of items."""


@router.get("/api/morning")
def read_morning(session: SessionDep, opens: Opener) -> dict[str, Any]:
    """What a person must act on; it answers also while there is no warehouse."""
    run = last_run(session)
    try:
        seen = morning.morning(opens(), TRACKING, run)
    except (AirflowNotFoundException, SQLAlchemyError) as error:
        kind = kind_of(error)
        if kind == "never_run" and run is not None:  # Another version's tables: the next run makes ours.
            kind = "warehouse_unusable"
        needs = morning.in_order([{"kind": kind, "detail": trouble(error)}], TRACKING)
        seen = {"counted_at": None, "last_run": run, "needs": needs}
    return {"now": datetime.now(UTC), "names": _NAMES, **seen}


@router.get("/api/queue")
def read_queue(warehouse: Warehouse) -> dict[str, Any]:
    """How many items need a person, by queue."""
    return morning.queue(warehouse)


@router.get("/api/lanes")
def read_lanes(warehouse: Warehouse) -> dict[str, Any]:
    """Lanes, those that got worse first."""
    return charts.lanes(warehouse)


@router.get("/api/forecasts")
def read_forecasts(warehouse: Warehouse) -> dict[str, Any]:
    """How good the forecasts were, by lane."""
    return charts.forecasts(warehouse)
