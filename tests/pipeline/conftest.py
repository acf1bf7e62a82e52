"""A simulator, an empty warehouse, a business table, and `make once` between them."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.once import environment
from hkpost_local.paths import PACKAGES
from hkpost_simulator.server import Simulator
from tests.helpers.connection import connection

PROJECT = Path(__file__).resolve().parents[2]
PASSWORD = "simulated-credential"
OPEN_ITEMS = (
    "SELECT item_no, order_ref AS source_ref, shipped_at AS registered_at"
    " FROM shop.shipment WHERE carrier = 'HKPOST'"
)


@dataclass
class Pipeline:
    """Runs of `hkpost_tracking` through Airflow, and what they left."""

    engine: Engine
    simulator: Simulator
    environment: dict[str, str]

    def once(self, **change: str) -> subprocess.CompletedProcess[str]:
        """Run the whole DAG in the foreground, as `make once` does."""
        return subprocess.run(
            [sys.executable, "-m", "hkpost_local", "once"],
            cwd=PROJECT,
            env={**self.environment, **change},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def rows(self, sql: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql)))

    def execute(self, sql: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(sql))


def left_by_airflow(home: Path) -> tuple[set[tuple[str, str]], str]:
    """What runs left in an Airflow home.

    Returns the tasks, with their DAGs, whose templates Airflow rendered and stored; and all that its metadata
    database (rendered templates, XCom, logs of actions) and its log files hold, as one text.
    """
    with closing(sqlite3.connect(home / "airflow.db")) as metadata:
        rendered = set(metadata.execute("SELECT dag_id, task_id FROM rendered_task_instance_fields"))
        database = "\n".join(metadata.iterdump())
    logs = [path.read_text("utf-8", "replace") for path in (home / "logs").rglob("*") if path.is_file()]
    return rendered, "\n".join([database, *logs])


def airflow_environment(home: Path) -> dict[str, str]:
    """The environment of `make once`, with nothing of an Airflow that is configured here."""
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
            clean.delenv(name)
        return {**os.environ, **environment(home), "PYTHONPATH": PACKAGES}


@pytest.fixture(scope="session")
def metadata(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Airflow's metadata database, made once and copied for each home."""
    home = tmp_path_factory.mktemp("airflow")
    make = "from airflow.utils import db; db.initdb()"
    subprocess.run([sys.executable, "-c", make], env=airflow_environment(home), check=True)
    return home / "airflow.db"


@pytest.fixture
def pipeline(empty_database: str, tmp_path: Path, metadata: Path) -> Iterator[Pipeline]:
    """600 items of the simulator in the business's table; the simulator's clock stands still."""
    engine = warehouse_engine(empty_database)
    with Simulator(items=600, seed=7, frozen=True, users={"sender": PASSWORD}) as simulator:
        with engine.begin() as db:
            db.execute(text("CREATE SCHEMA shop"))
            db.execute(
                text(
                    "CREATE TABLE shop.shipment (order_ref text, carrier text, item_no text, shipped_at timestamptz)"
                )
            )
            db.execute(
                text("INSERT INTO shop.shipment VALUES (:order_ref, 'HKPOST', :item_no, :shipped_at)"),
                [
                    {"order_ref": s.order_ref, "item_no": s.item_no, "shipped_at": s.shipped_at}
                    for s in simulator.shipments()
                ],
            )
            db.execute(text("INSERT INTO shop.shipment VALUES ('x', 'OTHER', '1Z999', now())"))
        service = {
            "conn_type": "hkpost",
            "host": simulator.url,
            "login": "sender",
            "password": PASSWORD,
        }
        home = tmp_path / "airflow"
        home.mkdir()
        shutil.copy(metadata, home)
        variables = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")},
            "PYTHONPATH": PACKAGES,
            "AIRFLOW_HOME": str(home),
            "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(service),
            "AIRFLOW_CONN_HKPOST_WAREHOUSE": connection(empty_database),
            "AIRFLOW_CONN_HKPOST_SOURCE": connection(empty_database),
            "AIRFLOW_VAR_HKPOST_OPEN_ITEMS_SQL": OPEN_ITEMS,
        }
        yield Pipeline(engine, simulator, variables)
    engine.dispose()
