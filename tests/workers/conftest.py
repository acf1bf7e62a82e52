"""Airflow with the CeleryExecutor: a real Redis, two workers, and two API accounts of one simulated service."""

import json
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import create_engine, text

from hkpost_local.airflow_services import airflow as airflow_command
from hkpost_local.airflow_services import wait_for_dag
from hkpost_local.airflow_settings import AirflowSettings, connection_of
from hkpost_local.embedded import EmbeddedPostgres
from hkpost_local.paths import PROJECT
from hkpost_local.ports import free_port
from hkpost_local.progress import Progress
from hkpost_local.shared_postgres import running_postgres
from hkpost_local.simulated import LOGIN, SimulatedWorld, new_world
from hkpost_local.system import System

ITEMS = 3_600
SECOND_LOGIN = "second"
SECOND_ACCOUNT = "hkpost_b"
TEAM = "shop"
TEAM_LOGIN = "third"
TEAM_WAREHOUSE = "shop_warehouse"
TEAM_ITEMS = 90
TEAM_DAGS = f"""from airflow.sdk import DAG

from hkpost_airflow.teams import make_dags

globals().update(make_dags("{TEAM}"))
"""
TEAM_ITEMS_SQL = (
    f"SELECT item_no FROM shop.shipment WHERE carrier = 'HKPOST' ORDER BY item_no LIMIT {TEAM_ITEMS}"
)
WORKERS = ("worker-1", "worker-2")
PATIENCE_S = 600
LATENCY_S = 0.3
OPEN_ITEMS_SQL = (
    "SELECT item_no, order_ref AS source_ref, shipped_at AS registered_at,"
    f" CASE WHEN row_number() OVER (ORDER BY item_no) % 2 = 0 THEN '{SECOND_ACCOUNT}' ELSE 'hkpost_default' END"
    " AS account FROM shop.shipment WHERE carrier = 'HKPOST'"
)


@dataclass(frozen=True)
class CelerySettings(AirflowSettings):
    """The settings of `make up`, but for the executor, its broker, and a second account."""

    broker: str = ""

    def environment(self) -> dict[str, str]:
        second = {
            "conn_type": "hkpost",
            "host": self.simulator_url,
            "login": SECOND_LOGIN,
            "password": self.secrets.simulator_password,
            # What is held in flight until the other account has begun is no failure.
            "extra": {"timeout_s": PATIENCE_S},
        }
        first = {**second, "login": LOGIN}
        team = self.home / "team"
        team.mkdir(parents=True, exist_ok=True)
        (team / "shop.py").write_text(TEAM_DAGS)
        local = "airflow.dag_processing.bundles.local.LocalDagBundle"
        bundles = [
            {"name": "dags-folder", "classpath": local, "kwargs": {}},
            {"name": TEAM, "classpath": local, "kwargs": {"path": str(team)}},
        ]
        team_warehouse = connection_of(self.warehouse.set(database=TEAM_WAREHOUSE))
        results = self.metadata.render_as_string(hide_password=False)
        return AirflowSettings.environment(self) | {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CELERY__BROKER_URL": self.broker,
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+{results}",
            # One task a worker: the two accounts' fetching can only run side by side on both workers.
            "AIRFLOW__CELERY__WORKER_CONCURRENCY": "1",
            "AIRFLOW__CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
            # A worker that is killed is missed soon, so that its task is tried again within the test.
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "2",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "5",
            "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(first),
            f"AIRFLOW_CONN_{SECOND_ACCOUNT.upper()}": json.dumps(second),
            "AIRFLOW_VAR_HKPOST_OPEN_ITEMS_SQL": OPEN_ITEMS_SQL,
            "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
            "AIRFLOW_CONN_SHOP_DEFAULT": json.dumps({**second, "login": TEAM_LOGIN}),
            "AIRFLOW_CONN_SHOP_WAREHOUSE": json.dumps(team_warehouse),
            "AIRFLOW_CONN_SHOP_SOURCE": json.dumps(connection_of(self.warehouse)),
            "AIRFLOW_VAR_SHOP_OPEN_ITEMS_SQL": TEAM_ITEMS_SQL,
        }


