"""Every operator looks at the schema before it writes: another version is reported, or migrated."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.operators.alert import HkpostAlertOperator
from hkpost_airflow.operators.answer import HkpostAnswerOperator
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.fetch_now import HkpostFetchNowOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.maintenance import (
    HkpostPartitionsOperator,
    HkpostRetentionOperator,
    HkpostSizesOperator,
    HkpostStatisticsOperator,
)
from hkpost_airflow.operators.mark_urgent import HkpostMarkUrgentOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.replay import HkpostReplayOperator, HkpostReplayPlanOperator
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from tests.helpers.connection import connection
from tests.helpers.other_code import NEXT, next_version

PLAN = {"account": "hkpost_default"}
BUCKET = {
    "bucket": 0,
    "buckets": 1,
    "since": "",
    "until": "",
    "account": None,
    "item_nos": [],
    "mark": "2026-03-02T04:00:00+00:00",
    "above": "",
    "up_to": None,
}
OPERATORS: list[Callable[[], BaseOperator]] = [
    lambda: HkpostSyncOperator(task_id="t", open_items_sql="SELECT 'RB123456785HK' AS item_no"),
    lambda: HkpostPlanOperator(task_id="t"),
    lambda: HkpostFetchOperator(task_id="t", plan=PLAN),
    lambda: HkpostLoadOperator(task_id="t"),
    lambda: HkpostMarkTerminalOperator(task_id="t"),
    lambda: HkpostQualityOperator(task_id="t", counts={}),
    lambda: HkpostAlertOperator(task_id="t"),
    lambda: HkpostMarkUrgentOperator(task_id="t", item_nos="RB123456785HK", account="hkpost_default"),
    lambda: HkpostFetchNowOperator(task_id="t", plan=PLAN),
    lambda: HkpostAnswerOperator(task_id="t", item_nos="RB123456785HK"),
    lambda: HkpostReplayPlanOperator(task_id="t"),
    lambda: HkpostReplayOperator(task_id="t", selection=BUCKET),
    lambda: HkpostPartitionsOperator(task_id="t"),
    lambda: HkpostRetentionOperator(task_id="t"),
    lambda: HkpostStatisticsOperator(task_id="t"),
    lambda: HkpostSizesOperator(task_id="t"),
]
CONTEXT = cast(Context, {"run_id": "manual__1"})


@pytest.fixture
def url(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    account = {
        "conn_type": "hkpost",
        "login": "sender",
        "password": "s3cret-1",
        "host": "http://127.0.0.1:9/",
    }
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    return warehouse_url


def written(url: str) -> list[Any]:
    """How often each table of the warehouse was written, and the revision it has."""
    engine = warehouse_engine(url)
    with engine.connect() as db:
        db.execute(text("SELECT pg_stat_force_next_flush()"))
        counts = db.execute(
            text(
                "SELECT relname, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables"
                " WHERE schemaname = 'hkpost' ORDER BY relname"
            )
        ).all()
    engine.dispose()
    return list(counts)


def test_an_operator_of_an_older_version_writes_nothing_and_says_what_to_install(
    url: str, tmp_path: Path
) -> None:
    with next_version(tmp_path):
        migrate(url)
    before = written(url)
    for operator in OPERATORS:
        with pytest.raises(
            AirflowFailException, match=f"at revision {NEXT}, made by .* nothing is written. Install"
        ):
            operator().execute(CONTEXT)
    assert written(url) == before
    _, words = HkpostHook("hkpost_default").test_connection()
    assert f"not in hkpost.api_call: the schema hkpost is at revision {NEXT}" in words


def test_an_operator_of_a_newer_version_migrates_first_where_the_login_owns_the_schema(
    url: str, tmp_path: Path
) -> None:
    with next_version(tmp_path, "CREATE TABLE hkpost.next (n integer)"):
        HkpostLoadOperator(task_id="t").execute(CONTEXT)
    engine = warehouse_engine(url)
    with engine.connect() as db:
        assert db.scalar(text("SELECT version_num FROM hkpost.alembic_version")) == NEXT
    engine.dispose()
