"""check_quality as a task: Airflow's own table check, whose failure names the query to look with."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException
from pipeline.conftest import connection
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.quality import INVARIANTS
from hkpost_airflow.assets import FACT_TRACKING_EVENT
from hkpost_airflow.operators.quality import HkpostQualityOperator


@pytest.fixture
def engine(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def run(operator: HkpostQualityOperator) -> dict[str, Any]:
    """Execute it; returns what the asset's update carries."""
    update = SimpleNamespace(extra={})
    operator.execute(cast(Context, {"outlet_events": {FACT_TRACKING_EVENT: update}}))
    return update.extra


def test_a_warehouse_that_keeps_its_promises_updates_the_asset_with_the_counts(engine: Engine) -> None:
    operator = HkpostQualityOperator(task_id="check_quality", counts={"answers": 3})
    assert run(operator) == {"answers": 3}
    assert [(result.name, result.success) for result in operator.check_results] == [
        (name, True) for name in INVARIANTS
    ]


def test_the_counts_of_mapped_tasks_are_added_up(engine: Engine) -> None:
    counts = [
        {"answers": 3, "states": {"delivered": 1}},
        {"answers": 4, "states": {"delivered": 1, "customs": 2}},
    ]
    operator = HkpostQualityOperator(task_id="check_quality", counts=counts)
    assert run(operator) == {"answers": 7, "states": {"delivered": 2, "customs": 2}}


def test_a_broken_invariant_fails_without_retry_and_names_the_query(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(text("INSERT INTO hkpost.mail_item (item_no, state) VALUES ('RB000000010HK', 'returned')"))
    operator = HkpostQualityOperator(task_id="check_quality", counts={})
    says = "BROKEN closed_without_reason: 1 items .*; look with: SELECT .* FROM hkpost.mail_item WHERE NOT is_open"
    with pytest.raises(AirflowFailException, match=says):
        run(operator)
    assert {result.name for result in operator.check_results if not result.success} == {
        "closed_without_reason"
    }
