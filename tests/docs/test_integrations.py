"""The dbt package builds green against the demo's data with an analyst's login, and the notebook runs."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine

from hkpost_local.analyst import LOGIN, analyst_url, let_analyst_in
from hkpost_local.integrations import dbt_environment, tools
from hkpost_local.shop import fill_shop
from hkpost_local.simulated import SimulatedWorld

from .conftest import PROJECT

NOTEBOOK = PROJECT / "integrations" / "notebook" / "lead_times.ipynb"
PASSWORD = "of-the-integrations"


@pytest.fixture(scope="module")
def address(demo: Engine) -> Iterator[URL]:
    """The address that `make up` prints, on the demo's data."""
    fill_shop(demo, SimulatedWorld(seed=7, items=3, anchor="2026-11-01T00:00:00+08:00"))
    let_analyst_in(demo, PASSWORD)
    yield analyst_url(demo.url, PASSWORD)
    with demo.begin() as connection:
        connection.exec_driver_sql(
            f"DROP OWNED BY {LOGIN} CASCADE; DROP ROLE {LOGIN}; DROP SCHEMA shop CASCADE"
        )


def one(demo: Engine, question: str) -> int:
    with demo.connect() as connection:
        return int(connection.exec_driver_sql(question).scalar_one())


def test_dbt_builds_every_mart_and_every_test_of_sources_and_marts_is_green(
    address: URL, demo: Engine, tmp_path: Path
) -> None:
    build = subprocess.run(
        [tools() / "dbt", "build"],
        env=dbt_environment(address, tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert build.returncode == 0, build.stdout
    assert "WARN=0 ERROR=0 SKIP=0" in build.stdout
    assert PASSWORD not in build.stdout + "".join(p.read_text() for p in tmp_path.glob("logs/*"))
    assert one(demo, "SELECT sum(items_posted) FROM marts.lane_week") == one(
        demo, "SELECT sum(items_posted) FROM hkpost.delivery_performance"
    )
    assert one(demo, "SELECT sum(pieces) FROM marts.order_delivery") == one(
        demo, "SELECT count(source_ref) FROM hkpost.mail_item"
    )
    assert one(demo, "SELECT count(*) FROM marts.time_in_state WHERE stays > 0") > 5


def test_the_notebook_runs_and_draws_its_chart(address: URL, demo: Engine, tmp_path: Path) -> None:
    done = tmp_path / "done.ipynb"
    run = subprocess.run(
        [tools() / "jupyter-execute", f"--output={done}", NOTEBOOK],
        env={**os.environ, "HKPOST_WAREHOUSE": address.render_as_string(hide_password=False)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    outputs = [output for cell in json.loads(done.read_text())["cells"] for output in cell.get("outputs", ())]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    delivered = one(demo, "SELECT count(*) FROM hkpost.mail_item WHERE state = 'delivered'")
    assert str(delivered) in json.dumps(outputs)


def test_the_notebook_is_kept_without_what_it_printed() -> None:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    assert not any(cell.get("outputs") for cell in cells)
