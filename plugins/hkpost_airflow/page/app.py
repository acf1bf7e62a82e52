"""The routes of the page. Every one of them, the page's own files included, needs a user of this Airflow
who may read the DAG `hkpost_tracking` (of a team, its own); none of them writes."""

# No `from __future__ import annotations` here: FastAPI could not read Airflow's dependencies then.

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import requires_access_dag
from airflow.providers.common.compat.sdk import AirflowNotFoundException
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, SQLAlchemyError

from hkpost.reports import charts, overview
from hkpost.reports import item as items
from hkpost.reports.filters import BadFilter
from hkpost.reports.paging import UnknownPage
from hkpost_airflow.accounts import read_accounts
from hkpost_airflow.page.files import DIGEST, FILES, PAGE, SCRIPT_SOURCE
from hkpost_airflow.page.item_routes import router as item_routes
from hkpost_airflow.page.morning_routes import router as morning_routes
from hkpost_airflow.page.rights import router as rights
from hkpost_airflow.page.runs import last_runs
from hkpost_airflow.page.warehouse import TEAM, Warehouse, trouble

CHARTS: dict[str, Callable[[Engine], dict[str, Any]]] = {
    "lead_time": charts.lead_time,
    "funnel": charts.funnel,
    "backlog": charts.backlog,
    "pace": charts.pace,
}
HEADERS = {
    "Content-Security-Policy": f"default-src 'self'; script-src {SCRIPT_SOURCE}; img-src 'self' data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_NOT_KEPT = {"Cache-Control": "private, no-store"}

app = FastAPI(
    title="HKPost",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    redirect_slashes=False,
    dependencies=[Depends(requires_access_dag("GET", param_dag_id=TEAM.named("tracking")))],
)
for routes in (morning_routes, item_routes, rights):
    app.include_router(routes)


@app.middleware("http")
async def _harden(request: Request, call_next: Any) -> Response:
    """Nothing from elsewhere runs in the page, and no answer is kept by a proxy."""
    answer: Response
    if "\0" in request.url.path or "\0" in unquote(request.url.query):
        answer = JSONResponse({"detail": "there is a NUL character in the address"}, status_code=400)
    else:
        answer = await call_next(request)
    for name, value in (HEADERS | _NOT_KEPT).items():
        answer.headers.setdefault(name, value)
    return answer


@app.exception_handler(RequestValidationError)
def _bad_request(request: Request, error: RequestValidationError) -> JSONResponse:
    """What is wrong with what was asked, in one sentence."""
    wrong = error.errors()[0]
    name = ".".join(str(part) for part in wrong["loc"][1:]) or "the request"
    if wrong["type"] == "extra_forbidden":
        return JSONResponse({"detail": f"there is no parameter {name[:40]!r}"}, status_code=422)
    return JSONResponse({"detail": f"{name[:40]}: {wrong['msg']}"}, status_code=422)


@app.exception_handler(BadFilter)
@app.exception_handler(UnknownPage)
def _bad_filter(request: Request, error: ValueError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, status_code=400)


@app.exception_handler(Exception)
def _fault(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: the server's log has it; nothing keeps the answer."""
    detail = "the page met a fault of its own: the log of Airflow's API server has it"
    return JSONResponse({"detail": detail}, status_code=500, headers={**HEADERS, **_NOT_KEPT})


@app.exception_handler(SQLAlchemyError)
def _warehouse_trouble(request: Request, error: SQLAlchemyError) -> JSONResponse:
    """What the warehouse says, in one line; it has no value of any row in it, and no host."""
    if isinstance(error, DataError):
        return JSONResponse(
            {"detail": "a value in the address is none that the warehouse can hold"}, status_code=400
        )
    return JSONResponse({"detail": trouble(error)}, status_code=503)


@app.exception_handler(AirflowNotFoundException)
def _no_connection(request: Request, error: AirflowNotFoundException) -> JSONResponse:
    return JSONResponse({"detail": trouble(error)}, status_code=503)


@app.get("/")
def page() -> HTMLResponse:
    """The page itself."""
    return HTMLResponse(PAGE)


@app.get("/static/{digest}/{path:path}")
def static(digest: str, path: str) -> FileResponse:
    """One of the page's own files. A browser may keep it: another version has another address."""
    if digest != DIGEST or path not in FILES:
        raise HTTPException(404, f"there is no file {path[:100]} in this version of the page")
    return FileResponse(FILES[path], headers={"Cache-Control": "private, max-age=31536000, immutable"})


@app.get("/api/overview")
def read_overview(session: SessionDep, warehouse: Warehouse) -> dict[str, Any]:
    """Today's overview."""
    seen = overview.overview(warehouse)
    due = {row["account"]: row["due_items"] for row in seen["freshness"]}
    quotas = _quotas(warehouse, due)
    return {"now": datetime.now(UTC), "quotas": quotas, "runs": last_runs(session, warehouse), **seen}


def _quotas(warehouse: Engine, due: dict[str, int]) -> list[dict[str, Any]]:
    """What each account has left today, or what keeps it from asking; accounts that are none are one entry."""
    accounts, now = read_accounts(warehouse, due), datetime.now(UTC)
    quotas = [
        overview.quota(warehouse, settings, due[account], now)
        for account, settings in accounts.usable.items()
    ]
    quotas += [{"account": account, "problem": problem} for account, problem in accounts.unreadable.items()]
    quotas.sort(key=lambda quota: quota["account"])
    if accounts.refused:
        quotas.append({"account": accounts.refused_names, "problem": accounts.refusal(due)})
    return quotas


@app.get("/api/states")
def read_states(warehouse: Warehouse) -> dict[str, Any]:
    """The states of an item in their order: names, and the tone in which each is shown."""
    return {"rows": items.states(warehouse)}


@app.get("/api/chart/{name}")
def read_chart(name: str, warehouse: Warehouse) -> dict[str, Any]:
    """The series of one chart."""
    if name not in CHARTS:
        raise HTTPException(404, f"there is no chart {name}; there are {', '.join(CHARTS)}")
    return CHARTS[name](warehouse)


@app.get("/api/item/{item_no}")
def read_item(item_no: str, warehouse: Warehouse) -> dict[str, Any]:
    """Everything about one item."""
    found = items.item(warehouse, item_no)
    if found is None:
        raise HTTPException(404, f"{item_no[:40]} is not tracked: it is in no row of hkpost.mail_item")
    return found
