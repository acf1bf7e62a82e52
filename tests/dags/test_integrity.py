"""Every DAG imports, is documented, owned, tagged, and retries only where a retry can help."""

import itertools
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG

DAGS = Path(__file__).resolve().parents[2] / "dags"


@pytest.fixture(scope="module")
def dags() -> dict[str, DAG]:
    bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder", bundle_path=DAGS)
    assert bag.import_errors == {}
    return dict(bag.dags)


def test_the_dags_are_those_of_the_contract(dags: dict[str, DAG]) -> None:
    assert set(dags) == {"hkpost_tracking"}


def test_every_dag_opens_with_triage_notes_and_has_an_owner_and_tags(dags: dict[str, DAG]) -> None:
    for dag in dags.values():
        assert "### Triage" in str(dag.doc_md)
        assert "hkpost" in dag.tags
        assert {task.owner for task in dag.tasks} == {"hkpost"}


def test_tracking_runs_every_15_minutes_one_run_at_a_time_without_catch_up(dags: dict[str, DAG]) -> None:
    dag = dags["hkpost_tracking"]
    assert dag.schedule == "*/15 * * * *"
    assert dag.max_active_runs == 1
    assert not dag.catchup


def test_the_steps_follow_the_way_of_the_data(dags: dict[str, DAG]) -> None:
    steps = ["sync_open_items", "plan", "fetch", "load", "mark_terminal", "check_quality", "verdict"]
    dag = dags["hkpost_tracking"]
    assert set(dag.task_ids) == set(steps)
    for earlier, later in itertools.pairwise(steps):
        assert later in dag.get_task(earlier).downstream_task_ids


def test_a_failed_step_never_ends_green(dags: dict[str, DAG]) -> None:
    dag = dags["hkpost_tracking"]
    verdict = dag.get_task("verdict")
    assert verdict.upstream_task_ids == set(dag.task_ids) - {"verdict"}
    assert verdict.trigger_rule == "none_failed"
    assert [leaf.task_id for leaf in dag.leaves] == ["verdict"]
