"""The connection type `hkpost` as Airflow sees it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from airflow.sdk.log import redact  # type: ignore[attr-defined]
from sqlalchemy import Engine, text

from hkpost.dispatch.direct import NotAnsweredError, ask
from hkpost.ecship.settings import AccountSettings, SettingsError
from hkpost.enums import Outcome
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.requests import lease as leases
from hkpost.warehouse.requests.lease import known_accounts
from hkpost.warehouse.requests.ledger import CallResult, Ledger, quota_use
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.provider import CONN_FIELDS, provider_info
from tests.helpers.connection import connection
from tests.helpers.scripted_service import Items, Reply, ScriptedService, answers, code, envelope, item

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    service = ScriptedService()
    with service.running():
        yield service


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, service: ScriptedService) -> Iterator[None]:
    account = {
        "conn_type": "hkpost",
        "host": service.url,
        "login": "user",
        "password": "s3cret-1",
        "port": 1,
    }
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps(account))
    yield


@pytest.fixture
def engine(warehouse_url: str, connect: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The warehouse behind `hkpost_warehouse`."""
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def ledger(engine: Engine) -> list[tuple[object, ...]]:
    with engine.connect() as db:
        rows = db.execute(text("SELECT account, run_id, outcome FROM hkpost.api_call ORDER BY call_id"))
        return [tuple(row) for row in rows]


def held(engine: Engine, outcome: str | None, error: str | None = None) -> None:
    """A run holds hkpost_b, and its latest request ended so."""
    lease = leases.acquire(engine, "hkpost_b", "scheduled__1")
    assert isinstance(lease, leases.Lease)
    with engine.begin() as db:  # alive for as long as the test takes
        db.execute(text("UPDATE hkpost.account_lease SET heartbeat_at = now() + interval '1 hour'"))
    if outcome:
        run = Ledger(engine, lease, run_id="scheduled__1", lang="A", quota_timezone="Asia/Hong_Kong")
        run.note(run.open(["RB123456785HK"]), CallResult(Outcome(outcome), error=error))


def test_the_test_button_takes_the_accounts_turn_and_its_request_is_counted(
    service: ScriptedService, engine: Engine
) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: HkpostHook("hkpost_b").test_connection(), range(3)))
    assert all(passed for passed, _ in results), results
    assert ledger(engine) == [("hkpost_b", "connection test", "tested")] * 3
    assert min(service.gaps_ms) >= 100
    assert quota_use(engine, "hkpost_b", "Asia/Hong_Kong").used == 3
    with engine.connect() as db:
        assert db.execute(text("SELECT FROM hkpost.raw_response")).all() == []
    assert isinstance(leases.acquire(engine, "hkpost_b", "next"), leases.Lease), "the account is free again"


def test_a_failing_test_is_in_the_ledger_as_a_test_and_says_how_it_failed(
    service: ScriptedService, engine: Engine
) -> None:
    service.script = lambda items: code(9992)
    assert not HkpostHook("hkpost_b").test_connection()[0]
    assert ledger(engine) == [("hkpost_b", "connection test", "test_failed")]
    with engine.connect() as db:
        error = db.execute(text("SELECT error FROM hkpost.api_call")).scalar_one()
    assert "credential_refused: 9992 Invalid Credential" in error
    assert quota_use(engine, "hkpost_b", "Asia/Hong_Kong").used == 1


def test_a_test_that_cannot_reach_the_service_sent_nothing_and_counts_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = {"conn_type": "hkpost", "host": "http://127.0.0.1:9/x", "login": "user", "password": "s3cret-1"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps(nowhere))
    passed, said = HkpostHook("hkpost_b").test_connection()
    assert not passed
    assert "could not be reached" in said
    assert ledger(engine) == [("hkpost_b", "connection test", "not_sent")]
    assert quota_use(engine, "hkpost_b", "Asia/Hong_Kong").used == 0


