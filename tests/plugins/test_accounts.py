"""Which connections an item, a person or a DAG can ask with: those of type `hkpost`, and of those the allowed ones."""

import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import pytest
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.requests.lease import acquire
from hkpost.warehouse.snapshots.backlog import count_backlog
from hkpost.warehouse.watch.quality import check_quality
from hkpost_airflow.hooks.hkpost import AccountRefused, HkpostHook
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.fetch_now import HkpostFetchNowOperator
from hkpost_airflow.operators.mark_urgent import HkpostMarkUrgentOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.page.app import _quotas
from tests.helpers.connection import connection
from tests.helpers.scripted_service import ScriptedService

SHOPS_PASSWORD = "the-shop's-own-word"


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    service = ScriptedService()
    with service.running():
        yield service


@pytest.fixture
def engine(warehouse_url: str, service: ScriptedService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A warehouse; two accounts of the service; and the shop's own HTTP connection in the same Airflow."""
    account = {"conn_type": "hkpost", "host": service.url, "login": "sender", "password": "s3cret-1"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps({**account, "login": "other"}))
    shop = {"conn_type": "http", "host": service.url, "login": "shop", "password": SHOPS_PASSWORD}
    monkeypatch.setenv("AIRFLOW_CONN_SHOP_API", json.dumps(shop))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def execute(engine: Engine, sql: str, **values: object) -> None:
    with engine.begin() as db:
        db.execute(text(sql), values)


def register(engine: Engine, *accounts: str) -> None:
    """An item for each account."""
    for number, account in enumerate(accounts, start=1):
        item = {"item_no": f"RB{number:09}HK", "account": account}
        execute(engine, "INSERT INTO hkpost.mail_item (item_no, account) VALUES (:item_no, :account)", **item)


def allow(engine: Engine, accounts: str) -> None:
    execute(
        engine, "UPDATE hkpost.setting SET value = :names WHERE name = 'accounts_allowed'", names=accounts
    )


def plan() -> list[dict[str, Any]]:
    return HkpostPlanOperator(task_id="plan").execute(cast(Context, {"run_id": "scheduled__1"}))


def planned() -> list[str]:
    return [one["account"] for one in plan()]


def fetch(account: str) -> None:
    operator = HkpostFetchOperator(task_id="fetch", plan={"account": account})
    operator.execute(cast(Context, {"run_id": "scheduled__1"}))


def fetch_now(account: str) -> None:
    operator = HkpostFetchNowOperator(task_id="fetch", plan={"account": account})
    operator.execute(cast(Context, {"run_id": "manual__1"}))


def mark_urgent(account: str) -> None:
    operator = HkpostMarkUrgentOperator(task_id="mark_urgent", item_nos="EA999580311HK", account=account)
    operator.execute(cast(Context, {"run_id": "manual__1"}))


def unusable_lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if "items are not asked about" in line]


