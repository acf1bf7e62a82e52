"""`make compat VERSION=3.2.2`: the wheel in an environment of that Airflow, one run against the simulator, in words.

The environment is made as a platform team makes it: Airflow as the package index had it at its release, then the wheel
with everything that is installed as constraints. It is removed at the end.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL, create_engine, text

from hkpost_local.embedded import EmbeddedPostgres
from hkpost_local.paths import PROJECT
from hkpost_local.progress import Progress
from hkpost_simulator import Simulator

RELEASED = {"3.1.8": "2026-03-17", "3.2.2": "2026-06-02", "3.3.2": "2026-09-18"}
"""The days after Airflow's releases: the package index as it was then is what Airflow's constraints were made of."""
ITEMS = 90
_BUNDLE = [{"name": "hkpost", "classpath": "hkpost_airflow.bundle.HkpostDagBundle", "kwargs": {}}]
_WARNED = re.compile(r"Plugin Import Error|Failed to import|Traceback")


class IncompatibleError(RuntimeError):
    """The wheel does not do in that environment what it should; the message says what."""


@dataclass(frozen=True)
class Environment:
    """A virtual environment with an Airflow, and a home for it."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "venv" / "bin" / "python")

    def run(self, *command: str, variables: Mapping[str, str] | None = None) -> str:
        """What a command printed, run to its end.

        Raises:
            IncompatibleError: it failed; with the end of what it printed.
        """
        home = self.folder / "airflow"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHON"))
        }
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env={**kept, "AIRFLOW_HOME": str(home), **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )
        printed = ran.stdout + ran.stderr
        if ran.returncode:
            raise IncompatibleError(f"{' '.join(command)}\n{printed[-6000:]}")
        return printed

    def installed(self) -> set[str]:
        """Its packages with their versions."""
        return set(
            re.findall(r"^\S+==\S+", self.run(*_uv("pip", "freeze", "--python", self.python)), re.MULTILINE)
        )


def compat(version: str = "3.2.2", released: str = "") -> int:
    """Install and run; returns the exit code."""
    released = released or RELEASED.get(version, "")
    if not released:
        print(f"the day of its release? make compat VERSION={version} RELEASED=2026-06-02", file=sys.stderr)
        return 2
    say = Progress()
    with tempfile.TemporaryDirectory(prefix="hkpost-compat-", dir="/var/tmp") as folder:
        environment = Environment(Path(folder))
        environment.folder.chmod(0o755)
        say(f"Airflow {version} as of {released}")
        _install(environment, version, released, say)
        _run(environment, say)
    say(f"Airflow {version}: works")
    return 0


def _uv(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "uv", *arguments)


def _install(environment: Environment, version: str, released: str, say: Progress) -> None:
    folder = environment.folder
    environment.run(*_uv("build", "--quiet", "--wheel", "--out-dir", str(folder / "dist"), str(PROJECT)))
    environment.run(*_uv("venv", "--quiet", "--python", sys.executable, str(folder / "venv")))
    install = _uv("pip", "install", "--quiet", "--python", environment.python)
    environment.run(*install, "--exclude-newer", released, f"apache-airflow=={version}")
    before = environment.installed()
    constraints = folder / "airflow.txt"
    constraints.write_text("\n".join(before))
    (wheel,) = (folder / "dist").glob("*.whl")
    environment.run(*install, "--constraint", str(constraints), str(wheel))
    if moved := before - environment.installed():
        raise IncompatibleError(f"moved: {', '.join(sorted(moved))}")
    environment.run(*_uv("pip", "check", "--python", environment.python))
    names = ("sqlalchemy", "apache-airflow-providers", "pandas", "psycopg=")
    found = sorted(line for line in environment.installed() if line.startswith(names))
    say(f"{wheel.name} installed, nothing moved, all fits: {', '.join(found)}")


def _run(environment: Environment, say: Progress) -> None:
    postgres = EmbeddedPostgres(environment.folder / "postgres", durable=False)
    postgres.start()
    try:
        with Simulator() as service:
            _run_against(environment, postgres.url(), service, say)
    finally:
        postgres.stop()


def _run_against(environment: Environment, warehouse: URL, service: Simulator, say: Progress) -> None:
    address = warehouse.set(drivername="postgresql").render_as_string(hide_password=False)
    account = {"conn_type": "hkpost", "host": service.url, "login": "simulator", "password": "simulator"}
    variables = {
        "HKPOST_WAREHOUSE_URL": address,
        "AIRFLOW_CONN_HKPOST_WAREHOUSE": address.replace("postgresql:", "postgres:"),
        "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(account),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(_BUNDLE),
    }
    airflow = str(environment.folder / "venv" / "bin" / "airflow")

    def run(*command: str) -> str:
        printed = environment.run(*command, variables=variables)
        if _WARNED.search(printed):
            raise IncompatibleError(printed[-6000:])
        return printed

    say(run(environment.python, "-m", "hkpost", "migrate").splitlines()[1].strip())
    truth = service.truth()
    item_nos = [item_no for item_no, item in truth.items() if item.events][:ITEMS]
    engine = create_engine(warehouse)
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO hkpost.mail_item (item_no) SELECT unnest(:n ::text[])"), {"n": item_nos}
        )
    run(airflow, "db", "migrate")
    run(airflow, "dags", "reserialize")
    errors = run(airflow, "dags", "list-import-errors", "--output", "plain")
    listed = run(airflow, "dags", "list", "--output", "plain")
    dags = sorted(set(re.findall(r"^hkpost_\w+", listed, re.MULTILINE)))
    say(f"airflow dags list: {', '.join(dags)}")
    if len(dags) != len([*(PROJECT / "dags").glob("*.py")]):
        raise IncompatibleError(f"{listed[-3000:]}\n{errors[-3000:]}")
    printed = run(airflow, "dags", "test", "hkpost_tracking")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT item_no, state FROM hkpost.mail_item"))
        states = {row.item_no: row.state for row in rows}
    engine.dispose()
    if wrong := {item_no for item_no in item_nos if states[item_no] != truth[item_no].state}:
        raise IncompatibleError(f"{len(wrong)} items are not as the service has them\n{printed[-6000:]}")
    say(f"hkpost_tracking: {len(states)} items asked about, all as the service has them")