def test_a_form_with_another_host_takes_the_turn_of_its_api_user(
    service: ScriptedService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert HkpostHook("hkpost_b").test_connection()[0]
    form = {"conn_type": "hkpost", "host": f"{service.url}/else", "login": "user", "password": "typed"}
    monkeypatch.setenv("AIRFLOW_CONN_ABCDEFGH", json.dumps(form))
    assert HkpostHook("aBcDeFgH").test_connection()[0]
    assert ledger(engine) == [("hkpost_b", "connection test", "tested")] * 2


def test_a_form_of_an_unknown_api_user_leaves_no_trace(
    service: ScriptedService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = {"conn_type": "hkpost", "host": service.url, "login": "newcomer", "password": "typed"}
    monkeypatch.setenv("AIRFLOW_CONN_ABCDEFGH", json.dumps(form))
    passed, said = HkpostHook("aBcDeFgH").test_connection()
    assert passed
    assert "newcomer was answered in" in said
    assert "not in hkpost.api_call: no account has sent as this user yet" in said
    assert ledger(engine) == []
    assert known_accounts(engine) == []


@pytest.mark.parametrize(
    ("outcome", "error", "passed", "words"),
    [
        ("answered", None, True, "ended as answered"),
        (
            "credential_refused",
            "9992 Invalid Credential",
            False,
            "credential_refused (9992 Invalid Credential)",
        ),
        (None, None, False, "has no answer yet; test again in a moment"),
    ],
)
def test_while_a_run_holds_the_account_its_latest_outcome_is_the_answer(
    service: ScriptedService, engine: Engine, outcome: str, error: str, passed: bool, words: str
) -> None:
    held(engine, outcome, error)
    result, said = HkpostHook("hkpost_b").test_connection()
    assert result is passed
    assert "run scheduled__1 holds the account hkpost_b since" in said
    assert words in said
    assert service.seen == []


def test_what_a_run_was_answered_says_nothing_of_a_form_with_other_settings(
    service: ScriptedService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(engine, "answered")
    form = {"conn_type": "hkpost", "host": service.url, "login": "user", "password": "another-word"}
    monkeypatch.setenv("AIRFLOW_CONN_ABCDEFGH", json.dumps(form))
    passed, said = HkpostHook("aBcDeFgH").test_connection()
    assert not passed
    assert "with other settings than these" in said
    assert service.seen == []


def test_a_day_that_is_used_up_is_not_asked_further(
    service: ScriptedService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"conn_type": "hkpost", "host": service.url, "login": "user", "password": "s3cret-1"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps({**account, "extra": {"daily_quota": 1}}))
    assert HkpostHook("hkpost_b").test_connection()[0]
    passed, said = HkpostHook("hkpost_b").test_connection()
    assert not passed
    assert "not sent: the 1 requests of today" in said
    assert len(service.seen) == 1


@pytest.mark.parametrize(
    "warehouse", [None, "postgres://loader:hidden-word@127.0.0.1:9/warehouse", "mysql://u:hidden-word@h/d"]
)
def test_without_a_warehouse_it_asks_all_the_same_and_says_so(
    service: ScriptedService, connect: None, warehouse: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if warehouse:
        monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", warehouse)
    passed, said = HkpostHook("hkpost_b").test_connection()
    assert passed
    assert "user was answered in" in said
    assert "outside the account's pace and not in hkpost.api_call" in said
    assert "hidden-word" not in said
    assert len(service.seen) == 1


FORM = """
import json, sys
from fastapi.testclient import TestClient
from airflow.utils import db
db.initdb()
from airflow.api_fastapi.app import create_app
stored, tested = json.loads(sys.argv[1])
with TestClient(create_app()) as api:
    token = api.get("/auth/token").json()["access_token"]
    api.headers["Authorization"] = f"Bearer {token}"
    assert api.post("/api/v2/connections", json=stored).status_code == 201
    print()
    print(json.dumps([api.post("/api/v2/connections/test", json=form).json() for form in tested]))
"""


def test_airflows_form_tests_what_is_in_it_and_counts_it_to_the_account_it_belongs_to(
    service: ScriptedService, engine: Engine, tmp_path: Path
) -> None:
    stored = {
        "connection_id": "hkpost_default",
        "conn_type": "hkpost",
        "host": service.url,
        "login": "sender",
        "password": "stored-word",
        "port": 1,
    }
    unchanged = {**stored, "password": "***"}
    unknown = {**stored, "connection_id": "hkpost_new", "login": "newcomer", "password": "other-word"}
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "_AIRFLOW_PROCESS_CONTEXT": "server",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__API_AUTH__JWT_SECRET": "a-secret-for-this-test-alone-of-some-length",
    }
    run = subprocess.run(
        [sys.executable, "-c", FORM, json.dumps([stored, [unchanged, unknown]])],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout.splitlines()[-1])
    assert [one["status"] for one in said] == [True, True], said
    assert "sender was answered in" in said[0]["message"]
    assert "newcomer was answered in" in said[1]["message"]
    assert ledger(engine) == [("hkpost_default", "connection test", "tested")]


@pytest.mark.usefixtures("connect")
def test_the_test_button_sends_one_request_and_says_what_came_back(service: ScriptedService) -> None:
    passed, words = HkpostHook("hkpost_b").test_connection()
    assert passed
    assert "user was answered in" in words
    assert "0 Success" in words
    assert [seen.items for seen in service.seen] == [("RB000000010HK",)]


@pytest.mark.usefixtures("connect")
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (code(9992), "9992 Invalid Credential"),
        (Reply(b"", 403), "IP address is not authorised"),
        (Reply(b"<html>hi s3cret-1</html>"), "an HTML page came"),
    ],
)
def test_the_test_button_says_what_is_wrong(service: ScriptedService, reply: Reply, words: str) -> None:
    service.script = lambda items: reply
    passed, said = HkpostHook("hkpost_b").test_connection()
    assert not passed
    assert words in said
    assert "s3cret-1" not in said


@pytest.mark.usefixtures("connect")
def test_1001_for_the_example_item_is_a_working_connection(service: ScriptedService) -> None:
    service.script = lambda items: code(1001)
    passed, words = HkpostHook("hkpost_b").test_connection()
    assert passed
    assert "1001" in words


def test_a_connection_that_cannot_be_used_is_named_with_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_C", json.dumps({"conn_type": "hkpost", "password": "p"}))
    assert HkpostHook("hkpost_c").test_connection() == (
        False,
        "connection hkpost_c: login is empty: give the EC-Ship API username",
    )
    with pytest.raises(SettingsError):
        _ = HkpostHook("hkpost_c").settings


def test_the_form_has_every_field_that_the_connection_may_have() -> None:
    of_the_form = set(CONN_FIELDS)
    of_the_settings = set(AccountSettings.__dataclass_fields__) - {"account", "host", "login", "password"}
    assert of_the_form == of_the_settings


@pytest.mark.parametrize("field", CONN_FIELDS)
def test_every_field_is_in_the_documentation(field: str) -> None:
    assert f"| `{field}` |" in (PROJECT / "docs" / "connection.md").read_text(encoding="utf-8")


def test_airflow_finds_the_connection_type() -> None:
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    hook = ProvidersManagerTaskRuntime().hooks["hkpost"]  # type: ignore[no-untyped-call]
    assert hook is not None
    assert hook.hook_class_name == "hkpost_airflow.hooks.hkpost.HkpostHook"
    assert provider_info()["connection-types"][0]["connection-type"] == "hkpost"


def test_an_answer_about_another_item_is_still_an_answer(service: ScriptedService, connect: None) -> None:
    service.script = lambda items: answers(Items(("RB123456785HK",)))
    assert HkpostHook("hkpost_b").test_connection()[0]


def test_the_plugin_manager_executes_none_of_our_files_under_another_name(tmp_path: Path) -> None:
    look = (
        "import sys; from airflow.plugins_manager import get_plugin_info; get_plugin_info();"
        "import hkpost; assert hkpost.__path__;"
        "ours = {name for name, module in sys.modules.items()"
        " if '/plugins/hkpost_airflow/' in (getattr(module, '__file__', None) or '')};"
        "assert 'hkpost_airflow.page.plugin' in ours, ours;"
        "assert 'hkpost_airflow.page.app' not in ours, 'every task reads the plugins, and serves no page';"
        "assert all(name.split('.')[0] == 'hkpost_airflow' for name in ours), ours"
    )
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    }
    subprocess.run([sys.executable, "-c", look], env=environment, check=True)


