"""hkpost_replay and hkpost_maintenance through Airflow, with their forms filled."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hkpost.ecship.rows import Texts
from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.answers_by_hand import ARRIVAL, POSTING, LoadedWarehouse, event, item_answer
from tests.helpers.connection import connection
from tests.helpers.replaying import contents
from tests.pipeline.conftest import PASSWORD, PROJECT, airflow_environment, left_by_airflow

RUN = """
import json, sys
from airflow.utils.cli import get_bagged_dag
for dag_id, form in json.loads(sys.argv[1]):
    run = get_bagged_dag(None, dag_id).test(logical_date=None, run_conf=form)
    states = {ti.task_id: str(ti.state) for ti in run.get_task_instances()}
    print("RAN", json.dumps([dag_id, str(run.state), states]), flush=True)
"""
ITEM = "RB123456785HK"
OTHER = "RB000000010HK"
PUZZLE = event("26-02-2026 08:00", Texts("Handed to the neighbour"))


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[LoadedWarehouse]:
    engine = warehouse_engine(warehouse_url)
    yield LoadedWarehouse(engine)
    engine.dispose()


def run_dags(
    url: str, home: Path, *forms: tuple[str, dict[str, object]]
) -> tuple[list[tuple[str, str, dict[str, str]]], str]:
    """Run DAGs one after another; returns (DAG, state, state of each task) of each, and what was logged."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps(forms)],
        cwd=PROJECT,
        env={
            **airflow_environment(home),
            "AIRFLOW_CONN_HKPOST_WAREHOUSE": connection(url),
            "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(
                {"conn_type": "hkpost", "login": "sender", "password": PASSWORD}
            ),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = done.stdout + done.stderr
    lines = [line for line in done.stdout.splitlines() if line.startswith("RAN ")]
    return [tuple(json.loads(line.removeprefix("RAN "))) for line in lines], said


def test_both_run_from_their_forms_and_keep_what_is_known(
    warehouse: LoadedWarehouse, warehouse_url: str, tmp_path: Path, metadata: Path
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, PUZZLE), item_answer(OTHER, POSTING, PUZZLE))
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    warehouse.run(
        "UPDATE hkpost.dim_wording SET event_type = 'EMI', in_ledger = true WHERE template = :t",
        t=PUZZLE.message.e,
    )
    before = contents(warehouse.engine, "tracking_event_change")
    shutil.copy(metadata, tmp_path)
    ran, said = run_dags(
        warehouse_url,
        tmp_path,
        # Airflow's test of a DAG forgets the DAG's run before: the one that is looked at comes last.
        ("hkpost_replay", {"item_nos": "the one of yesterday"}),
        (
            "hkpost_replay",
            {"buckets": 3, "item_nos": f"{ITEM}\n{OTHER}", "since": "2026-01-01T00:00:00+08:00"},
        ),
        ("hkpost_maintenance", {"vacuum": False}),
    )
    assert [(dag, state) for dag, state, _ in ran] == [
        ("hkpost_replay", "failed"),
        ("hkpost_replay", "success"),
        ("hkpost_maintenance", "success"),
    ], said
    assert contents(warehouse.engine, "tracking_event_change") == before
    assert [warehouse.item(no)["state"] for no in (ITEM, OTHER)] == ["delivered", "delivered"]
    assert warehouse.item(ITEM)["closed_at"] is not None, "mark_terminal closes what a replay found delivered"
    assert "answers: 2 of 2" in said
    assert "bucket 3 of 3: items: " in said
    assert "item_nos: 'the one of yesterday': there is no digit in it" in said
    assert ran[2][2] == {
        "partitions": "success",
        "retention": "success",
        "statistics": "skipped",
        "sizes": "success",
        "verdict": "success",
    }
    assert "raw_response_" in said, "old answers of this test got days of their own, and went"
    assert warehouse.value("SELECT count(*) FROM hkpost.raw_response") == 0
    assert warehouse.value("SELECT count(*) FROM hkpost.fact_tracking_event") == 5
    rendered, left = left_by_airflow(tmp_path)
    assert rendered >= {
        *(("hkpost_replay", step) for step in ("plan", "replay", "mark_terminal", "check_quality")),
        *(("hkpost_maintenance", step) for step in ("partitions", "retention", "statistics", "sizes")),
    }
    assert PASSWORD not in said + left
