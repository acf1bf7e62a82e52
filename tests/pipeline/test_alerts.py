"""Runs of the operators of hkpost_tracking, one after the other, and what they and hkpost_watch send to a person."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from airflow.sdk.execution_time.context import OutletEventAccessors
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.revision import UnfitDatabaseError
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.operators.alert import HkpostAlertOperator
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from hkpost_airflow.operators.watch import HkpostWatchOperator
from tests.helpers.connection import connection
from tests.helpers.scripted_service import Reply, ScriptedService, answers, code, envelope, item
from tests.helpers.task_context import task_context
from tests.pipeline.conftest import PROJECT

DAGS = PROJECT / "dags"
REFUSALS = [
    code(9992),
    code(9993),
    Reply(b"", 401),
    Reply(b"<html>no</html>", 403, "text/html"),
    Reply(b"", 404),
]


@dataclass
class ScheduledRuns:
    """A warehouse, a scripted service, and runs between them as Airflow makes them."""

    engine: Engine
    service: ScriptedService
    patch: pytest.MonkeyPatch
    dag: DAG
    states: dict[str, str] = field(default_factory=dict)
    runs: int = 0

    def connect(self, name: str = "hkpost_default", **change: Any) -> None:
        account = {"conn_type": "hkpost", "host": self.service.url, "login": "sender", "password": "s3cret-1"}
        self.patch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps({**account, **change}))

    def register(self, count: int, account: str = "hkpost_default", prefix: str = "RB") -> None:
        self.execute(
            "INSERT INTO hkpost.mail_item (item_no, account, state)"
            f" SELECT '{prefix}' || lpad(n::text, 9, '0') || 'HK', '{account}', 'in_transit'"
            f" FROM generate_series(1, {count}) AS n"
        )

    def run(self) -> dict[str, str]:
        """A whole run of hkpost_tracking; returns the tasks that failed, with why."""
        self.runs += 1
        self.states.clear()
        failed: dict[str, str] = {}

        def task(operator: BaseOperator) -> Any:
            try:
                return operator.execute(self.context())
            except (AirflowFailException, AirflowNotFoundException) as error:
                failed[operator.task_id] = str(error)
                self.states[operator.task_id] = "failed"

        task(HkpostSyncOperator(task_id="sync_open_items", open_items_sql=""))
        for number, plan in enumerate(task(HkpostPlanOperator(task_id="plan")) or ()):
            if task(HkpostFetchOperator(task_id="fetch", plan=plan)) is None and self.states.pop("fetch", ""):
                self.states[f"fetch_{number}"] = "failed"
        counts = task(HkpostLoadOperator(task_id="load"))
        task(HkpostMarkTerminalOperator(task_id="mark_terminal"))
        task(HkpostQualityOperator(task_id="check_quality", counts=counts))
        task(HkpostAlertOperator(task_id="alert"))
        return failed

    def watch(self) -> None:
        HkpostWatchOperator(task_id="watch").execute(self.context())

    def context(self) -> Context:
        events = OutletEventAccessors()
        return task_context(f"run-{self.runs}", states=self.states, dag=self.dag, outlet_events=events)

    def alerts(self) -> dict[str, Any]:
        """The open alerts by name."""
        return {row.name: row for row in self.rows("SELECT * FROM hkpost.alert WHERE ended_at IS NULL")}

    def rows(self, sql: str) -> list[Any]:
        with self.engine.connect() as db:
            return list(db.execute(text(sql)))

    def execute(self, sql: str) -> None:
        with self.engine.begin() as db:
            db.execute(text(sql))


@pytest.fixture(scope="module")
def dag() -> DAG:
    return DagBag(dag_folder=str(DAGS), bundle_name="dags-folder", bundle_path=DAGS).dags["hkpost_tracking"]


@pytest.fixture
def tracking(warehouse_url: str, monkeypatch: pytest.MonkeyPatch, dag: DAG) -> Iterator[ScheduledRuns]:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine, service = warehouse_engine(warehouse_url), ScriptedService()
    with service.running():
        tracking = ScheduledRuns(engine, service, monkeypatch, dag)
        tracking.connect()
        yield tracking
    engine.dispose()


# --- a refused account -------------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", REFUSALS)
def test_a_refusal_is_told_however_much_is_due_and_its_alert_stays_open(
    tracking: ScheduledRuns, reply: Reply
) -> None:
    tracking.register(400)
    tracking.service.script = lambda items: reply
    assert "fetch" in tracking.run()
    assert tracking.rows("SELECT 1 FROM hkpost.api_call WHERE outcome = 'not_sent'"), "some were never sent"
    alert = tracking.alerts()["account_refused"]
    assert alert.account == "hkpost_default"
    assert "fetch" in tracking.run()
    again = tracking.alerts()["account_refused"]
    assert again.raised_at == alert.raised_at, "the same alert, still open"
    tracking.service.script = answers
    assert tracking.run() == {}
    assert tracking.alerts() == {}


def test_a_wsdl_that_cannot_be_had_is_told_though_no_request_is_entered(tracking: ScheduledRuns) -> None:
    tracking.register(3)
    tracking.connect(extra={"wsdl": "http://127.0.0.1:9/nowhere?wsdl"})
    [why] = tracking.run().values()
    assert why in tracking.alerts()["account_unusable"].message
    assert tracking.rows("SELECT 1 FROM hkpost.api_call") == []
    tracking.connect()
    tracking.run()
    assert tracking.alerts() == {}


def test_a_setting_that_cannot_be_read_is_told_though_no_request_is_entered(tracking: ScheduledRuns) -> None:
    tracking.register(3)
    tracking.connect(extra={"lang": "X"})
    tracking.run()
    alert = tracking.alerts()["account_unusable"]
    assert (alert.account, "lang" in alert.message) == ("hkpost_default", True)
    tracking.connect()
    tracking.watch()
    assert tracking.alerts() == {}, "the watch sees that it can be read again"


def test_accounts_without_a_connection_are_one_alert(tracking: ScheduledRuns) -> None:
    for number in range(12):
        tracking.register(2, account=f"customer-{number:02d}", prefix=f"R{'ABCDEFGHIJKL'[number]}")
    tracking.run()
    alert = tracking.alerts()["account_unusable"]
    assert alert.account == ""
    assert "24 items are not asked about: their accounts (12) cannot be used" in alert.message
    assert "connection customer-00: there is none that may be read here" in alert.message


def test_a_failed_test_of_the_connection_raises_nothing_for_the_account(tracking: ScheduledRuns) -> None:
    tracking.register(3)
    tracking.run()
    tracking.service.script = lambda items: code(9992)
    form = {"conn_type": "hkpost", "host": tracking.service.url, "login": "sender", "password": "mistyped"}
    tracking.patch.setenv("AIRFLOW_CONN_ABCDEFGH", json.dumps(form))
    assert not HkpostHook("aBcDeFgH").test_connection()[0]
    tracking.watch()
    assert tracking.alerts() == {}


# --- a service that answers without answering --------------------------------------------------------------


def test_a_service_that_answers_with_empty_arrays_is_told(tracking: ScheduledRuns) -> None:
    tracking.register(40)
    tracking.service.script = lambda items: Reply(envelope())
    for _ in range(4):
        assert tracking.run() == {}
    assert (
        "of the 160 items in the latest 8 answers 160 are missing"
        in tracking.alerts()["items_unanswered"].message
    )
    tracking.service.script = answers
    tracking.run()
    tracking.execute(
        "UPDATE hkpost.api_call SET sent_at = sent_at - interval '3 days', quota_day = quota_day - 3"
    )
    tracking.watch()
    assert tracking.alerts() == {}


def test_nothing_is_fresh_after_hours_of_empty_arrays_by_alert_and_by_check(tracking: ScheduledRuns) -> None:
    tracking.register(3)
    tracking.service.script = lambda items: Reply(envelope())
    tracking.run()
    tracking.execute(
        "UPDATE hkpost.api_call SET sent_at = sent_at - interval '27 hours', quota_day = quota_day - 1"
    )
    tracking.run()
    assert "nothing_fresh" in tracking.alerts()
    [check] = tracking.rows("SELECT found FROM hkpost.quality_check WHERE name = 'nothing_fresh'")
    assert check.found == 3


@pytest.mark.parametrize("status", [1002, 1003, 1004])
def test_a_service_that_says_it_of_every_item_is_told_with_the_update_that_opens_them_again(
    tracking: ScheduledRuns, status: int
) -> None:
    tracking.register(45)
    tracking.service.script = lambda items: Reply(envelope("".join(item(number, status) for number in items)))
    assert tracking.run() == {}
    [left] = tracking.rows("SELECT count(*) AS n FROM hkpost.mail_item WHERE is_open")
    assert left.n == 0
    message = tracking.alerts()["mass_closing"].message
    assert "closed 45 of the 45 items asked about at once" in message
    tracking.execute(message[message.index("UPDATE ") : message.index("; the next run")])
    tracking.service.script = answers
    assert tracking.run() == {}
    [opened] = tracking.rows("SELECT count(*) AS n FROM hkpost.mail_item WHERE is_open AND closed_at IS NULL")
    assert opened.n == 45
    assert tracking.alerts() == {}


# --- the runs ----------------------------------------------------------------------------------------------


def test_a_failed_run_is_noted_with_its_tasks_and_told(tracking: ScheduledRuns) -> None:
    tracking.register(3)
    tracking.execute("UPDATE hkpost.mail_item SET event_count = 7")
    tracking.service.script = lambda items: Reply(envelope("".join(item(number, 1001) for number in items)))
    assert list(tracking.run()) == ["check_quality"]
    [noted] = tracking.rows("SELECT dag_id, run_id, ended_at IS NOT NULL, failed_tasks FROM hkpost.run")
    assert tuple(noted) == ("hkpost_tracking", "run-1", True, "check_quality")
    assert "failed in check_quality" in tracking.alerts()["run_failed"].message


def test_the_watch_tells_of_a_run_that_hangs(tracking: ScheduledRuns) -> None:
    HkpostSyncOperator(task_id="sync_open_items", open_items_sql="").execute(tracking.context())
    tracking.execute("UPDATE hkpost.run SET started_at = started_at - interval '61 minutes'")
    tracking.watch()
    assert "run run-0 of hkpost_tracking" in tracking.alerts()["run_stuck"].message
    [noted] = tracking.rows("SELECT ended_at FROM hkpost.run")
    assert noted.ended_at is None, "the watch's own run is no run of the pipeline"


def test_the_watch_of_a_database_without_the_schema_waits_for_it(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(empty_database))
    HkpostWatchOperator(task_id="watch").execute(task_context())


def test_the_watch_changes_no_schema_of_another_version_and_fails(tracking: ScheduledRuns) -> None:
    tracking.execute("UPDATE hkpost.alembic_version SET version_num = '0001'")
    with pytest.raises(UnfitDatabaseError, match="is at revision 0001"):
        tracking.watch()
    assert tracking.rows("SELECT version_num FROM hkpost.alembic_version") == [("0001",)]


# --- the business's query ----------------------------------------------------------------------------------


def test_a_query_of_the_business_that_hangs_is_ended_and_says_how_to_give_it_more_time(
    tracking: ScheduledRuns,
) -> None:
    tracking.execute("UPDATE hkpost.setting SET value = '1' WHERE name = 'open_items_seconds'")
    sync = HkpostSyncOperator(task_id="sync_open_items", open_items_sql="SELECT pg_sleep(60), 'X' AS item_no")
    began = datetime.now(UTC)
    with pytest.raises(AirflowFailException, match=r"open_items_seconds in hkpost\.setting"):
        sync.execute(tracking.context())
    assert (datetime.now(UTC) - began).total_seconds() < 30


def test_a_run_asks_no_longer_than_its_tasks_time_limit_lets_it(tracking: ScheduledRuns) -> None:
    tracking.execute("UPDATE hkpost.setting SET value = '600' WHERE name = 'max_run_minutes'")
    fetch = HkpostFetchOperator(
        task_id="fetch", plan={"account": "hkpost_default"}, execution_timeout=timedelta(hours=1)
    )
    assert fetch.job(tracking.engine, tracking.context()).max_run_s == 50 * 60
    unlimited = HkpostFetchOperator(task_id="fetch", plan={"account": "hkpost_default"})
    assert unlimited.job(tracking.engine, tracking.context()).max_run_s == 600 * 60
