"""Airflow's four services on this machine: metadata migrated, started one by one, waited for."""

import importlib.metadata
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from hkpost_local.airflow_api import AirflowApi
from hkpost_local.airflow_settings import UI_USER, AirflowSettings
from hkpost_local.paths import PROJECT
from hkpost_local.private_file import write_private
from hkpost_local.processes import Processes

SERVICES = {
    "api-server": ("api-server",),
    "scheduler": ("scheduler", "--skip-serve-logs"),
    "dag-processor": ("dag-processor",),
    "triggerer": ("triggerer", "--skip-serve-logs"),
}
DEADLINE_SECONDS = 180
POLL_SECONDS = 0.5

Say = Callable[[str], None]


class AirflowFailedError(RuntimeError):
    """Airflow did not come up, or not with our DAG; the text holds the end of the log that says why."""


def airflow(*arguments: str) -> list[str]:
    """The command line of one of Airflow's commands, in this very Python."""
    return [sys.executable, "-m", "airflow", *arguments]


def prepare_home(settings: AirflowSettings) -> None:
    """Airflow's folder, with the password of its one user."""
    settings.home.mkdir(mode=0o700, exist_ok=True)
    write_private(settings.home / "passwords.json", json.dumps({UI_USER: settings.secrets.ui_password}))


def migration_needed(settings: AirflowSettings) -> bool:
    """Whether Airflow's metadata database is not where this version of Airflow left it."""
    stamp = settings.home / "migrated.json"
    return not stamp.exists() or json.loads(stamp.read_text()) != _migrated_to(settings)


def begin_metadata_migration(settings: AirflowSettings, processes: Processes) -> None:
    """Start bringing Airflow's metadata database to this version's schema."""
    processes.start("migration", airflow("db", "migrate"), settings.environment(), PROJECT)


def end_metadata_migration(settings: AirflowSettings, processes: Processes, logs: Path) -> None:
    """Wait for what `begin_metadata_migration` started.

    :raises AirflowFailedError: when ``airflow db migrate`` fails.
    """
    if processes.wait_for("migration") != 0:
        raise AirflowFailedError(f"airflow db migrate failed:\n{tail(logs / 'migration.log')}")
    (settings.home / "migrated.json").write_text(json.dumps(_migrated_to(settings)))


def _migrated_to(settings: AirflowSettings) -> dict[str, str | None]:
    engine = create_engine(settings.metadata)
    try:
        with engine.connect() as connection:
            present = inspect(connection).has_table("alembic_version")
            revision = connection.scalar(text("SELECT version_num FROM alembic_version")) if present else None
    finally:
        engine.dispose()
    return {"airflow": importlib.metadata.version("apache-airflow-core"), "revision": revision}


def start_services(settings: AirflowSettings, processes: Processes) -> None:
    """Start the four services; none is waited for."""
    for name, arguments in SERVICES.items():
        processes.start(name, airflow(*arguments), settings.environment(), PROJECT)


def wait_until_healthy(api: AirflowApi, processes: Processes, logs: Path, say: Say) -> None:
    """Wait until every service says that it is well, and print each when it is.

    :raises AirflowFailedError: when one of the processes ended, or after three minutes.
    """
    printed: set[str] = set()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        health = api.health()
        for name in sorted(name for name, well in health.items() if well and name not in printed):
            printed.add(name)
            say(f"  {name.replace('_', '-')} is healthy")
        if health and all(health.values()):
            return
        _check_alive(processes, logs)
        if time.monotonic() > deadline:
            waiting = ", ".join(sorted(name for name, well in health.items() if not well)) or "the API server"
            raise AirflowFailedError(f"not healthy after {DEADLINE_SECONDS} s: {waiting}; its logs: {logs}")
        time.sleep(POLL_SECONDS)


def wait_for_dag(api: AirflowApi, dag_id: str, processes: Processes, logs: Path) -> None:
    """Wait until the DAG processor has read the DAG.

    :raises AirflowFailedError: when it cannot be read, with the reason.
    """
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not api.has_dag(dag_id):
        _check_alive(processes, logs)
        if errors := api.import_errors():
            raise AirflowFailedError("\n".join(errors))
        if time.monotonic() > deadline:
            raise AirflowFailedError(
                f"{dag_id} was not found after {DEADLINE_SECONDS} s:\n{tail(logs / 'dag-processor.log')}"
            )
        time.sleep(POLL_SECONDS)


def _check_alive(processes: Processes, logs: Path) -> None:
    for name in processes.ended():
        raise AirflowFailedError(f"{name} ended by itself:\n{tail(logs / f'{name}.log')}")


def tail(log: Path, lines: int = 30) -> str:
    """The last lines of a log file."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""
