"""check_quality as a task: Airflow's own table check, whose failure names the query to look with."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from airflow.sdk import Asset, Context
from airflow.sdk.definitions.asset import AssetUniqueKey
from airflow.sdk.exceptions import AirflowFailException
from airflow.sdk.execution_time.context import OutletEventAccessors
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.watch.quality import INVARIANTS
from hkpost_airflow.assets import NEWS
from hkpost_airflow.operators.quality import HkpostQualityOperator
from tests.helpers.connection import connection


@pytest.fixture
def engine(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def run(operator: HkpostQualityOperator) -> list[dict[str, Any]]:
    """Execute it; returns what each update of the asset carries."""
    events = OutletEventAccessors()
    operator.execute(cast(Context, {"outlet_events": events}))
    updates = events[NEWS].asset_alias_events
    by_its_uri = AssetUniqueKey.from_asset(Asset("hkpost://fact_tracking_event"))
    assert {update.dest_asset_key for update in updates} <= {by_its_uri}
    return [update.extra for update in updates]


def test_a_warehouse_that_keeps_its_promises_updates_the_asset_with_the_counts(engine: Engine) -> None:
    counts = {"answers": 3, "items_changed": 1}
    operator = HkpostQualityOperator(task_id="check_quality", counts=counts)
    assert run(operator) == [counts]
    assert [(result.name, result.success) for result in operator.check_results] == [
        (name, True) for name in INVARIANTS
    ]


@pytest.mark.parametrize("name", ["items_changed", "events_new", "events_changed", "retracted", "returned"])
def test_any_change_updates_the_asset(engine: Engine, name: str) -> None:
    assert run(HkpostQualityOperator(task_id="check_quality", counts={name: 1})) == [{name: 1}]


@pytest.mark.parametrize("counts", [{}, {"answers": 3, "items": 90, "items_changed": 0, "states": {}}])
def test_a_run_that_changed_nothing_does_not_update_the_asset(engine: Engine, counts: dict[str, Any]) -> None:
    assert run(HkpostQualityOperator(task_id="check_quality", counts=counts)) == []


def test_the_counts_of_mapped_tasks_are_added_up(engine: Engine) -> None:
    counts = [
        {"answers": 3, "items_changed": 0, "states": {"delivered": 1}},
        {"answers": 4, "items_changed": 2, "states": {"delivered": 1, "customs": 2}},
    ]
    operator = HkpostQualityOperator(task_id="check_quality", counts=counts)
    assert run(operator) == [{"answers": 7, "items_changed": 2, "states": {"delivered": 2, "customs": 2}}]


@pytest.mark.parametrize("outlets", [Asset("report"), [Asset("report"), Asset("copy")]])
def test_a_users_dag_gives_it_outlets_of_its_own(outlets: Any) -> None:
    given = outlets if isinstance(outlets, list) else [outlets]
    operator = HkpostQualityOperator(task_id="check_quality", counts={}, outlets=outlets)
    assert operator.outlets == [*given, NEWS]


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
