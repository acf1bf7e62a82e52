"""docs/upgrade.md to the letter: 0.1.0 and its run, forwards, a run, backwards, a run of 0.1.0, and forwards again.

The code of 0.1.0 is its folder `include`, as `git archive` gives it.
"""

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from hkpost.warehouse.revision import known_revisions
from hkpost_local.paths import PROJECT
from hkpost_local.postgres_programs import WHEELS_PROGRAMS
from hkpost_simulator import Simulator
from tests.helpers.fresh_database import fresh_database

CODE_OF_0_1_0 = Path(__file__).with_name("release_0_1_0_include.tar.gz")
RUN = """
import sys
from importlib import import_module
from sqlalchemy import text
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
url, service, items, account, settings, load = sys.argv[1:]
migrate(url)
account, settings, load = map(import_module, (account, settings, load))
known = settings.account_settings("hkpost_default", service, "simulator", "simulator", {})
engine = warehouse_engine(url)
with engine.begin() as connection:
    register = "INSERT INTO hkpost.mail_item (item_no) SELECT unnest(string_to_array(:n, ',')) ON CONFLICT DO NOTHING"
    connection.execute(text(register), {"n": items})
account.fetch_account(engine, account.FetchJob(known, "a-run", max_run_s=60), print)
load.load_pending(engine, report=print)
"""
OLD = ("hkpost.fetch.account", "hkpost.client.settings", "hkpost.warehouse.load")
NEW = ("hkpost.dispatch.account", "hkpost.ecship.settings", "hkpost.jobs.load")
FACTS = "SELECT item_no, event_time_text, event_type FROM hkpost.tracking_event ORDER BY 1, 2, 3"


@dataclass(frozen=True)
class Runbook:
    """A warehouse, a service, and the code of both versions."""

    folder: Path
    url: str
    service: Simulator

    def run(self, *, is_old: bool) -> subprocess.CompletedProcess[str]:
        """Migrate, register, ask and load with the code of one version; what it printed."""
        include = self.folder / "include" if is_old else PROJECT / "include"
        items = ",".join(self.service.truth())
        command = [sys.executable, "-c", RUN, self.url, self.service.url, items, *(OLD if is_old else NEW)]
        environment = {**os.environ, "PYTHONPATH": str(include)}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, timeout=300
        )

    def follow(self, heading: str) -> str:
        """Run the commands below a heading of the docs, in one shell that stops at the first error."""
        section = (
            (PROJECT / "docs" / "upgrade.md")
            .read_text()
            .partition(f"## {heading}\n")[2]
            .partition("\n## ")[0]
        )
        blocks = re.findall(r"^( *)```sh\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)
        script = "".join(textwrap.dedent(block) for _, block in blocks)
        # pg_dump of the server's version: that of the wheel, or of the machine for a server that was given.
        programs = [] if os.environ.get("HKPOST_TEST_PG_URL") else [str(WHEELS_PROGRAMS)]
        path = os.pathsep.join([str(Path(sys.executable).parent), *programs, os.environ["PATH"]])
        url = make_url(self.url).set(drivername="postgresql").render_as_string(hide_password=False)
        ran = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "HKPOST_WAREHOUSE_URL": url},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert ran.returncode == 0, f"{script}\n{ran.stdout}\n{ran.stderr}"
        return ran.stdout

    def rows(self, sql: str) -> list[Any]:
        engine = create_engine(self.url)
        with engine.begin() as connection:
            result = connection.execute(text(sql))
            found = list(result) if result.returns_rows else []
        engine.dispose()
        return found

    def make_due(self) -> None:
        self.rows("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open")


@pytest.fixture
def runbook(pg_url: str, tmp_path: Path) -> Iterator[Runbook]:
    subprocess.run(["tar", "xzf", str(CODE_OF_0_1_0), "-C", str(tmp_path)], check=True)
    with fresh_database(pg_url) as url, Simulator(items=60, frozen=True) as service:
        yield Runbook(tmp_path, url, service)


def test_forwards_a_run_backwards_a_run_and_forwards_again(runbook: Runbook) -> None:
    old = runbook.run(is_old=True)
    assert old.returncode == 0, old.stderr
    before = runbook.rows(FACTS)
    assert len(before) > 100

    printed = runbook.follow("Forwards")
    assert f"schema hkpost is at {known_revisions()[0]}" in printed
    assert {tuple(row)[:2] for row in runbook.rows(FACTS)} == {tuple(row)[:2] for row in before}
    asked = len(runbook.service.requests())
    runbook.make_due()
    new = runbook.run(is_old=False)
    assert new.returncode == 0, new.stderr
    assert len(runbook.service.requests()) > asked
    after = runbook.rows(FACTS)
    assert len(after) == len(before)

    asked = len(runbook.service.requests())
    runbook.make_due()
    refused = runbook.run(is_old=True)
    assert refused.returncode != 0
    assert known_revisions()[0] in refused.stderr, "0.1.0 names the revision that it does not know"
    assert len(runbook.service.requests()) == asked
    assert runbook.rows(FACTS) == after

    runbook.follow("Backwards")
    assert runbook.rows("SELECT version_num FROM hkpost.alembic_version") == [("0012",)]
    assert runbook.rows(FACTS) == before
    assert runbook.rows("SELECT count(*) FROM hkpost_aside.mail_item") == [(60,)]
    runbook.make_due()
    again = runbook.run(is_old=True)
    assert again.returncode == 0, again.stderr
    assert len(runbook.service.requests()) > asked
    assert runbook.rows(FACTS) == before

    runbook.follow("Forwards")
    assert {tuple(row)[:2] for row in runbook.rows(FACTS)} == {tuple(row)[:2] for row in before}
