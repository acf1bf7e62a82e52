"""plan as a task: a run that has nothing to do skips what would do nothing, and no other run does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from airflow.providers.common.compat.sdk import DownstreamTasksSkipped
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.snapshots.backlog import count_backlog
from hkpost.warehouse.watch.runs import Run, note_ended, note_started
from hkpost_airflow.operators.plan import HkpostPlanOperator
from tests.helpers.connection import connection
from tests.helpers.task_context import task_context

LATER = ("fetch", "load", "mark_terminal", "check_quality")
BEFORE = Run("hkpost_tracking", "the-run-before", datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def engine(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A warehouse after a run: two items that are due in an hour, its counts, and its end without a failed task."""
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    account = {
        "conn_type": "hkpost",
        "host": "http://127.0.0.1:9/",
        "login": "sender",
        "password": "s3cret-1",
    }
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
    engine = warehouse_engine(warehouse_url)
    execute(
        engine,
        "INSERT INTO hkpost.mail_item (item_no, next_poll_at) SELECT number, now() + interval '1 hour'"
        " FROM unnest(ARRAY['RB123456785HK', 'RB123456799HK']) AS number",
    )
    count_backlog(engine)
    note_started(engine, BEFORE)
    note_ended(engine, BEFORE, ())
    yield engine
    engine.dispose()


def execute(engine: Engine, sql: str) -> None:
    with engine.begin() as db:
        db.execute(text(sql))


def skipped(operator: HkpostPlanOperator) -> list[str]:
    """The tasks that a run skips."""
    try:
        operator.execute(task_context())
    except DownstreamTasksSkipped as skip:
        return [str(task) for task in skip.tasks]
    return []


def test_a_run_that_has_nothing_to_do_skips_what_would_do_nothing(engine: Engine) -> None:
    assert skipped(HkpostPlanOperator(task_id="plan", skip_when_idle=LATER)) == list(LATER)
    assert skipped(HkpostPlanOperator(task_id="plan")) == [], "only where the DAG says which"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            "UPDATE hkpost.freshness_snapshot SET taken_at = now() - interval '31 minutes'", id="old counts"
        ),
        pytest.param(
            "INSERT INTO hkpost.account_lease (account, last_sent_at) VALUES ('a', now())", id="just asked"
        ),
        pytest.param(
            "INSERT INTO hkpost.mail_item (item_no, account) VALUES ('RB123456808HK', 'hkpost_default')",
            id="a new item",
        ),
        pytest.param(
            "INSERT INTO hkpost.raw_response (call_id, account, received_at, body)"
            " VALUES (1, 'hkpost_default', now(), '')",
            id="an answer that waits",
        ),
        pytest.param(
            "UPDATE hkpost.mail_item SET state = 'cancelled' WHERE item_no = 'RB123456785HK'",
            id="closed by a person",
        ),
        pytest.param(
            "UPDATE hkpost.mail_item SET api_status = 1003 WHERE item_no = 'RB123456785HK'", id="expired"
        ),
        pytest.param("UPDATE hkpost.run SET failed_tasks = 'check_quality'", id="a task failed before"),
        pytest.param("UPDATE hkpost.run SET ended_at = NULL", id="the run before was killed"),
        pytest.param("DELETE FROM hkpost.run", id="the first run"),
    ],
)
def test_a_run_with_anything_to_do_skips_nothing(engine: Engine, change: str) -> None:
    execute(engine, change)
    assert skipped(HkpostPlanOperator(task_id="plan", skip_when_idle=LATER)) == []
