"""The whole system on one machine: the simulated service and Airflow around a running PostgreSQL."""

import os
import sys
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost_local import airflow_services as services
from hkpost_local.airflow_api import AirflowApi
from hkpost_local.airflow_services import DEADLINE_SECONDS, tail
from hkpost_local.airflow_settings import UI_USER, AirflowSettings, local_environment
from hkpost_local.analyst import let_analyst_in
from hkpost_local.embedded import EmbeddedPostgres
from hkpost_local.first_look import first_look
from hkpost_local.paths import METADATA, PACKAGES, PROJECT, WAREHOUSE, private_folder, state_folder
from hkpost_local.ports import kept_port
from hkpost_local.progress import Progress
from hkpost_local.secrets_file import secrets_of
from hkpost_local.shop import fill_shop
from hkpost_local.simulated import LOGIN, SimulatedWorld, SimulatorControl, keep_world
from hkpost_local.state import clear_addresses, registered_processes

DAG_ID = "hkpost_tracking"
WATCH_DAG_ID = "hkpost_watch"


class System:
    """Everything that runs around PostgreSQL: `start` it once, then use `api`, `simulator` and `warehouse`.

    :param world: the simulated world.
    :param is_scheduled: whether DAGs run by their schedule, too.
    """

    def __init__(
        self, postgres: EmbeddedPostgres, world: SimulatedWorld, say: Progress, *, is_scheduled: bool
    ) -> None:
        self.warehouse_url = postgres.url(WAREHOUSE).render_as_string(hide_password=False)
        self.warehouse = warehouse_engine(self.warehouse_url)
        self.world = world
        self._is_scheduled = is_scheduled
        self._postgres = postgres
        self._say = say
        self._logs = private_folder("logs")
        self._processes = registered_processes()
        self._open = ExitStack()
        self._open.callback(self.warehouse.dispose)
        self.secrets = secrets_of(state_folder())
        self.known_before: dict[str, dict[str, Any]] = {}
        self.api: AirflowApi
        self.simulator: SimulatorControl
        self.settings: AirflowSettings

    def start(self, *, is_frozen: bool, looks_back: bool = False) -> None:
        """Start the simulator and Airflow, migrate, fill the business's table, and wait until all is well.

        :param is_frozen: whether the simulated clock stands still at this moment, or goes on from it.
        :param looks_back: whether to ask about what was known two days ago first; `known_before` holds it then.
        """
        self._processes.stop_all()
        clear_addresses()
        began = datetime.now(UTC)
        keep_world(state_folder(), self.world)
        simulator_url = self._start_simulator()
        self.settings = self._settings(simulator_url)
        services.prepare_home(self.settings)
        is_migration_needed = services.migration_needed(self.settings)
        if is_migration_needed:
            self._say("migrating Airflow's metadata database")
            services.begin_metadata_migration(self.settings, self._processes)
        self._prepare_warehouse()
        if looks_back:
            self._look_back(simulator_url)
        self.simulator.set_clock(datetime.now(UTC), is_frozen=is_frozen)
        if is_migration_needed:
            services.end_metadata_migration(self.settings, self._processes, self._logs)
        self._start_airflow()
        for run_id in self.api.unfinished_runs(DAG_ID, queued_before=began):
            self.api.fail_run(DAG_ID, run_id)
            self._say(f"run {run_id}, which an earlier command left unfinished, is marked as failed")

    def stop(self) -> None:
        """End everything that runs."""
        self.leave()
        self._processes.stop_all()

    def leave(self) -> None:
        """Close our own connections; what runs goes on."""
        self._open.close()

    def _start_simulator(self) -> str:
        command = [sys.executable, "-m", "hkpost_simulator", *self.world.arguments(), "--frozen"]
        command.append(f"--port={kept_port(private_folder('run') / 'simulator.port')}")
        log = self._processes.start(
            "simulator", command, {**os.environ, **local_environment(), "PYTHONPATH": PACKAGES}, PROJECT
        )
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not (url := log.read_text().partition("\n")[0]).startswith("http"):
            if self._processes.ended() or time.monotonic() > deadline:
                raise RuntimeError(f"the simulator did not start:\n{tail(log)}")
            time.sleep(0.05)
        parts = urlsplit(url)
        self.simulator = SimulatorControl(f"{parts.scheme}://{parts.netloc}")
        self._open.callback(self.simulator.close)
        self.simulator.set_password(LOGIN, self.secrets.simulator_password)
        self._say(f"simulated EC-Ship service at {url}, its clock at now")
        return url

    def _look_back(self, simulator_url: str) -> None:
        self.known_before = first_look(
            self.warehouse, self.simulator, simulator_url, self.secrets.simulator_password
        )
        self._say(f"two days ago: {len(self.known_before):,} items were asked about and loaded")

    def _settings(self, simulator_url: str) -> AirflowSettings:
        return AirflowSettings(
            home=private_folder("airflow"),
            metadata=self._postgres.url(METADATA),
            warehouse=self._postgres.url(WAREHOUSE),
            simulator_url=simulator_url,
            simulator_login=LOGIN,
            port=kept_port(private_folder("run") / "ui.port"),
            secrets=self.secrets,
            is_scheduled=self._is_scheduled,
        )

    def _prepare_warehouse(self) -> None:
        for line in migrate(self.warehouse_url):
            self._say(f"warehouse: {line}")
        rows = fill_shop(self.warehouse, self.world)
        self._say(
            f"the business's table shop.shipment holds {rows:,} shipments, {self.world.items:,} by HKPOST"
        )
        let_analyst_in(self.warehouse, self.secrets.analyst_password)

    def _start_airflow(self) -> None:
        self._say(f"Airflow's four services start at {self.settings.address}")
        services.start_services(self.settings, self._processes)
        self.api = AirflowApi(self.settings.address)
        self._open.callback(self.api.close)
        services.wait_until_healthy(self.api, self._processes, self._logs, self._say)
        self.api.login(UI_USER, self.secrets.ui_password)
        for dag_id in (DAG_ID, WATCH_DAG_ID):
            services.wait_for_dag(self.api, dag_id, self._processes, self._logs)
