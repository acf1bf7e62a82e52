"""The whole system on one machine: the simulated service and Airflow around a running PostgreSQL."""

import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, make_url

from hkpost.warehouse.migrate import migrate
from hkpost_local import airflow_services
from hkpost_local.airflow_api import AirflowApi
from hkpost_local.airflow_services import DEADLINE_SECONDS, AirflowFailedError, tail
from hkpost_local.airflow_settings import UI_USER, AirflowSettings, no_proxy_for_this_machine
from hkpost_local.embedded import EmbeddedPostgres, free_port
from hkpost_local.generated import secrets_of
from hkpost_local.place import METADATA, PROJECT, WAREHOUSE, private_folder, state_folder
from hkpost_local.processes import Processes
from hkpost_local.progress import Progress
from hkpost_local.shop import fill_shop
from hkpost_local.simulated import LOGIN, SimulatedWorld, SimulatorControl

DAG_ID = "hkpost_tracking"


def processes() -> Processes:
    """The processes of this project's system, whichever command started them."""
    return Processes(private_folder("run") / "processes.json", private_folder("logs"))


def start_simulator(world: SimulatedWorld, clock: list[str]) -> str:
    """Start the simulated service and wait until it answers.

    :param clock: further options about its clock.
    :returns: the URL to POST to.
    """
    started = processes()
    command = [sys.executable, "-m", "hkpost.simulator", *world.arguments(), *clock]
    log = started.start("simulator", command, inherited_environment(), PROJECT)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not (url := log.read_text().partition("\n")[0]).startswith("http"):
        if started.ended() or time.monotonic() > deadline:
            raise RuntimeError(f"the simulator did not start:\n{tail(log)}")
        time.sleep(0.05)
    return url


def control_of(simulator_url: str) -> SimulatorControl:
    """The control face of the simulator behind the URL to POST to."""
    parts = urlsplit(simulator_url)
    return SimulatorControl(f"{parts.scheme}://{parts.netloc}")
