"""Several teams in one Airflow: each its own DAGs, connections, Variables and asset."""

from typing import Any

import pytest
from airflow.sdk import DAG

from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID
from hkpost_airflow.operators.watch import HkpostWatchOperator
from hkpost_airflow.teams import make_dags


@pytest.fixture(scope="module")
def shop() -> dict[str, DAG]:
    return make_dags("shop")


def test_a_teams_dags_are_all_of_the_package_under_its_own_name(shop: dict[str, DAG]) -> None:
    assert set(shop) == {name.replace("hkpost", "shop") for name in make_dags("hkpost")}
    for dag in shop.values():
        assert "shop" in dag.tags
        assert {task.owner for task in dag.tasks} == {"shop"}


def task_of(dag: DAG, task_id: str) -> Any:
    return dag.get_task(task_id)


def conn_id(dag: DAG, task_id: str) -> str:
    task = task_of(dag, task_id)
    given = {**dag.default_args, **task.partial_kwargs} if task.is_mapped else vars(task)
    return str(given.get("warehouse_conn_id", getattr(task, "warehouse_conn_id", None)))


@pytest.mark.parametrize("name", ["hkpost", "shop"])
def test_every_task_of_a_team_works_on_its_own_warehouse_and_no_other(name: str) -> None:
    allowed = {f"{name}_warehouse", "{{ params.warehouse_conn_id }}", "None"}
    for dag in make_dags(name).values():
        for task_id in dag.task_ids:
            assert conn_id(dag, task_id) in allowed, (dag.dag_id, task_id)
        if "warehouse_conn_id" in dag.params:
            assert dag.params["warehouse_conn_id"] == f"{name}_warehouse"
        used = {conn_id(dag, task_id) for task_id in dag.task_ids if task_id != "verdict"}
        assert "None" not in used
    assert WAREHOUSE_CONN_ID == "hkpost_warehouse"


def test_nothing_of_a_teams_dags_has_the_name_of_another(shop: dict[str, DAG]) -> None:
    tracking = shop["shop_tracking"]
    sync = task_of(tracking, "sync_open_items")
    assert (sync.account, sync.source_conn_id) == ("shop_default", "shop_source")
    assert "shop_open_items_sql" in sync.open_items_sql
    assert task_of(tracking, "check_quality").asset == "hkpost://shop/fact_tracking_event"
    for watch in (tracking.get_task("alert"), shop["shop_watch"].get_task("watch")):
        assert isinstance(watch, HkpostWatchOperator)
        assert watch.tracking_dag_id == "shop_tracking"
        assert "shop_notifiers" in watch.notifiers
    assert shop["shop_track_now"].params["account"] == "shop_default"
    assert "shop_export_folder" in task_of(shop["shop_export"], "export").folder


def test_after_a_teams_dags_the_packages_own_are_as_before() -> None:
    make_dags("shop")
    assert task_of(make_dags("hkpost")["hkpost_tracking"], "check_quality").asset == (
        "hkpost://fact_tracking_event"
    )


def test_a_name_that_cannot_begin_an_id_is_refused() -> None:
    with pytest.raises(ValueError, match="no name for a team"):
        make_dags("my shop")
