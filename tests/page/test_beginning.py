"""The page while there is nothing to show: before the first run, and while the database is down. Without Airflow."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy import Engine

from bench.page import served
from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.page.app import app
from hkpost_airflow.page.warehouse import opener
from hkpost_local.ports import free_port

from .conftest import PHONE, Tab
from .test_access import RULES
from .test_routes import undefined

Open = Callable[..., Tab]


@pytest.fixture(scope="module")
def engine(new_warehouse: Callable[[], AbstractContextManager[str]]) -> Iterator[Engine]:
    with new_warehouse() as url:
        engine = warehouse_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="module")
def address(engine: Engine) -> Iterator[str]:
    with served(engine) as address:
        yield address


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, address: str) -> Callable[[Callable[[], Engine]], None]:
    """Have the page read another warehouse."""
    return lambda opens: monkeypatch.setitem(app.dependency_overrides, opener, lambda: opens)


def test_before_the_first_run_the_page_says_in_three_steps_how_to_begin(
    tab_at: Open, address: str, engine: Engine, empty_database: str, reads: Callable[..., None]
) -> None:
    empty = warehouse_engine(empty_database)
    opened = tab_at(address, PHONE)
    for opens, why in (
        (undefined, "The connection of the warehouse is not defined yet"),
        (lambda: empty, "No run has ended yet"),
        (lambda: engine, "No run has ended yet"),
    ):
        reads(opens)
        page = opened.open()
        expect(page.locator("h1")).to_contain_text("Not in use yet")
        expect(page.locator(".lately")).to_have_text(why)
        steps = page.locator(".begin > li")
        expect(steps).to_have_count(3)
        expect(steps.nth(0)).to_contain_text("hkpost_warehouse, of type Postgres")
        expect(steps.nth(0)).to_contain_text("hkpost_default, of type Hongkong Post tracking")
        expect(steps.nth(1)).to_contain_text("hkpost_open_items_sql")
        expect(steps.nth(2).get_by_role("link")).to_have_attribute("href", "../dags/hkpost_tracking")
        expect(page.locator("section.card")).to_have_count(1)
        assert Axe().run(page, options=RULES).response["violations"] == []
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("h1")).to_contain_text("尚未开始使用")
    expect(page.locator("main")).not_to_contain_text("Connections of")
    opened.complaints[:] = [said for said in opened.complaints if "503" not in said]
    empty.dispose()


def test_a_database_that_is_down_is_said_without_its_host_and_the_page_comes_back(
    tab_at: Open, address: str, engine: Engine, reads: Callable[..., None]
) -> None:
    port = free_port()
    down = warehouse_engine(f"postgresql://somebody:secret@127.0.0.1:{port}/warehouse")
    opened = tab_at(address, language="zh-Hant", alone=True)
    reads(lambda: down)
    opened.page.clock.install()
    page = opened.open()
    expect(page.locator("h1")).to_have_text("!有一件事需要你處理")
    expect(page.locator(".needs")).to_contain_text("無法讀取資料庫")
    expect(page.locator(".needs")).to_contain_text("請確認資料庫正在運作")
    expect(page.locator(".needs").get_by_role("link", name="連線")).to_have_attribute(
        "href", "../connections"
    )
    for part in ("items", "item/RB123456785HK", "rejected", ""):
        said = opened.open(part).locator("body").inner_text()
        assert "無法讀取資料庫" in said, part
        assert "127.0.0.1" not in said
        assert str(port) not in said
    reads(lambda: engine)
    page.clock.fast_forward(61_000)
    expect(page.locator("h1")).to_contain_text("尚未開始使用")
    opened.complaints[:] = [said for said in opened.complaints if "503" not in said]
