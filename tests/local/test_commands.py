import json
import signal
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from hkpost.warehouse.migrate import migrate
from hkpost_simulator import Simulator
from tests.helpers.command_line import Run, processes_about, read_until


@pytest.fixture
def tracked(warehouse_url: str, ecship: Simulator) -> list[str]:
    """Numbers of items that the service knows and the warehouse's owner has inserted."""
    item_nos = [item_no for item_no, item in ecship.truth().items() if item.events][:60]
    engine = create_engine(warehouse_url)
    with engine.begin() as connection:
        for item_no in item_nos:
            connection.execute(
                text("INSERT INTO hkpost.mail_item (item_no) VALUES (:item_no)"), {"item_no": item_no}
            )
    engine.dispose()
    return item_nos


def connections(warehouse_url: str, service: Simulator, home: Path) -> dict[str, str]:
    account = {"conn_type": "hkpost", "host": service.url, "login": "simulator", "password": "simulator"}
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(account),
        "AIRFLOW_CONN_HKPOST_WAREHOUSE": warehouse_url.replace("+psycopg", ""),
    }


def ended(process: "subprocess.Popen[str]") -> tuple[int, str]:
    output, _ = process.communicate(timeout=240)
    return process.returncode, output


def test_once_runs_the_dag_against_the_environments_connections_and_stops_when_asked(
    run: Run, open_folder: Path, tracked: list[str], warehouse_url: str, ecship: Simulator
) -> None:
    home = open_folder / "airflow"
    home.mkdir(mode=0o755)
    environment = connections(warehouse_url, ecship, home)
    code, output = ended(run("once", environment=environment))
    assert code == 0, output
    assert ": success" in output
    database = home / "airflow.db"
    assert database.exists()
    assert [path for path in home.rglob("*") if path.stat().st_mode & 0o077] == [], "others may read it"
    database.chmod(0o644)  # as an earlier version left it
    assert "simulator" not in output.replace("hkpost_simulator", ""), "a credential is printed"
    engine = create_engine(warehouse_url)
    with engine.begin() as connection:
        rows = connection.execute(text("SELECT item_no, state FROM hkpost.mail_item"))
        states = {row.item_no: row.state for row in rows}
        connection.execute(text("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open"))
    engine.dispose()
    assert states == {item_no: ecship.truth([item_no])[item_no].state for item_no in tracked}

    # The second run is struck while the service lets it wait.
    ecship.service.latency_s = 20
    struck = run("once", environment=environment)
    read_until(struck, "fetch[0]")
    struck.send_signal(signal.SIGTERM)
    code, output = ended(struck)
    assert code == 128 + signal.SIGTERM, output
    assert processes_about(open_folder) == []
    assert database.stat().st_mode & 0o777 == 0o600


def test_once_says_what_to_set(run: Run) -> None:
    code, output = ended(run("once", environment={}))
    assert code != 0
    assert "AIRFLOW_CONN_HKPOST_DEFAULT is not set" in output


@pytest.mark.parametrize("command", ["once", "migrate", "where", "sql"])
def test_a_warehouse_that_is_down_ends_the_command_soon_without_its_password(
    run: Run, command: str, open_folder: Path
) -> None:
    environment = {
        "AIRFLOW_HOME": str(open_folder / "airflow"),
        "AIRFLOW_CONN_HKPOST_DEFAULT": '{"conn_type": "hkpost", "login": "u", "password": "s3cret"}',
        "AIRFLOW_CONN_HKPOST_WAREHOUSE": "postgres://u:s3cret@127.0.0.1:1/wh",
    }
    arguments = [command, "RB123456785HK"] if command == "where" else [command]
    code, output = ended(run(*arguments, environment=environment))
    assert code == 1
    assert "wh at 127.0.0.1:1 cannot be reached" in output
    assert "s3cret" not in output
    assert "Traceback" not in output


def test_where_shows_an_item_and_says_when_it_knows_none(
    run: Run, warehouse_url: str, empty_database: str
) -> None:
    engine = create_engine(warehouse_url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO hkpost.mail_item (item_no) VALUES ('RB123456785HK')"))
    engine.dispose()
    environment = {"AIRFLOW_CONN_HKPOST_WAREHOUSE": warehouse_url.replace("+psycopg", "")}
    code, output = ended(run("where", " rb123456785hk", environment=environment))
    assert code == 0, output
    assert "registered" in output
    assert "asked next" in output
    code, output = ended(run("where", "RB000000010HK", environment=environment))
    assert code == 1
    assert "RB000000010HK is not tracked" in output
    code, output = ended(run("where", "", environment=environment))
    assert code == 2
    assert "make where ITEM=" in output
    nothing = {"AIRFLOW_CONN_HKPOST_WAREHOUSE": empty_database.replace("+psycopg", "")}
    code, output = ended(run("where", "RB123456785HK", environment=nothing))
    assert code == 1
    assert "python -m hkpost migrate" in output
    assert "Here: `make migrate`" in output
    assert "LINE" not in output


def test_migrate_works_on_the_environments_warehouse(run: Run, empty_database: str) -> None:
    environment = {"AIRFLOW_CONN_HKPOST_WAREHOUSE": empty_database.replace("+psycopg", "")}
    code, output = ended(run("migrate", environment=environment))
    assert code == 0, output
    assert "schema hkpost is at" in output
    assert migrate(empty_database) == []
    code, output = ended(run("migrate", environment=environment))
    assert "nothing to do" in output


def test_an_unknown_command_is_told_the_known_ones(run: Run) -> None:
    code, output = ended(run("frobnicate", environment={}))
    assert code == 2
    assert "demo|up|down" in output
