"""The routes of the page. Every one of them, the page's own files included, needs a user of this Airflow
who may read the DAG `hkpost_tracking`; none of them writes."""

# No `from __future__ import annotations` here: FastAPI could not read Airflow's dependencies then.

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import IO, Annotated, Any
from urllib.parse import unquote

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import requires_access_dag
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from hkpost.reports import charts, lists, overview
from hkpost.reports import item as items
from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.accounts import read_accounts
from hkpost_airflow.hooks.warehouse import warehouse_url
from hkpost_airflow.page.runs import last_runs

STATIC = Path(__file__).with_name("static")
CHARTS: dict[str, Callable[[Engine], dict[str, Any]]] = {
    "lead_time": charts.lead_time,
    "funnel": charts.funnel,
    "backlog": charts.backlog,
    "pace": charts.pace,
}
_FILES = frozenset(str(file.relative_to(STATIC)) for file in STATIC.rglob("*") if file.is_file())
_PIECE_BYTES = 64 * 1024
_UNREACHABLE = (
    "it cannot be reached, or the connection was lost. Is the database up, and is the connection right?"
)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self'; img-src 'self' data:; frame-ancestors 'self'; "
    "base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}

app = FastAPI(
    title="HKPost",
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
    dependencies=[Depends(requires_access_dag("GET", param_dag_id="hkpost_tracking"))],
)


@app.middleware("http")
async def _harden(request: Request, call_next: Any) -> Response:
    """Nothing from elsewhere runs in the page, and no answer is kept by a proxy."""
    answer: Response
    if "\0" in request.url.path or "\0" in unquote(request.url.query):
        answer = JSONResponse({"detail": "there is a NUL character in the address"}, status_code=400)
    else:
        answer = await call_next(request)
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "private, no-store")
    return answer


@app.exception_handler(SQLAlchemyError)
def _warehouse_trouble(request: Request, error: SQLAlchemyError) -> JSONResponse:
    """What the warehouse says, in one line; it has no value of any row in it, and no host."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().partition("\n")[0]
    if isinstance(error, OperationalError) and getattr(cause, "sqlstate", None) is None:
        # No session: the server's own reason, where it gave one; what the client adds names the host.
        _, refused, reason = said.partition("FATAL:")
        said = reason.strip() if refused and "host" not in reason else _UNREACHABLE
    return JSONResponse({"detail": f"the warehouse (connection hkpost_warehouse): {said}"}, status_code=503)


@cache
def _warehouse() -> Engine:
    """One pool of connections a process."""
    return warehouse_engine(warehouse_url())


Warehouse = Annotated[Engine, Depends(_warehouse)]


@app.get("/")
def page() -> FileResponse:
    """The page itself."""
    return FileResponse(STATIC / "index.html")


@app.get("/static/{path:path}")
def static(path: str) -> FileResponse:
    """One of the page's own files; they change with an upgrade only."""
    if path not in _FILES:
        raise HTTPException(404, f"there is no file {path[:100]}")
    file = STATIC / path
    return FileResponse(file, headers={"Cache-Control": "private, max-age=3600"})


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
        raise HTTPException(404, f"{item_no} is not tracked: it is in no row of hkpost.mail_item")
    return found


@app.get("/api/search")
def search(warehouse: Warehouse, q: Annotated[str, Query(max_length=4_000)]) -> dict[str, Any]:
    """The items with these numbers or order references, and which numbers are not tracked."""
    return items.search(warehouse, q)


@app.get("/api/list/{name}")
def read_list(
    name: str, warehouse: Warehouse, after: Annotated[str, Query(max_length=200)] = ""
) -> dict[str, Any]:
    """One page of a list."""
    _known_list(name)
    try:
        return lists.page(warehouse, name, after)
    except lists.UnknownPage as error:
        raise HTTPException(400, str(error)) from None


@app.get("/api/list/{name}/csv")
def read_csv(name: str, warehouse: Warehouse) -> StreamingResponse:
    """A whole list as a CSV file.

    Nothing is sent before all of it is read: once a status has left, a middleware (Airflow has one) ends a
    broken answer as if it were whole.
    """
    _known_list(name)
    day = datetime.now(UTC).date().isoformat()
    return StreamingResponse(
        _pieces(lists.csv_file(warehouse, name)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="hkpost-{name}-{day}.csv"'},
    )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _known_list(name: str) -> None:
    if name not in lists.LISTS:
        raise HTTPException(404, f"there is no list {name}; there are {', '.join(lists.LISTS)}")
