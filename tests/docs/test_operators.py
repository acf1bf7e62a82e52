"""docs/operators.md is what the operators, the hook and the notifier take, and the DAG in it works as it stands."""

import re
from typing import Any

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, TriggerRule
from sqlalchemy import Engine

from hkpost_local.operator_reference import EXAMPLE, operator_reference, operators

from .conftest import PROJECT

REFERENCE = PROJECT / "docs" / "operators.md"


@pytest.fixture(scope="module")
def example() -> DAG:
    bag = DagBag(dag_folder=str(EXAMPLE), bundle_name="docs", bundle_path=EXAMPLE.parent)
    assert bag.import_errors == {}
    [dag] = bag.dags.values()
    return dag


def test_the_reference_is_that_of_the_code(request: pytest.FixtureRequest) -> None:
    written = operator_reference()
    if request.config.getoption("--write-docs"):
        REFERENCE.write_text(written, encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == written, (
        "make test ARGS='tests/docs --write-docs' writes it again"
    )


def test_the_reference_has_every_operator_of_the_dags() -> None:
    used = {
        name
        for file in (PROJECT / "dags").glob("*.py")
        for name in re.findall(r"\bHkpost\w+Operator\b", file.read_text(encoding="utf-8"))
    }
    assert used == {kind.__name__ for kind in operators() if kind.__name__.endswith("Operator")}


def test_the_example_loads_what_was_answered_and_never_ends_green_after_a_failure(example: DAG) -> None:
    load, verdict = example.task_dict["load"], example.task_dict["verdict"]
    assert load.trigger_rule == TriggerRule.ALL_DONE
    assert verdict.trigger_rule == TriggerRule.NONE_FAILED
    assert verdict.upstream_task_ids == set(example.task_dict) - {"verdict"}


def test_the_examples_queries_run_and_tell_the_shop_of_each_delivery(demo: Engine, example: DAG) -> None:
    sync: Any = example.task_dict["sync"]
    tell_the_shop: Any = example.task_dict["tell_the_shop"]
    with demo.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA shop")
        connection.exec_driver_sql(
            "CREATE TABLE shop.parcel AS SELECT item_no, source_ref AS order_no, NULL::timestamptz AS delivered_at"
            " FROM hkpost.mail_item"
        )
        parcels = connection.exec_driver_sql(sync.open_items_sql).mappings().all()
        connection.exec_driver_sql(tell_the_shop.sql)
        left = connection.exec_driver_sql(sync.open_items_sql).all()
        delivered = connection.exec_driver_sql(
            "SELECT count(*) FROM hkpost.mail_item WHERE state = 'delivered' AND delivered_at IS NOT NULL"
        ).scalar_one()
        connection.rollback()
    assert {"item_no", "source_ref"} == set(parcels[0])
    assert len(parcels) - len(left) == delivered > 0
