"""`make compat VERSION=3.2.2`: the wheel in an environment of that Airflow, by the commands of docs/install.md.

The environment is made as a platform team makes it: Airflow as the package index had it at its release. Then the five
commands of the docs are followed to the letter, against the simulator. It is removed at the end.
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
from typing import Any

from sqlalchemy import Engine, create_engine, text

from hkpost_local.embedded import EmbeddedPostgres
from hkpost_local.paths import PROJECT
from hkpost_local.progress import Progress
from hkpost_simulator import Simulator

RELEASED = {"3.1.8": "2026-03-17", "3.2.2": "2026-06-02", "3.3.2": "2026-09-18"}
"""The days after Airflow's releases: the package index as it was then is what Airflow's constraints were made of."""
ITEMS = 90
SYSTEM_TESTS = PROJECT / "tests" / "system"
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

    @property
    def airflow(self) -> str:
        """Its command `airflow`."""
        return str(self.folder / "venv" / "bin" / "airflow")

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
            env={
                **kept,
                "PATH": f"{self.folder / 'venv' / 'bin'}:{os.environ['PATH']}",
                "AIRFLOW_HOME": str(home),
                "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
                **(variables or {}),
            },
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
        _airflow(environment, version, released)
        _run(environment, say)
    say(f"Airflow {version}: works")
    return 0


def _uv(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "uv", *arguments)


def five_commands() -> list[str]:
    """The commands of docs/install.md that lead from an Airflow to the first answered item."""
    block = re.search(r"```sh\n(.*?)```", (PROJECT / "docs" / "install.md").read_text(), re.DOTALL)
    return block[1].splitlines() if block else []


def _airflow(environment: Environment, version: str, released: str) -> None:
    """The Airflow that a platform team has: installed, and its database made."""
    environment.run(
        *_uv("venv", "--quiet", "--seed", "--python", sys.executable, str(environment.folder / "venv"))
    )
    install = _uv("pip", "install", "--quiet", "--python", environment.python)
    environment.run(*install, "--exclude-newer", released, f"apache-airflow=={version}")
    environment.run(environment.airflow, "db", "migrate")


def _run(environment: Environment, say: Progress) -> None:
    postgres = EmbeddedPostgres(environment.folder / "postgres", durable=False)
    postgres.start()
    try:
        with Simulator() as service:
            truth = {item_no: item for item_no, item in service.truth().items() if item.events}
            engine = create_engine(postgres.url())
            try:
                _follow_the_docs(environment, engine, service, next(iter(truth)), say)
                _look_around(environment, engine, dict(list(truth.items())[:ITEMS]), say)
            finally:
                engine.dispose()
    finally:
        postgres.stop()


def _follow_the_docs(
    environment: Environment, engine: Engine, service: Simulator, item_no: str, say: Progress
) -> None:
    """Run the five commands in one shell, with this machine's addresses in place of the examples'."""
    before = environment.installed()
    environment.run(*_uv("build", "--quiet", "--wheel", "--out-dir", str(environment.folder), str(PROJECT)))
    script = "\n".join(five_commands())
    for example, ours in (
        ("postgresql://user:password@host:5432/database", _address(engine)),
        ('"login": "…", "password": "…"', '"login": "simulator", "password": "simulator"'),
        ("https://…?wsdl", f"{service.url}?wsdl"),
        ("RB123456785HK", item_no),
    ):
        if script.count(example) != 1:
            raise IncompatibleError(f"docs/install.md has no {example}\n{script}")
        script = script.replace(example, ours)
    printed = environment.run("bash", "-e", "-o", "pipefail", "-c", script)
    if _WARNED.search(printed):
        raise IncompatibleError(printed[-6000:])
    if (state := _states(engine).get(item_no)) != service.truth()[item_no].state:
        raise IncompatibleError(f"{item_no} is {state}\n{printed[-6000:]}")
    say(f"the {len(five_commands())} commands of docs/install.md: {item_no} is answered, {state}")
    if moved := before - environment.installed():
        raise IncompatibleError(f"moved: {', '.join(sorted(moved))}")
    environment.run(*_uv("pip", "check", "--python", environment.python))
    names = ("sqlalchemy", "apache-airflow-providers", "pandas", "psycopg=")
    found = sorted(line for line in environment.installed() if line.startswith(names))
    say(f"nothing moved, all fits: {', '.join(found)}")


def _look_around(environment: Environment, engine: Engine, truth: Mapping[str, Any], say: Progress) -> None:
    variables = {"AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST": json.dumps(_BUNDLE)}
    airflow = environment.airflow
    environment.run(airflow, "dags", "reserialize", variables=variables)
    listed = environment.run(airflow, "dags", "list", "--output", "plain", variables=variables)
    dags = sorted(set(re.findall(r"^hkpost_\w+", listed, re.MULTILINE)))
    say(f"airflow dags list: {', '.join(dags)}")
    if len(dags) != len([*(PROJECT / "dags").glob("*.py")]):
        raise IncompatibleError(listed[-6000:])
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO hkpost.mail_item (item_no) SELECT unnest(:n ::text[]) ON CONFLICT DO NOTHING"),
            {"n": list(truth)},
        )
    printed = environment.run(airflow, "dags", "test", "hkpost_tracking", variables=variables)
    states = _states(engine)
    if wrong := {item_no for item_no, item in truth.items() if states[item_no] != item.state}:
        raise IncompatibleError(f"{len(wrong)} items are not as the service has them\n{printed[-6000:]}")
    say(f"hkpost_tracking: {len(states)} items asked about, all as the service has them")
    delivered = next(item_no for item_no, item in truth.items() if item.state == "delivered")
    for example in sorted(SYSTEM_TESTS.glob("example_*.py")):
        conf = json.dumps({"item_no": delivered})
        folder = {"AIRFLOW__CORE__DAGS_FOLDER": str(SYSTEM_TESTS)}
        environment.run(airflow, "dags", "test", example.stem, "--conf", conf, variables=folder)
        say(f"{example.stem}: green")


def _address(engine: Engine) -> str:
    return engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _states(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT item_no, state FROM hkpost.mail_item"))
        return {row.item_no: row.state for row in rows}