class CelerySystem(System):
    """The local system with workers of their own around a Redis."""

    def __init__(self, postgres: EmbeddedPostgres, world: SimulatedWorld, broker: str, say: Progress) -> None:
        super().__init__(postgres, world, say, is_scheduled=False)
        self._broker = broker

    def _settings(self, simulator_url: str) -> AirflowSettings:
        plain = super()._settings(simulator_url)
        fields = {name: getattr(plain, name) for name in AirflowSettings.__slots__}
        return CelerySettings(**fields, broker=self._broker)

    def wait_for_team(self) -> None:
        """Until the other team's DAGs are read as well."""
        wait_for_dag(self.api, f"{TEAM}_tracking", self._processes, self._logs)

    def start_worker(self, name: str) -> None:
        command = airflow_command("celery", "worker", "--celery-hostname", f"{name}@%h", "--skip-serve-logs")
        self._processes.start(name, command, self.settings.environment(), PROJECT)

    def kill_worker_of(self, pid: int) -> str:
        """SIGKILL to the worker that runs a process, with every process of its tasks; returns its name."""
        for entry in self._processes.running():
            if entry.name in WORKERS:
                family = [worker := psutil.Process(entry.pid), *worker.children(recursive=True)]
                if pid in {process.pid for process in family}:
                    for process in family:
                        process.send_signal(signal.SIGKILL)
                    psutil.wait_procs(family, timeout=30)
                    return entry.name
        raise AssertionError(f"no worker runs process {pid}")


@dataclass
class Workers:
    """The running system and questions to its tables and to the service."""

    system: CelerySystem

    def rows(self, sql: str, **values: object) -> list[Any]:
        with self.system.warehouse.connect() as connection:
            return list(connection.execute(text(sql), values))

    def team_rows(self, sql: str) -> list[Any]:
        """From the other team's warehouse."""
        engine = create_engine(self.system.settings.warehouse.set(database=TEAM_WAREHOUSE))
        with engine.connect() as connection:
            found = list(connection.execute(text(sql)))
        engine.dispose()
        return found

    def execute(self, sql: str) -> None:
        with self.system.warehouse.begin() as connection:
            connection.execute(text(sql))

    def log(self) -> list[dict[str, Any]]:
        """What the service saw."""
        return list(
            httpx.get(f"{self.system.simulator.address}/_sim/log", timeout=60, trust_env=False).json()
        )

    def slow(self, seconds: float) -> None:
        """Let the service wait so long before each answer."""
        self._tell("latency", {"seconds": seconds})

    def hold(self, held: bool) -> None:
        """Let the service keep requests in flight, or answer them."""
        self._tell("hold", {"held": held})

    def _tell(self, route: str, value: dict[str, object]) -> None:
        url = f"{self.system.simulator.address}/_sim/{route}"
        httpx.post(url, json=value, timeout=60, trust_env=False).raise_for_status()

    def wait(self, what: str, found: Any) -> Any:
        """Wait until `found()` gives something."""
        gives_up_at = time.monotonic() + PATIENCE_S
        while not (result := found()):
            if time.monotonic() > gives_up_at:
                raise AssertionError(f"{what} never came")
            time.sleep(0.2)
        return result

    def tasks(self, run_id: str) -> list[dict[str, Any]]:
        path = f"/api/v2/dags/hkpost_tracking/dagRuns/{run_id}/taskInstances"
        return list(self.system.api._call("GET", path)["task_instances"])


@pytest.fixture(scope="package")
def redis_url(redis_server: str) -> Iterator[str]:
    """A Redis of this session's own on a free port of this machine."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with tempfile.TemporaryDirectory(prefix="hkpost-redis-") as folder:
        process = subprocess.Popen([redis_server, *options, "--dir", folder], stdout=subprocess.DEVNULL)
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()
        process.wait()


@pytest.fixture(scope="package")
def workers(redis_url: str) -> Iterator[Workers]:
    folder = Path(tempfile.mkdtemp(prefix="hkpost-workers-"))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HKPOST_STATE", str(folder))
        try:
            with running_postgres() as postgres:
                postgres.ensure_databases([TEAM_WAREHOUSE])
                world = replace(new_world(), items=ITEMS)
                system = CelerySystem(postgres, world, redis_url, Progress())
                try:
                    system.start(is_frozen=True)
                    for login in (SECOND_LOGIN, TEAM_LOGIN):
                        system.simulator.set_password(login, system.secrets.simulator_password)
                    for name in WORKERS:
                        system.start_worker(name)
                    system.wait_for_team()
                    for dag_id in ("hkpost_tracking", f"{TEAM}_tracking"):
                        system.api.pause(dag_id, paused=False)
                    yield Workers(system)
                finally:
                    system.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)
