"""Every DAG imports, is documented, owned, tagged, and retries only where a retry can help."""

import itertools
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG
from airflow.sdk.exceptions import ParamValidationError

DAGS = Path(__file__).resolve().parents[2] / "dags"


@pytest.fixture(scope="module")
def dags() -> dict[str, DAG]:
    bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder", bundle_path=DAGS)
    assert bag.import_errors == {}
    return dict(bag.dags)


def test_the_dags_are_those_of_the_contract(dags: dict[str, DAG]) -> None:
    assert set(dags) == {
        "hkpost_export",
        "hkpost_maintenance",
        "hkpost_replay",
        "hkpost_track_now",
        "hkpost_tracking",
        "hkpost_watch",
    }


def test_a_dag_file_loads_no_library_that_only_a_task_needs() -> None:
    heavy = (
        "airflow.models.asset",
        "alembic",
        "babel",
        "lxml.objectify",
        "openlineage.client",
        "pandas",
        "pyarrow",
        "pycountry",
        "zeep",
    )
    look = (
        "import runpy, sys, airflow.sdk, airflow.providers.standard.operators.empty\n"
        "before = set(sys.modules)\n"
        "for path in sys.argv[1:]: runpy.run_path(path)\n"
        f"print(sorted((set(sys.modules) - before) & set({heavy})))"
    )
    files = [str(path) for path in sorted(DAGS.glob("*.py"))]
    ran = subprocess.run([sys.executable, "-c", look, *files], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_every_dag_opens_with_triage_notes_and_has_an_owner_and_tags(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        assert "### Triage" in str(dag.doc_md)
        assert "hkpost" in dag.tags
        assert {task.owner for task in dag.tasks} == {"hkpost"}


def test_nothing_hangs_for_ever_each_task_and_each_run_has_a_time_limit(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        assert dag.dagrun_timeout is not None, dag.dag_id
        for task in dag.tasks:
            assert task.execution_timeout is not None, (dag.dag_id, task.task_id)
            assert task.execution_timeout < dag.dagrun_timeout, (dag.dag_id, task.task_id)


def test_the_watch_needs_no_other_dag_and_is_short(dags: dict[str, DAG]) -> None:
    dag = dags["hkpost_watch"]
    assert str(dag.schedule) == "*/10 * * * *"
    assert (dag.max_active_runs, dag.catchup) == (1, False)
    assert dag.task_ids == ["watch"]
    assert dag.dagrun_timeout == timedelta(minutes=15)


def test_tracking_runs_every_15_minutes_one_run_at_a_time_without_catch_up(dags: dict[str, DAG]) -> None:
    dag = dags["hkpost_tracking"]
    assert (str(dag.schedule), dag.max_active_runs) == ("*/15 * * * *", 1)
    assert not dag.catchup


@pytest.mark.parametrize(
    ("dag_id", "steps"),
    [
        (
            "hkpost_tracking",
            [
                "sync_open_items",
                "plan",
                "fetch",
                "load",
                "mark_terminal",
                "check_quality",
                "alert",
                "verdict",
            ],
        ),
        (
            "hkpost_track_now",
            ["mark_urgent", "fetch", "load", "mark_terminal", "check_quality", "answer", "verdict"],
        ),
    ],
)
def test_the_steps_follow_the_way_of_the_data(dags: dict[str, DAG], dag_id: str, steps: list[str]) -> None:
    dag = dags[dag_id]
    assert set(dag.task_ids) == set(steps)
    for earlier, later in itertools.pairwise(steps):
        assert later in dag.get_task(earlier).downstream_task_ids


@pytest.mark.parametrize("dag_id", ["hkpost_tracking", "hkpost_track_now"])
def test_a_failed_step_never_ends_green(dags: dict[str, DAG], dag_id: str) -> None:
    dag = dags[dag_id]
    verdict = dag.get_task("verdict")
    assert verdict.upstream_task_ids == set(dag.task_ids) - {"verdict"}
    assert verdict.trigger_rule == "none_failed"
    assert [leaf.task_id for leaf in dag.leaves] == ["verdict"]


def test_track_now_runs_when_a_person_fills_its_form(dags: dict[str, DAG]) -> None:
    dag = dags["hkpost_track_now"]
    assert dag.schedule is None
    assert dag.params.get_param("item_nos").schema["format"] == "multiline"
    lang = dag.params.get_param("lang").schema
    assert lang["enum"] == [None, "A", "E", "C", "S"]
    assert set(lang["values_display"]) == {"null", "A", "E", "C", "S"}, "the form shows no code and no null"
    assert dag.params["account"] == "hkpost_default"
    with pytest.raises(ParamValidationError):
        dag.params.validate()


def test_every_mapped_task_goes_by_a_name(dags: dict[str, DAG]) -> None:
    mapped = [task for dag in dags.values() for task in dag.tasks if task.is_mapped]
    assert {task.task_id for task in mapped} == {"fetch", "replay"}
    assert all(task.map_index_template for task in mapped), "Airflow reads it from partial() alone"


def test_a_replay_goes_over_buckets_and_then_closes_and_checks(dags: dict[str, DAG]) -> None:
    dag = dags["hkpost_replay"]
    assert (str(dag.schedule), dag.max_active_runs) == ("None", 1)
    assert dag.get_task("replay").is_mapped
    for earlier, later in itertools.pairwise(["plan", "replay", "mark_terminal", "check_quality"]):
        assert later in dag.get_task(earlier).downstream_task_ids
    assert set(dag.params.dump().values()) == {None}


def test_maintenance_runs_every_day_and_no_step_waits_for_the_success_of_another(
    dags: dict[str, DAG],
) -> None:
    dag = dags["hkpost_maintenance"]
    assert (str(dag.schedule), dag.max_active_runs, dag.catchup) == ("15 20 * * *", 1, False)
    assert set(dag.task_ids) == {"partitions", "retention", "statistics", "sizes", "verdict"}
    assert all(dag.get_task(name).trigger_rule == "all_done" for name in ("statistics", "sizes"))
    assert dag.params.dump() == {"drop": True, "vacuum": True, "warehouse_conn_id": "hkpost_warehouse"}
    assert dag.get_task("verdict").upstream_task_ids == set(dag.task_ids) - {"verdict"}


def test_no_parameter_is_filled_with_a_text_that_the_form_takes_for_missing(dags: dict[str, DAG]) -> None:
    # Airflow's form keeps its button disabled while a string that may not be null is empty.
    for dag in dags.values():
        for name in dag.params:
            param = dag.params.get_param(name)
            assert param.schema.get("type") != "string" or param.value != "", (dag.dag_id, name)
