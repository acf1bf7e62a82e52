"""The page HKPost on a warehouse of some size: every route over HTTP, and the first paint in a browser."""

import shutil
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import httpx
import uvicorn
from airflow.api_fastapi.auth.middlewares.refresh_token import JWTRefreshMiddleware
from airflow.api_fastapi.common.db.common import _get_session
from fastapi import FastAPI
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine, text
from starlette.middleware.gzip import GZipMiddleware

from bench.table import Section
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.reports.filters import GROUPS
from hkpost.reports.lookup import MOST_PIECES
from hkpost_airflow.page.app import CHARTS, app
from hkpost_airflow.page.warehouse import opener
from hkpost_local.ports import free_port

COLUMNS = ("what", "median of 5", "first", "beside it", "ratio")
ROUTE_MS, PAINT_MS = 300, 1_000
"""What is asked of a route and of the first paint, in milliseconds."""
_ROUNDS = 5
_FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def page_section(engine: Engine, report: Callable[[str], None]) -> Section:
    """Ask every route of the page about a filled warehouse, the first time and four times more."""
    report("computing what the page reads, as the end of a run does")
    began = time.perf_counter()
    refresh_snapshots(engine)
    snapshots_ms = (time.perf_counter() - began) * 1000
    with engine.connect() as connection:
        items = connection.execute(text("SELECT count(*) FROM hkpost.mail_item")).scalar_one()
        longest = text("SELECT item_no FROM hkpost.item_journey WHERE event_count > 5 LIMIT :most")
        item_nos = connection.execute(longest, {"most": MOST_PIECES}).scalars().all()
    with served(engine) as address:
        report("asking every route of the page")
        rows = [_route(address, path) for path in _paths(item_nos[0])]
        rows.append(_route(address, "lookup", "\n".join(item_nos)))
        report("painting it")
        rows.append(_paint(address))
    rows.append(["the snapshots at a run's end", f"{snapshots_ms:,.0f} ms", "", "", ""])
    notes = (
        f"{items:,} items. Over HTTP on this machine, without Airflow's login and without its list of runs;"
        " the first answer of each finds nothing of its own in memory but what the routes before it left.",
    )
    return Section(f"The page at {items:,} items", COLUMNS, rows, notes)


def _paths(item_no: str) -> Iterator[str]:
    yield from ("morning", "queue", "lanes", "forecasts", "overview")
    yield from (f"chart/{name}" for name in CHARTS)
    yield from (f"items?group={name}" for name in GROUPS)
    yield from ("items", "items?state=in_transit", "items?destination=US&sort=expected_p50_at", "items?q=RB1")
    yield from ("items?state=delivered&destination=NZ", "items?closed_on=" + date.today().isoformat())
    yield from (f"items?group={name}&silent_days_min=7&sort=-days_open" for name in ("stuck", "silent"))
    yield from (
        "items?state=delivered&service=R&sort=-days_open",
        f"items?week={_a_monday()}&service=R&sort=item_no",
    )
    yield "list/rejected"
    yield f"item/{item_no}"


def _a_monday() -> str:
    """A week whose items are nearly all at their end."""
    today = date.today()
    return (today - timedelta(days=today.weekday(), weeks=10)).isoformat()


def _route(address: str, path: str, pasted: str = "") -> list[str]:
    """Ask a route some times; with a text, it is posted."""
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        method, body = ("POST", {"text": pasted}) if pasted else ("GET", None)
        answer = httpx.request(method, f"{address}/api/{path}", json=body, timeout=120, trust_env=False)
        answer.raise_for_status()
        took.append((time.perf_counter() - began) * 1000)
    return _row(path, took, ROUTE_MS)


def _paint(address: str) -> list[str]:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        return ["first paint", "no Chromium on the PATH", "", "", ""]
    took = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        for _ in range(_ROUNDS):
            context = browser.new_context()
            page = context.new_page()
            page.goto(f"{address}/", wait_until="networkidle")
            took.append(float(page.wait_for_function(_PAINT).json_value()))
            context.close()
        browser.close()
    return _row("first paint", took, PAINT_MS)


def _row(what: str, took: list[float], asked_ms: int) -> list[str]:
    median = statistics.median(took)
    return [what, f"{median:,.0f} ms", f"{took[0]:,.0f} ms", f"{asked_ms:,} ms", f"{median / asked_ms:.2f}"]


class _NoRuns:
    """Stands for Airflow's own database: this measures the warehouse's part."""

    def execute(self, statement: object) -> "_NoRuns":
        return self

    def all(self) -> list[Any]:
        return []


@contextmanager
def unguarded(
    engine: Engine, page: FastAPI = app, opens: Callable[..., Any] = opener
) -> Iterator[dict[Callable[..., Any], Callable[..., Any]]]:
    """The page's routes on a warehouse, Airflow's login and its own database left out."""
    [login] = page.router.dependencies
    replaced: dict[Callable[..., Any], Callable[..., Any]] = {
        opens: lambda: lambda: engine,
        _get_session: _NoRuns,
    }
    if login.dependency is not None:
        replaced[login.dependency] = lambda: None
    before = page.dependency_overrides
    page.dependency_overrides = replaced
    try:
        yield replaced
    finally:
        page.dependency_overrides = before


@contextmanager
def served(engine: Engine) -> Iterator[str]:
    """The page on a port of this machine, within the middlewares of Airflow's own server, its login left out."""
    outer = FastAPI()
    outer.mount("/hkpost", app)
    outer.add_middleware(JWTRefreshMiddleware)
    outer.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    server = uvicorn.Server(
        uvicorn.Config(outer, host="127.0.0.1", port=(port := free_port()), log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    with unguarded(engine):
        thread.start()
        try:
            while not server.started:
                thread.join(0.05)
                if not thread.is_alive():
                    raise RuntimeError("the page's server did not start; what it logged is above")
            yield f"http://127.0.0.1:{port}/hkpost"
        finally:
            server.should_exit = True
            thread.join()
