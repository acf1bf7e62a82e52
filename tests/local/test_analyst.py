"""The door for analysts on this machine: login, address, ports, and the shell."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from hkpost.commands.connection_url import VARIABLE
from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.analyst import LOGIN, analyst_url, keep_analyst_url, let_analyst_in
from hkpost_local.paths import PROJECT
from hkpost_local.ports import kept_port
from hkpost_local.secrets_file import secrets_of
from hkpost_local.shop import fill_shop
from hkpost_local.simulated import SimulatedWorld
from tests.helpers.command_line import clean_environment

PASSWORD = "found-nowhere-else"


@pytest.fixture
def owner(warehouse_url: str) -> Iterator[Engine]:
    """A warehouse with a shop and the analysts' login."""
    engine = warehouse_engine(warehouse_url)
    fill_shop(engine, SimulatedWorld(seed=7, items=3, anchor="2026-11-01T00:00:00+08:00"))
    for _ in range(2):
        let_analyst_in(engine, PASSWORD)
    yield engine
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP OWNED BY {LOGIN}; DROP ROLE {LOGIN}")
    engine.dispose()


def test_the_printed_address_lets_an_analyst_read_without_naming_the_schema_and_write_in_marts_only(
    owner: Engine,
) -> None:
    url = analyst_url(owner.url, PASSWORD).render_as_string(hide_password=False)
    assert url.startswith(f"postgresql://{LOGIN}:{PASSWORD}@127.0.0.1:")
    with psycopg.connect(url, autocommit=True) as analyst:
        for table in ("mail_item", "item_status", "item_state_change", "lane_history", "setting", "shipment"):
            analyst.execute(f"SELECT * FROM {table} LIMIT 1")
        analyst.execute("CREATE TABLE marts.mine AS SELECT item_no FROM mail_item")
        for statement in (
            "CREATE TABLE hkpost.mine (n int)",
            "SELECT * FROM raw_response",
            "DELETE FROM shipment",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                analyst.execute(statement)


def test_the_address_is_kept_where_only_its_owner_reads_it_and_is_new_once(
    owner: Engine, tmp_path: Path
) -> None:
    url = analyst_url(owner.url, PASSWORD)
    file, is_new = keep_analyst_url(tmp_path, url)
    assert is_new
    assert keep_analyst_url(tmp_path, url) == (file, False)
    assert file.stat().st_mode & 0o777 == 0o600
    assert make_url(file.read_text()) == url


def test_a_shell_on_the_environments_warehouse_has_an_analysts_rights_unless_the_owner_is_asked_for(
    warehouse_url: str,
) -> None:
    def shell(*login: str) -> str:
        process = subprocess.run(
            [sys.executable, "-m", "hkpost_local", "sql", *login],
            env=clean_environment(**{VARIABLE: warehouse_url.replace("+psycopg", "")}),
            input="SELECT current_user AS who; SELECT count(*) FROM raw_response;",
            capture_output=True,
            text=True,
            check=False,
        )
        return process.stdout + process.stderr

    as_analyst, as_owner = shell(), shell("owner")
    assert "hkpost_analyst" in as_analyst and "permission denied for table raw_response" in as_analyst
    assert "make sql ROLE=owner" in as_analyst
    assert "postgres" in as_owner and "permission denied" not in as_owner
    assert "ROLE=boss is no login" in shell("boss")


def test_make_passes_on_whose_shell_is_wanted_and_nothing_of_its_own() -> None:
    def command(*arguments: str) -> str:
        make = subprocess.run(
            ["make", "-n", "sql", *arguments], cwd=PROJECT, capture_output=True, text=True, check=True
        )
        return make.stdout.splitlines()[-1].rstrip()

    assert command().endswith("-m hkpost_local sql")
    assert command("ROLE=owner").endswith("-m hkpost_local sql owner")


def test_a_port_stays_until_another_process_has_it(tmp_path: Path) -> None:
    file = tmp_path / "port"
    port = kept_port(file)
    assert kept_port(file) == port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        moved = kept_port(file)
    assert moved != port
    assert kept_port(file) == moved


def test_a_secret_that_is_new_in_this_version_is_added_to_those_that_are_kept(tmp_path: Path) -> None:
    before = secrets_of(tmp_path)
    kept = json.loads((tmp_path / "secrets.json").read_text())
    del kept["analyst_password"]
    (tmp_path / "secrets.json").write_text(json.dumps(kept))
    after = secrets_of(tmp_path)
    assert after.ui_password == before.ui_password
    assert after.analyst_password
    assert secrets_of(tmp_path) == after
