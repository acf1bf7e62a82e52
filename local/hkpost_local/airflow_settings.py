"""The environment Airflow's services and tasks get on this machine: nothing of it is left to airflow.cfg."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from hkpost_local.paths import PROJECT
from hkpost_local.secrets_file import Secrets

UI_USER = "admin"
OPEN_ITEMS_SQL = (
    "SELECT item_no, order_ref AS source_ref, shipped_at AS registered_at, destination, promised_on "
    "FROM shop.shipment WHERE carrier = 'HKPOST'"
)


@dataclass(frozen=True, slots=True)
class AirflowSettings:
    """Where this machine's Airflow lives, what it connects to and the port its API listens on.

    `is_scheduled` False: DAGs run when they are triggered, never by their schedule.
    """

    home: Path
    metadata: URL
    warehouse: URL
    simulator_url: str
    simulator_login: str
    port: int
    secrets: Secrets
    is_scheduled: bool

    @property
    def address(self) -> str:
        """The URL of the UI and of the API."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The complete environment of a process of this Airflow.

        Another Airflow's settings are taken out of ours first: this one must not write to that one's database.
        """
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        return inherited | local_environment() | self._core() | self._api() | self._connections()

    def _core(self) -> dict[str, str]:
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "8",
            "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
            "AIRFLOW__CORE__FERNET_KEY": self.secrets.fernet_key,
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{self.address}/execution/",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": self.metadata.render_as_string(hide_password=False),
            "AIRFLOW__SCHEDULER__USE_JOB_SCHEDULE": str(self.is_scheduled),
            "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
            # A file that changed is read at once, whatever this says; the others need not be read every 30 s.
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        }

    def _api(self) -> dict[str, str]:
        return {
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__BASE_URL": self.address,
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API__SECRET_KEY": self.secrets.api_secret_key,
            "AIRFLOW__API_AUTH__JWT_SECRET": self.secrets.jwt_secret,
            "AIRFLOW__CORE__AUTH_MANAGER": (
                "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager"
            ),
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": f"{UI_USER}:admin",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(self.home / "passwords.json"),
        }

    def _connections(self) -> dict[str, str]:
        service = {
            "conn_type": "hkpost",
            "host": self.simulator_url,
            "login": self.simulator_login,
            "password": self.secrets.simulator_password,
        }
        warehouse = json.dumps(connection_of(self.warehouse))
        return {
            "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(service),
            "AIRFLOW_CONN_HKPOST_WAREHOUSE": warehouse,
            "AIRFLOW_CONN_HKPOST_SOURCE": warehouse,
            "AIRFLOW_VAR_HKPOST_OPEN_ITEMS_SQL": OPEN_ITEMS_SQL,
        }


def connection_of(url: URL) -> dict[str, str | int | None]:
    """A database's URL as the fields of an Airflow connection of type ``postgres``."""
    return {
        "conn_type": "postgres",
        "host": url.host,
        "port": url.port,
        "login": url.username,
        "password": url.password,
        "schema": url.database,
    }


def local_environment() -> dict[str, str]:
    """What every process here needs besides: 127.0.0.1 reached directly behind whatever proxy, bytecode kept."""
    given = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    names = ",".join(filter(None, [given, "127.0.0.1", "localhost"]))
    return {"NO_PROXY": names, "no_proxy": names, "PYTHONDONTWRITEBYTECODE": ""}