def test_the_credential_and_the_proxys_password_are_masked_in_airflows_logs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = {
        "conn_type": "hkpost",
        "login": "user",
        "password": "c<red&ential",
        "extra": {"proxy": "http://me:proxy%2Fword@127.0.0.1:3128"},
    }
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_MASKED", json.dumps(account))
    assert HkpostHook("hkpost_masked").settings.secrets == ("c<red&ential", "proxy/word")
    for spelling in ("c<red&ential", "c&lt;red&amp;ential", "YzxyZWQmZW50aWFs", "proxy/word", "proxy%2Fword"):
        assert redact(f"said {spelling}.") == "said ***."


def told(asked: Items) -> Reply:
    """A delivered item, one that the service does not know, and one that it refuses to be asked about."""
    if "BAD" in asked:
        return code(9998)
    results = {
        "RB123456785HK": item(
            "RB123456785HK",
            0,
            ("01-03-2026 10:30", "US", "Delivered"),
            ("27-02-2026 16:00", "HK", "Posted"),
        ),
        "RB000000010HK": item("RB000000010HK", 1001),
    }
    return Reply(envelope("".join(results[item_no] for item_no in asked)))


@pytest.mark.parametrize("has_warehouse", [True, False])
def test_track_asks_about_any_items_at_once_and_gives_their_events_as_a_table(
    request: pytest.FixtureRequest, service: ScriptedService, connect: None, has_warehouse: bool
) -> None:
    engine = request.getfixturevalue("engine") if has_warehouse else None
    service.script = told
    frame = HkpostHook("hkpost_b").track([" rb123456785hk", "RB000000010HK", "BAD", "RB123456785HK"])
    rows = frame[["item_no", "state", "event_type", "country", "message_e"]].fillna("").values.tolist()
    assert rows == [
        ["RB123456785HK", "delivered", "EMA", "HK", "Posted"],
        ["RB123456785HK", "delivered", "EMI", "US", "Delivered"],
        ["RB000000010HK", "registered", "", "", ""],
        ["BAD", "registered", "", "", ""],
    ]
    assert str(frame["event_time"].dt.tz) == "UTC"
    assert frame["api_status"].tolist() == [0, 0, 1001, 9998]
    gaps = [later.at - sooner.whole_at for sooner, later in pairwise(service.seen)]
    assert min(gaps) >= 0.1
    if engine:
        assert {row[:2] for row in ledger(engine)} == {("hkpost_b", "track")}
        assert len(ledger(engine)) == len(service.seen)
        with engine.connect() as db:
            assert db.scalar(text("SELECT count(*) FROM hkpost.mail_item")) == 0


def test_track_sends_nothing_while_a_run_holds_the_account(
    service: ScriptedService, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(engine, None)
    monkeypatch.setattr("hkpost.jobs.track.ask", partial(ask, lease_wait_s=0))
    with pytest.raises(NotAnsweredError, match="run scheduled__1 holds the account hkpost_b"):
        HkpostHook("hkpost_b").track(["RB123456785HK"])
    assert service.seen == []
