"""A real Airflow with one finished run of `hkpost_tracking`, and a real browser that is signed in to it."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, partial
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from sqlalchemy import Engine, text

from hkpost.jobs.snapshots import refresh_snapshots
from hkpost_local.airflow_settings import UI_USER
from hkpost_local.demo import follow_run
from hkpost_local.progress import Progress
from hkpost_local.shared_postgres import running_postgres
from hkpost_local.simulated import new_world
from hkpost_local.system import DAG_ID, System

ITEMS = 1_200
PATIENCE_MS = 120_000
"""How long the browser waits for what is to come: a busy machine is slow, and no test is about speed."""
WIDE, PHONE = 1280, 390
Scheme = Literal["light", "dark"]
LANGUAGES = {"en": ("en-GB", "en"), "zh-Hant": ("zh-HK", "zh-TW"), "zh-Hans": ("zh-CN", "zh-CN")}
"""The browser's language and that of Airflow's UI, of each language of the page."""
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Airflow:
    """A running Airflow, its warehouse and its simulated service."""

    system: System

    @property
    def address(self) -> str:
        return self.system.settings.address

    @property
    def password(self) -> str:
        return self.system.secrets.ui_password

    @property
    def engine(self) -> Engine:
        return self.system.warehouse

    def rows(self, sql: str, **values: object) -> list[dict[str, object]]:
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(text(sql), values).mappings()]

    def value(self, sql: str, **values: object) -> object:
        [row] = self.rows(sql, **values)
        return next(iter(row.values()))

    def execute(self, sql: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(sql), values)


@pytest.fixture(scope="package")
def airflow() -> Iterator[Airflow]:
    """Airflow's four services after one run over the simulated items, with a retracted event and a reject."""
    folder = Path(tempfile.mkdtemp(prefix="hkpost-page-"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HKPOST_STATE", str(folder))
        try:
            with running_postgres() as postgres:
                system = System(postgres, replace(new_world(), items=ITEMS), Progress(), is_scheduled=False)
                try:
                    system.start(is_frozen=True)
                    run_id = system.api.trigger(DAG_ID)
                    system.api.pause(DAG_ID, paused=False)
                    assert follow_run(system.api, system.warehouse, run_id, Progress()) == "success"
                    airflow = Airflow(system)
                    _add_rarities(airflow)
                    _draw_lead_times_of_few_items(airflow)
                    yield airflow
                finally:
                    system.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _add_rarities(airflow: Airflow) -> None:
    """What the simulated world has seldom: an event that is no longer reported, and a hostile reject."""
    airflow.execute(
        "WITH gone AS (UPDATE hkpost.fact_tracking_event SET retracted_at = now(), sequence_no = NULL"
        " WHERE (item_no, event_key) = (SELECT item_no, event_key FROM hkpost.fact_tracking_event"
        "  JOIN hkpost.mail_item USING (item_no) WHERE state = 'in_transit' AND event_count > 3"
        "  ORDER BY item_no, event_key LIMIT 1) RETURNING item_no),"
        " item AS (UPDATE hkpost.mail_item SET event_count = event_count - 1 WHERE item_no IN (TABLE gone))"
        " UPDATE hkpost.item_journey SET event_count = event_count - 1 WHERE item_no IN (TABLE gone)"
    )
    airflow.execute(
        "INSERT INTO hkpost.rejected_record (source, account, item_no, reason, raw_fragment) VALUES"
        " ('load', 'hkpost_default', '=1+1', '<img src=x onerror=alert(1)> @SUM(A1)', '')"
    )


def _draw_lead_times_of_few_items(airflow: Airflow) -> None:
    """So small a world has no lane and week with as many items as a median needs."""
    airflow.execute("UPDATE hkpost.setting SET value = '3' WHERE name = 'minimum_items_of_a_share'")
    refresh_snapshots(airflow.engine)


@dataclass
class Tab:
    """One tab of the browser with the page at an address, and all that went wrong or left the machine in it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    def open(self, part: str = "") -> Page:
        """Load a part of the page again, and wait until all of it is there."""
        is_there = self.page.url.startswith(f"{self.address}/")
        self.page.goto(f"{self.address}/#/{part}")
        if is_there:
            self.page.reload()
        self.wait_until_idle()
        return self.page

    def wait_until_idle(self) -> None:
        self.page.wait_for_selector("main h1")
        self.page.wait_for_load_state("networkidle")
        expect(self.page.locator("main [aria-busy=true]")).to_have_count(0)


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def new_context(browser: Browser) -> Callable[..., BrowserContext]:
    """Makes what tabs share: cookies, storage, and the files of the page that the browser keeps."""

    def make(language: str, state: Path | None) -> BrowserContext:
        context = browser.new_context(storage_state=state, locale=LANGUAGES[language][0])
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(f"localStorage.setItem('i18nextLng', '{LANGUAGES[language][1]}')")
        return context

    return make


@pytest.fixture(scope="package")
def signed_in(
    airflow: Airflow, new_context: Callable[..., BrowserContext], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The browser's state after Airflow's own login form, kept in a file."""
    context = new_context("en", None)
    page = context.new_page()
    page.goto(airflow.address)
    page.fill("input[name=username]", UI_USER)
    page.fill("input[name=password]", airflow.password)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="HKPost", exact=True).wait_for()
    state = tmp_path_factory.mktemp("browser") / "state.json"
    context.storage_state(path=state)
    context.close()
    return state


@pytest.fixture(scope="package")
def shared_context(new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """The same, made once for each language and login: a page opens quickly when its files are known."""
    return cache(new_context)


@pytest.fixture
def tab_at(
    new_context: Callable[..., BrowserContext], shared_context: Callable[..., BrowserContext]
) -> Iterator[Callable[..., Tab]]:
    """Open a tab at an address of the page, of a width, a colour scheme and a language; nothing may go wrong in it.

    A test that changes the clock or the login of its tab wants it `alone`.
    """
    tabs: list[Tab] = []
    own: list[BrowserContext] = []

    def make(
        address: str,
        width: int = WIDE,
        *,
        scheme: Scheme = "light",
        language: str = "en",
        state: Path | None = None,
        alone: bool = False,
    ) -> Tab:
        context = (new_context if alone else shared_context)(language, state)
        if alone:
            own.append(context)
        tab = Tab(context.new_page(), address)
        tab.page.set_viewport_size({"width": width, "height": 900})
        tab.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        host = urlsplit(address).netloc
        tab.page.on("console", lambda said: _complain(tab, said.type, said.text))
        tab.page.on("pageerror", lambda error: tab.complaints.append(f"error: {error}"))
        tab.page.on("request", lambda request: _stays(tab, request.url, host))
        tabs.append(tab)
        return tab

    yield make
    for tab in tabs:
        if not tab.page.is_closed() and tab.page.url.startswith("http"):
            tab.page.evaluate("localStorage.clear()")
        tab.page.context.clear_permissions()
        for page in tab.page.context.pages:
            page.close()
    for context in own:
        context.close()
    assert [complaint for tab in tabs for complaint in tab.complaints] == []


@pytest.fixture
def tab(airflow: Airflow, signed_in: Path, tab_at: Callable[..., Tab]) -> Callable[..., Tab]:
    """Open a tab that is signed in to Airflow."""
    return partial(tab_at, f"{airflow.address}/hkpost", state=signed_in)


def _complain(tab: Tab, kind: str, words: str) -> None:
    # Chromium says this of every plugin's frame in Airflow's own pages.
    if kind in ("error", "warning") and "iframe which has both allow-scripts" not in words:
        tab.complaints.append(f"console {kind}: {words}")


def _stays(tab: Tab, url: str, host: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("data", "blob") and parts.netloc != host:
        tab.complaints.append(f"a request left the machine: {url}")