def test_accounts_without_a_connection_are_told_in_one_line_and_stop_nobody(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(
        engine,
        "INSERT INTO hkpost.mail_item (item_no, account)"
        " SELECT 'RB' || lpad(n::text, 9, '0') || 'HK',"
        " CASE WHEN n <= 3 THEN 'hkpost_b' WHEN n = 4 THEN 'hkpost_default' ELSE 'customer-' || n / 2 END"
        " FROM generate_series(1, 3004) AS n",
    )
    assert plan() == [
        {"account": "hkpost_default", "due": 1, "quota_left": 99_000},
        {"account": "hkpost_b", "due": 3, "quota_left": 99_000},
    ]
    [line] = unusable_lines(capsys)
    assert (
        "3,000 items are not asked about: their accounts (1,501) cannot be used"
        " (connection customer-10: there is none that may be read here; " in line
    )
    assert "Correct account in hkpost.mail_item and in open_items_sql, or create the connections" in line
    assert len(line) < 800


def test_more_accounts_that_have_sent_than_are_looked_up_of_new_ones_are_all_planned(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    merchants = [f"merchant_{number}" for number in range(120)]
    for merchant in merchants:
        account = {"conn_type": "hkpost", "login": merchant, "password": "s3cret-1"}
        monkeypatch.setenv(f"AIRFLOW_CONN_{merchant.upper()}", json.dumps(account))
    register(engine, *merchants)
    assert len(planned()) == 100
    for merchant in planned():
        acquire(engine, merchant, "a run")
    assert sorted(planned()) == sorted(merchants), "the next run comes to the others"


def test_a_connection_whose_fields_cannot_be_used_is_planned_so_that_its_fetch_says_so(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps({"conn_type": "hkpost", "login": "other"}))
    register(engine, "hkpost_b", "hkpost_default")
    assert {one["account"]: one["quota_left"] for one in plan()} == {
        "hkpost_default": 99_000,
        "hkpost_b": None,
    }
    with pytest.raises(AirflowFailException, match="connection hkpost_b: password is empty"):
        fetch("hkpost_b")


def test_a_run_that_can_ask_about_nothing_of_what_is_due_is_red(engine: Engine) -> None:
    register(engine, "shop_api", "no_such_account")
    with pytest.raises(AirflowFailException, match="2 items are not asked about"):
        plan()


def test_nothing_due_is_no_failure(engine: Engine) -> None:
    assert plan() == []


def test_pasted_items_of_accounts_without_a_connection_keep_nobody_from_an_answer(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    register(engine, "shop_api", "hkpost_b")
    pasted = "RB000000001HK RB000000002HK EA999580311HK"
    operator = HkpostMarkUrgentOperator(task_id="mark_urgent", item_nos=pasted, account="hkpost_default")
    assert operator.execute(cast(Context, {"run_id": "manual__1"})) == [
        {"account": "hkpost_default", "items": 1},
        {"account": "hkpost_b", "items": 1},
    ]
    [line] = unusable_lines(capsys)
    assert (
        "1 items are not asked about: their accounts (1) cannot be used (connection shop_api: is of" in line
    )


@pytest.mark.parametrize("ask", [mark_urgent, fetch, fetch_now, lambda _: plan()])
@pytest.mark.parametrize(
    ("account", "allowed", "reason"),
    [
        ("shop_api", "", "is of type http, and only those of type hkpost are used"),
        ("shop_api", "shop_api", "is of type http, and only those of type hkpost are used"),
        ("hkpost_b", "hkpost_default, hkpost_c", "is not named by accounts_allowed in hkpost.setting"),
        ("no_such_account", "", "there is none that may be read here"),
        ("../variables/hkpost_open_items_sql", "", "no connection of Airflow can have that name"),
        ("hkpost_default#2", "", "no connection of Airflow can have that name"),
        ("hkpost_default?", "", "no connection of Airflow can have that name"),
        ("hkpost_default ", "", "no connection of Airflow can have that name"),
        ("..", "", "no connection of Airflow can have that name"),
    ],
)
def test_no_step_uses_a_connection_that_is_no_account(
    engine: Engine,
    service: ScriptedService,
    ask: Callable[[str], object],
    account: str,
    allowed: str,
    reason: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    register(engine, account)
    allow(engine, allowed)
    with pytest.raises(AirflowFailException, match=reason) as failure:
        ask(account)
    assert service.seen == []
    assert SHOPS_PASSWORD not in str(failure.value) + capsys.readouterr().out


def test_the_accounts_that_are_allowed_are_used(engine: Engine) -> None:
    register(engine, "hkpost_default", "hkpost_b")
    allow(engine, " hkpost_b , hkpost_c")
    assert planned() == ["hkpost_b"]
    fetch("hkpost_b")
    allow(engine, "")
    assert planned() == ["hkpost_default"], "the other was answered"


@pytest.mark.parametrize(
    ("account", "allowed", "reason"),
    [
        ("shop_api", "", "connection shop_api: is of type http"),
        ("hkpost_b", "hkpost_default", "connection hkpost_b: is not named by accounts_allowed"),
    ],
)
def test_a_dag_borrows_no_connection_through_the_hook_either(
    engine: Engine, service: ScriptedService, account: str, allowed: str, reason: str
) -> None:
    allow(engine, allowed)
    with pytest.raises(AccountRefused, match=reason) as refused:
        HkpostHook(account).get_conn()
    passed, said = HkpostHook(account).test_connection()
    assert not passed
    assert reason in said
    assert SHOPS_PASSWORD not in str(refused.value) + said
    assert service.seen == []


def test_what_is_allowed_is_read_from_the_hooks_own_warehouse(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(engine, "hkpost_default")
    monkeypatch.setenv("AIRFLOW_CONN_ELSEWHERE", connection(engine.url.render_as_string(hide_password=False)))
    monkeypatch.delenv("AIRFLOW_CONN_HKPOST_WAREHOUSE")
    with pytest.raises(AccountRefused):
        _ = HkpostHook("hkpost_b", warehouse_conn_id="elsewhere").settings
    assert HkpostHook("hkpost_b").settings.login == "other", "without a warehouse nothing is narrowed"


def test_a_warehouse_that_does_not_say_what_is_allowed_allows_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", "postgres://loader:hidden-word@127.0.0.1:9/warehouse")
    with pytest.raises(OperationalError):
        _ = HkpostHook("hkpost_b").settings


@pytest.mark.parametrize("names", ["hkpost_a; hkpost_b", "hkpost_a\nhkpost_b", "'hkpost_a'"])
def test_a_list_that_would_not_be_understood_is_not_taken(engine: Engine, names: str) -> None:
    with pytest.raises(IntegrityError, match="setting_value_check"):
        allow(engine, names)


def test_the_page_shows_the_accounts_that_are_none_as_one(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps({"conn_type": "hkpost", "login": "other"}))
    acquire(engine, "hkpost_b", "an earlier run")
    due = {f"customer-{n}": n for n in range(2_000)} | {"hkpost_default": 3, "hkpost_b": 0}
    quotas = _quotas(engine, due)
    assert [quota["account"] for quota in quotas] == [
        "hkpost_b",
        "hkpost_default",
        "customer-1999, customer-1998, customer-1997, …",
    ]
    assert (quotas[0]["problem"], quotas[1]["left"]) == (
        "connection hkpost_b: password is empty: give the EC-Ship API credential",
        99_000,
    )
    assert quotas[2]["problem"].startswith("1,999,000 items are not asked about: their accounts (2,000)")


def test_the_quality_check_warns_of_accounts_that_have_never_asked(engine: Engine) -> None:
    register(engine, "hkpost_default", "customer-1", "customer-2")
    acquire(engine, "hkpost_default", "a run")
    count_backlog(engine)
    [finding] = check_quality(engine, ("accounts_never_asked",))
    assert (finding.found, finding.is_broken) == (2, False)
    with engine.connect() as db:
        accounts = {row.account for row in db.execute(text(finding.look_with))}
    assert accounts == {"customer-1", "customer-2"}
    execute(engine, "DELETE FROM hkpost.mail_item WHERE account LIKE 'customer%'")
    count_backlog(engine)
    assert check_quality(engine, ("accounts_never_asked",)) == []
