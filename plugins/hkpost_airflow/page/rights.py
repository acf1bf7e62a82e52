"""What this reader may do besides reading: the same checks as of the routes of Airflow that the page then asks."""

# No `from __future__ import annotations` here: FastAPI could not read Airflow's dependencies then.

from collections.abc import Callable
from typing import Any

from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.models.dag import DagModel
from fastapi import APIRouter, HTTPException, Request
from sqlalchemy import select

from hkpost.warehouse.requests.lease import known_accounts
from hkpost.warehouse.setting import accounts_allowed
from hkpost_airflow.accounts import read_accounts
from hkpost_airflow.page.warehouse import TEAM, Warehouse

DAG_ID = TEAM.named("track_now")
router = APIRouter()


@router.get("/api/may")
def read_rights(
    request: Request, user: GetUserDep, session: SessionDep, warehouse: Warehouse
) -> dict[str, Any]:
    """Whether the reader may ask about items now, whether the DAG for it is paused, and the accounts that can ask."""

    def is_allowed(check: Callable[[Request, BaseUser], None]) -> bool:
        try:
            check(request, user)
        except HTTPException:
            return False
        return True

    is_paused = session.scalar(select(DagModel.is_paused).where(DagModel.dag_id == DAG_ID))
    may_start = is_paused is not None and is_allowed(requires_access_dag("POST", DagAccessEntity.RUN, DAG_ID))
    names = {TEAM.named("default"), *known_accounts(warehouse), *accounts_allowed(warehouse)}
    may_switch_on = is_allowed(requires_access_dag("PUT", param_dag_id=DAG_ID))
    return {
        "dag_id": DAG_ID,
        "ask": may_start and (not is_paused or may_switch_on),
        "track_now_paused": bool(is_paused),
        "accounts": sorted(read_accounts(warehouse, dict.fromkeys(names, 0)).usable),
    }
