import os
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from hkpost_local import postgres_programs
from hkpost_local.embedded import EmbeddedPostgres, first_usable_folder
from hkpost_local.server_account import EmbeddedPostgresError, server_account
from hkpost_local.shared_postgres import running_postgres
from hkpost_local.state import registered_processes

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL under another account")


def ask(server: EmbeddedPostgres, query: str, database: str = "postgres") -> object:
    engine = create_engine(server.url(database))
    try:
        with engine.connect() as connection:
            return connection.scalar(text(query))
    finally:
        engine.dispose()


def test_a_cluster_is_made_started_stopped_and_started_again_with_its_data(open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / "postgres", durable=False)
    try:
        assert server.start()
        assert not server.start(), "it runs already"
        server.ensure_databases(["airflow", "warehouse"])
        server.ensure_databases(["airflow", "warehouse"])
        assert ask(server, "SELECT current_database()", "warehouse") == "warehouse"
        server.stop()
        assert not server.is_running()
        assert server.start()
        assert ask(server, "SELECT count(*) FROM pg_database WHERE datname IN ('airflow', 'warehouse')") == 2
    finally:
        server.stop()
    assert not server.is_running()


def test_it_listens_on_this_machine_only_and_wants_its_password(open_folder: Path) -> None:
    server = EmbeddedPostgres(open_folder / "postgres", durable=False)
    try:
        server.start()
        assert ask(server, "SHOW listen_addresses") == "127.0.0.1"
        assert ask(server, "SHOW unix_socket_directories") == ""
        assert (open_folder / "postgres" / "password").stat().st_mode & 0o777 == 0o600
        engine = create_engine(server.url().set(password="wrong"))
        with pytest.raises(OperationalError, match="password authentication failed"):
            engine.connect()
        engine.dispose()
    finally:
        server.stop()


def test_a_file_left_by_a_crash_whose_number_is_somebody_elses_now_is_no_running_server(
    open_folder: Path,
) -> None:
    server = EmbeddedPostgres(open_folder / "postgres", durable=False)
    try:
        server.start()
        server.stop()
        lines = [str(os.getpid()), str(server.data), "1", "1", "", "127.0.0.1", "", "ready"]
        (server.data / "postmaster.pid").write_text("\n".join(lines))
        assert not server.is_running()
        assert server.start()
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_a_cluster_whose_making_was_interrupted_is_made_anew(open_folder: Path) -> None:
    half = open_folder / "postgres" / "creating-half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")
    server = EmbeddedPostgres(open_folder / "postgres", durable=False)
    try:
        assert server.start()
        assert not half.exists()
    finally:
        server.stop()


def test_asking_for_the_address_of_a_stopped_server_is_told(open_folder: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="does not run"):
        EmbeddedPostgres(open_folder / "postgres").url()


@as_root
def test_a_folder_below_a_private_home_is_left_alone_and_the_next_one_taken(open_folder: Path) -> None:
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    chosen = first_usable_folder([home / "clone" / "postgres", open_folder / "elsewhere"])
    assert chosen == open_folder / "elsewhere"
    assert home.stat().st_mode & 0o777 == 0o700, "no home folder is opened"


@as_root
def test_a_folder_in_a_shared_place_that_belongs_to_somebody_else_is_not_taken(open_folder: Path) -> None:
    open_folder.chmod(0o1777)
    theirs = open_folder / "postgres"
    theirs.mkdir()
    os.chown(theirs, 65534, 65534)
    with pytest.raises(EmbeddedPostgresError, match="postgres"):
        first_usable_folder([theirs])


def test_a_folder_that_holds_a_cluster_is_taken_before_the_others(open_folder: Path) -> None:
    second = open_folder / "second"
    (second / "data").mkdir(parents=True)
    (second / "data").chmod(0o700)
    (second / "data" / "PG_VERSION").touch()
    if account := server_account(second / "data"):
        os.chown(second / "data", account.pw_uid, account.pw_gid)
    assert first_usable_folder([open_folder / "first", second]) == second


@as_root
def test_programs_that_the_servers_account_cannot_reach_are_copied_with_their_libraries(
    open_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = postgres_programs.WHEELS_PROGRAMS.parents[1]
    site = open_folder / "private" / "site-packages"
    programs = site / postgres_programs.WHEELS_PROGRAMS.relative_to(package.parent)
    shutil.copytree(postgres_programs.WHEELS_PROGRAMS.parent, programs.parent, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, site / libraries.name)
    (open_folder / "private").chmod(0o700)
    monkeypatch.setattr(postgres_programs, "WHEELS_PROGRAMS", programs)
    monkeypatch.setattr(postgres_programs, "_PACKAGE", site / package.name)
    monkeypatch.setattr(postgres_programs, "_LIBRARIES", site / libraries.name)
    server = EmbeddedPostgres(open_folder / "postgres", durable=False)
    try:
        assert server.start()
        assert server.executable("psql").is_relative_to(open_folder / "postgres")
    finally:
        server.stop()


def test_commands_share_the_server_and_the_last_one_stops_it(state: Path) -> None:
    with running_postgres() as first:
        with running_postgres() as second:
            assert second.url() == first.url()
        assert first.is_running()
        assert ask(first, "SELECT 1", "warehouse") == 1
    assert not first.is_running()
    assert registered_processes().running() == []


def test_psql_of_the_wheel_runs(open_folder: Path) -> None:
    program = postgres_programs.WHEELS_PROGRAMS / "psql"
    assert (
        "PostgreSQL"
        in subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    )
