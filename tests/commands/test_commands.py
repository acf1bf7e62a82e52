"""`python -m hkpost`: what it shows and does, what it says when it cannot, and what it never shows."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from hkpost.commands.main import main
from hkpost.warehouse.engine import driver_of, warehouse_engine
from hkpost.warehouse.revision import RELEASE, known_revisions

RELEASE_0_1_0 = Path(__file__).parents[1] / "warehouse" / "release_0_1_0.sql.gz"
ITEM = "RB123456785HK"


def said(capsys: pytest.CaptureFixture[str], url: str, *arguments: str) -> tuple[int, str]:
    code = main(arguments, {"HKPOST_WAREHOUSE_URL": url.replace("+psycopg", "")})
    shown = capsys.readouterr()
    return code, " ".join((shown.out + shown.err).split())


def run_sql(url: str, *statements: str) -> None:
    engine = warehouse_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_help_names_the_commands_and_waits_for_no_library() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "hkpost", "--help"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    for words in ("migrate", "status", "where", "replay", "export", "HKPOST_WAREHOUSE_URL", "--url-file"):
        assert words in ran.stdout
    assert "sqlalchemy" not in ran.stderr


def test_a_warehouse_of_0_1_0_is_migrated_looked_at_and_replayed(
    empty_database: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    engine = warehouse_engine(empty_database)
    with engine.begin() as connection:
        driver_of(connection).execute(gzip.decompress(RELEASE_0_1_0.read_bytes()))
    engine.dispose()
    newest = known_revisions()[0]
    code, shown = said(capsys, empty_database, "status")
    assert code == 1
    assert f"schema 0012; {RELEASE} needs {newest}" in shown and "python -m hkpost migrate" in shown
    code, shown = said(capsys, empty_database, "migrate")
    assert code == 0 and f"schema hkpost is at {newest}" in shown
    file = tmp_path / "url"
    file.write_text(empty_database + "\n")
    assert main(["migrate", "--url-file", str(file)], {}) == 0
    assert "nothing to do" in capsys.readouterr().out
    code, shown = said(capsys, empty_database, "status")
    assert code == 0 and "hkpost_default" in shown and "nothing_fresh" in shown
    code, shown = said(capsys, empty_database, "where", " rb123456785hk")
    assert code == 0 and "delivered" in shown
    code, shown = said(capsys, empty_database, "replay", "--item", ITEM)
    assert code == 0 and "1 items, " in shown and "0 new events" in shown


def test_whoever_cannot_is_told_what_to_do_and_no_password_is_shown(
    empty_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate"], {}) == 1
    assert "HKPOST_WAREHOUSE_URL" in capsys.readouterr().err
    code, shown = said(capsys, "postgresql://u:s3cret@127.0.0.1:1/wh", "status")
    assert code == 1 and "wh at 127.0.0.1:1 cannot be reached" in shown and "s3cret" not in shown
    code, shown = said(capsys, empty_database, "where", ITEM)
    assert code == 1 and "python -m hkpost migrate" in shown
    code, shown = said(capsys, empty_database, "replay", "--since", "yesterday")
    assert code == 1 and "since: 'yesterday' is no instant" in shown


def test_a_login_that_may_not_make_the_schema_is_told_who_must(
    empty_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"weak_{os.getpid()}"
    run_sql(empty_database, f"CREATE ROLE {name} LOGIN PASSWORD 's3cret'")
    try:
        url = make_url(empty_database).set(username=name, password="s3cret")
        code, shown = said(capsys, url.render_as_string(hide_password=False), "migrate")
    finally:
        run_sql(empty_database, f"DROP ROLE {name}")
    owner = make_url(empty_database).username
    assert code == 1
    assert f"Let its owner, the login {owner}, run `python -m hkpost migrate`" in shown
    assert "s3cret" not in shown


def test_export_writes_the_tables_as_files_and_a_second_time_nothing(
    warehouse_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, shown = said(capsys, warehouse_url, "export", str(tmp_path))
    assert code == 0 and "rows into" in shown
    assert (tmp_path / "dim_country" / "rows.parquet").exists()
    code, shown = said(capsys, warehouse_url, "export", str(tmp_path))
    assert code == 0 and "exported 0 rows into 0 files" in shown
