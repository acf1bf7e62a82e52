"""The system tests' DAGs: with those of the package they use every operator and sensor that it offers."""

import inspect
from importlib import import_module
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG, BaseOperator
from airflow.serialization.serialized_objects import DagSerialization

from hkpost_airflow.provider import provider_info
from hkpost_airflow.teams import make_dags

SYSTEM = Path(__file__).resolve().parents[1] / "system"


@pytest.fixture(scope="module")
def examples() -> dict[str, DAG]:
    bag = DagBag(dag_folder=str(SYSTEM), bundle_name="system", bundle_path=SYSTEM)
    assert bag.import_errors == {}
    return dict(bag.dags)


def operators(dags: dict[str, DAG]) -> set[str]:
    return {step.task_type for dag in dags.values() for step in dag.tasks}


def test_the_system_tests_are_dags_that_airflow_can_store_and_no_failed_step_ends_green(
    examples: dict[str, DAG],
) -> None:
    assert {file.stem for file in SYSTEM.glob("example_*.py")} == set(examples)
    for dag in examples.values():
        assert DagSerialization.from_dict(DagSerialization.to_dict(dag)).task_dict.keys() == set(dag.task_ids)
        watcher = dag.get_task("watcher")
        assert watcher.upstream_task_ids == set(dag.task_ids) - {"watcher"}
        assert watcher.trigger_rule == "none_failed"


def test_every_operator_and_sensor_of_the_package_is_in_a_dag_that_can_be_run(
    examples: dict[str, DAG],
) -> None:
    offered = {
        name
        for kind in ("operators", "sensors")
        for entry in provider_info()[kind]
        for module in entry["python-modules"]
        for name, part in inspect.getmembers(import_module(module), inspect.isclass)
        if part.__module__ == module and issubclass(part, BaseOperator) and not name.startswith("_")
    }
    assert offered <= operators(examples) | operators(make_dags("hkpost"))
