"""mark_terminal as a task: what nothing can have changed is not computed again."""

from typing import Any

import pytest
from sqlalchemy import text

from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from tests.helpers.connection import connection
from tests.helpers.task_context import task_context

COMPUTED = (
    "SELECT max(taken_at), (SELECT max(taken_at) FROM hkpost.chart_series), (SELECT count(*) FROM hkpost.item_forecast)"
    " FROM hkpost.freshness_snapshot"
)


def test_a_run_with_nothing_due_leaves_what_was_computed_and_one_that_closes_an_item_does_not(
    warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)

    def run(sql: str) -> list[Any]:
        with engine.begin() as db:
            db.execute(text(sql))
        HkpostMarkTerminalOperator(task_id="mark_terminal").execute(task_context())
        with engine.connect() as db:
            return list(db.execute(text(COMPUTED)).one())

    first = run(
        "INSERT INTO hkpost.mail_item (item_no, next_poll_at) SELECT number, now() + interval '1 hour'"
        " FROM unnest(ARRAY['RB123456785HK', 'RB123456799HK']) AS number"
    )
    assert first[2] == 2
    assert run("SELECT 1") == first
    closed = run("UPDATE hkpost.mail_item SET state = 'cancelled' WHERE item_no = 'RB123456785HK'")
    assert closed[2] == 1
    assert closed[0] > first[0]
    engine.dispose()
