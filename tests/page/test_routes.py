"""The page's routes, without Airflow's login: what is wrong is refused in a sentence."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any

import pytest
from airflow.providers.common.compat.sdk import AirflowNotFoundException
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from bench.page import unguarded
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.page.app import app
from hkpost_airflow.page.warehouse import opener
from tests.helpers.warehouse_by_hand import Warehouse


def undefined() -> Engine:
    raise AirflowNotFoundException("The conn_id `hkpost_warehouse` isn't defined")


@pytest.fixture(scope="module")
def client(new_warehouse: Callable[[], AbstractContextManager[str]]) -> Iterator[TestClient]:
    with new_warehouse() as url:
        engine = warehouse_engine(url)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            warehouse = Warehouse(connection)
            warehouse.item("RB123456785HK", state="exception", source_ref="＝1+1")
            warehouse.item("RB000000010HK", state="expired", close_reason="expired")
            warehouse.run("UPDATE hkpost.mail_item SET closed_at = now() WHERE NOT is_open")
            warehouse.journeys()
        refresh_snapshots(engine)
        with unguarded(engine):
            yield TestClient(app, raise_server_exceptions=False)
        engine.dispose()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("items?group=nonsense", 400, "there is no group 'nonsense'"),
        ("items?colour=red", 422, "there is no parameter 'colour'"),
        ("items?closed_on=yesterday", 422, "closed_on"),
        ("items?age_days_min=-1", 422, "age_days_min"),
        (f"items?q={'x' * 200}", 422, "q: String should have at most 100"),
        ("items?q=%00", 400, "NUL"),
        ("items?after=nonsense", 400, "begin at the first"),
        ('items?after=["\\ud800","a"]', 400, "begin at the first"),
        ("items/csv?zone=Nowhere/Town", 400, "there is no time zone 'Nowhere/Town'"),
        ("items/csv?zone=../etc/passwd", 400, "there is no time zone"),
        ("items/csv?lang=fr", 422, "lang"),
        ("items/csv?group=nonsense", 400, "there is no group"),
    ],
)
def test_a_bad_parameter_is_refused_in_a_sentence(
    client: TestClient, path: str, status: int, words: str
) -> None:
    answer = client.get(f"/api/{path}")
    assert answer.status_code == status
    assert words in answer.json()["detail"]
    assert answer.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize("body", [b'{"text": "\\ud800"}', b'{"text": 1}', b"nonsense", b"{}"])
def test_what_is_no_text_cannot_be_looked_up(client: TestClient, body: bytes) -> None:
    answer = client.post("/api/lookup", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert isinstance(answer.json()["detail"], str)


def test_a_fault_of_ours_says_so_and_is_kept_nowhere(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hkpost_airflow.page.item_routes.page", lambda *_: 1 / 0)
    answer = client.get("/api/items")
    assert (answer.status_code, answer.headers["cache-control"]) == (500, "private, no-store")
    assert "the log of Airflow's API server" in answer.json()["detail"]


def test_lists_and_lookups_answer_with_the_fields_of_the_page(client: TestClient) -> None:
    listed = client.get("/api/items?group=exception&sort=-days_open&state=&q=").json()
    [row] = listed["rows"]
    assert (row["item_no"], row["groups"], listed["total"], listed["next"]) == (
        "RB123456785HK",
        ["exception"],
        1,
        "",
    )
    looked_up: dict[str, Any] = client.post("/api/lookup", json={"text": "rb 123 456 785 hk\0"}).json()
    assert [found["pasted"] for found in looked_up["rows"]] == ["rb 123 456 785 hk"]


def test_a_file_is_named_after_its_list_and_holds_no_formula(client: TestClient) -> None:
    answer = client.get("/api/items/csv?group=exception&lang=zh-Hant")
    assert 'filename="hkpost-exception-' in answer.headers["content-disposition"]
    assert "'＝1+1" in answer.content.decode("utf-8-sig")
    assert "郵件編號" in answer.content.decode("utf-8-sig")


def test_the_morning_answers_while_there_is_no_warehouse_and_says_what_to_do(
    new_warehouse: Callable[[], AbstractContextManager[str]], empty_database: str
) -> None:
    with new_warehouse() as url:
        gone = warehouse_engine(url)
    empty = warehouse_engine(empty_database)
    for opens, kind, words in (
        (undefined, "no_connection", "is not defined: make one of type Postgres in Admin, Connections"),
        (lambda: gone, "warehouse_unusable", "does not exist"),
        (lambda: empty, "never_run", "the next run of hkpost_tracking makes them"),
    ):
        with unguarded(gone) as overrides:
            overrides[opener] = lambda opens=opens: opens
            client = TestClient(app)
            seen = client.get("/api/morning").json()
            refused = client.get("/api/queue")
        [need] = seen["needs"]
        assert need["kind"] == kind
        assert seen["names"]["warehouse"] == "hkpost_warehouse"
        assert words in need["detail"]
        assert str(gone.url.host) not in need["detail"]
        assert (refused.status_code, refused.json()["detail"]) == (503, need["detail"])
    empty.dispose()


def test_a_page_of_another_team_leads_to_that_teams_dags_and_connections(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW__HKPOST__PAGE_TEAM", "shop")
    for name in [name for name in sys.modules if name.startswith("hkpost_airflow.page.")]:
        monkeypatch.delitem(sys.modules, name)
    shop, warehouse, rights, runs = (
        import_module(f"hkpost_airflow.page.{name}") for name in ("app", "warehouse", "rights", "runs")
    )
    engine = warehouse_engine(warehouse_url)
    with unguarded(engine, shop.app, warehouse.opener) as overrides:
        seen = TestClient(shop.app).get("/api/morning").json()
        overrides[warehouse.opener] = lambda: undefined
        refused = TestClient(shop.app).get("/api/queue").json()
    engine.dispose()
    assert seen["names"] == {
        "tracking": "shop_tracking",
        "warehouse": "shop_warehouse",
        "default": "shop_default",
        "open_items_sql": "shop_open_items_sql",
    }
    assert [need["link"] for need in seen["needs"]] == [{"dag": "shop_tracking"}]
    assert "the connection shop_warehouse is not defined" in refused["detail"]
    assert rights.DAG_ID == "shop_track_now", "what is asked now, and the progress of that"
    assert runs.DAG_IDS == ("shop_tracking", "shop_track_now", "shop_replay", "shop_maintenance")


def test_a_morning_and_its_queues_are_answered(client: TestClient) -> None:
    assert [need["kind"] for need in client.get("/api/morning").json()["needs"]] == []
    queue = client.get("/api/queue").json()
    assert queue["rows"][0] == {
        "group": "exception",
        "n": 1,
        "n_yesterday": None,
        "filter": {"group": "exception"},
    }
