"""`make once`: one full run of hkpost_tracking in the foreground, against the connections in the environment."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hkpost.commands.connection_url import VARIABLE
from hkpost.warehouse.migrate import migrate
from hkpost_local.airflow_settings import connection_of, local_environment
from hkpost_local.interruption import raise_whoever_handles_signals
from hkpost_local.paths import PROJECT, private_folder
from hkpost_local.warehouse_address import warehouse

SERVICE_VARIABLE = "AIRFLOW_CONN_HKPOST_DEFAULT"
WHAT_TO_SET = f"""{SERVICE_VARIABLE} is not set. `make once` needs, in its environment:
  {SERVICE_VARIABLE}    the EC-Ship service, for example
    '{{"conn_type": "hkpost", "host": "https://…", "login": "<API username>", "password": "<API credential>"}}'
  {VARIABLE}  the warehouse, for example 'postgres://user:password@host:5432/database'
    (unset: the embedded PostgreSQL of this folder)
and, where the business's table is elsewhere or there is one at all:
  AIRFLOW_CONN_HKPOST_SOURCE     its database (unset: the warehouse)
  AIRFLOW_VAR_HKPOST_OPEN_ITEMS_SQL  the query that gives item_no"""


def once() -> int:
    """Migrate and run; returns the exit code, 1 when the run failed."""
    if not os.environ.get(SERVICE_VARIABLE):
        print(WHAT_TO_SET)
        return 2
    home = Path(os.environ.get("AIRFLOW_HOME") or private_folder("once")).absolute()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone_in(home), warehouse() as url:
        for line in migrate(url.render_as_string(hide_password=False)):
            print(f"warehouse: {line}")
        os.environ.setdefault(VARIABLE, json.dumps(connection_of(url)))
        os.environ.update(environment(home))
        _keep_private(home)
        interruption = raise_whoever_handles_signals()
        from hkpost_local.once_run import (
            run_in_foreground,  # Airflow reads its environment when it is imported
        )

        return run_in_foreground(interruption, home)


def environment(home: Path) -> dict[str, str]:
    """What Airflow's environment needs besides what it holds: nothing that is set already is changed.

    Without a metadata database in the environment or in an ``airflow.cfg``, Airflow takes SQLite in its home.
    """
    required = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        # Not that nothing is to be fetched, which Airflow warns of, nor what its libraries will drop one day.
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": "airflow.task.operators=INFO hkpost=INFO hkpost_airflow=INFO"
        " airflow.sdk.definitions.dag=ERROR py.warnings=ERROR",
    }
    return local_environment() | {name: os.environ.get(name) or value for name, value in required.items()}


def _keep_private(home: Path) -> None:
    """Let only its owner read what Airflow writes from now on, and its SQLite database of an earlier run."""
    os.umask(0o077)
    database = home / "airflow.db"
    if database.exists():
        database.chmod(0o600)


@contextmanager
def _alone_in(home: Path) -> Iterator[None]:
    """One run at a time in an Airflow home; the next one waits, and says for whom."""
    path = home / "hkpost_once.lock"
    path.touch(mode=0o600)
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(
                f"another `make once` (process {lock.read()}) runs in {home}: waiting for its end", flush=True
            )
            fcntl.flock(lock, fcntl.LOCK_EX)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
