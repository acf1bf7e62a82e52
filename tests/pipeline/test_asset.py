"""A DAG that a user schedules on the asset by its URI, as the documentation says, in a real Airflow."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.pipeline.conftest import PROJECT, Pipeline

CONSUMER = """
from datetime import datetime

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Asset

with DAG("delivery_report", schedule=Asset("hkpost://fact_tracking_event"), is_paused_upon_creation=False):
    EmptyOperator(task_id="report")
"""


class UserAirflow:
    """A pipeline's Airflow whose DAG folder has a consumer of the asset beside the project's own DAGs."""

    def __init__(self, pipeline: Pipeline, folder: Path) -> None:
        self.pipeline = pipeline
        self.dags = folder
        shutil.copytree(PROJECT / "dags", folder)
        (folder / "delivery_report.py").write_text(CONSUMER)

    @property
    def environment(self) -> dict[str, str]:
        return {
            **self.pipeline.environment,
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        }

    def run(self) -> None:
        """One run of `hkpost_tracking`."""
        run = self.pipeline.once(AIRFLOW__CORE__DAGS_FOLDER=str(self.dags))
        assert run.returncode == 0, run.stdout + run.stderr

    def airflow(self, *command: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "airflow", *command],
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def metadata(self, sql: str) -> list[Any]:
        home = Path(self.pipeline.environment["AIRFLOW_HOME"])
        with closing(sqlite3.connect(home / "airflow.db")) as database:
            return database.execute(sql).fetchall()

    def updates(self) -> list[dict[str, Any]]:
        """What each update of the asset carries."""
        found = self.metadata(
            "SELECT event.extra FROM asset_event event JOIN asset ON asset.id = event.asset_id"
            " WHERE asset.name = 'hkpost://fact_tracking_event' ORDER BY event.id"
        )
        return [json.loads(extra) for (extra,) in found]

    def reports(self) -> list[Any]:
        """How the runs of the consumer were started and ended, once the scheduler has looked a few times."""
        self.airflow("scheduler", "--num-runs", "10", "--skip-serve-logs")
        return self.metadata("SELECT run_type, state FROM dag_run WHERE dag_id = 'delivery_report'")


@pytest.fixture
def user(pipeline: Pipeline, tmp_path: Path) -> UserAirflow:
    user = UserAirflow(pipeline, tmp_path / "dags")
    user.airflow("dags", "reserialize")
    return user


def test_a_dag_on_the_assets_uri_runs_when_something_changed_and_only_then(user: UserAirflow) -> None:
    user.run()
    [update] = user.updates()
    assert update["items_changed"] > 0
    assert user.reports() == [("asset_triggered", "success")]
    # The same answers once more: nothing is new.
    user.pipeline.execute("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open")
    user.run()
    assert len(user.updates()) == 1
    assert user.reports() == [("asset_triggered", "success")]
