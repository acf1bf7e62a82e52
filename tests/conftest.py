"""What every test may rely on: a real PostgreSQL, a migrated warehouse of its own, a running EC-Ship service.

``HKPOST_TEST_PG_URL`` (a superuser's SQLAlchemy URL) puts another PostgreSQL in the embedded one's place.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url

from hkpost.simulator import Simulator
from hkpost_local.embedded import EmbeddedPostgres, first_usable_folder

# No example fails for being slow: that depends on the machine.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-faults", action="store_true", help="write docs/faults.md from what the fault matrix observes"
    )
    parser.addoption(
        "--write-docs",
        action="store_true",
        help="write the dictionary, the cookbook's results and the configuration reference anew",
    )
    parser.addoption(
        "--write-screenshots",
        action="store_true",
        help="write docs/images from the page as the browser shows it",
    )


def _rendered(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def _database(pg_url: str, template: str = "template0") -> Iterator[str]:
    """The URL of a database copied from `template`, dropped at the end with whoever is still in it."""
    name = f"t_{uuid.uuid4().hex[:16]}"
    engine = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield _rendered(pg_url, name)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        engine.dispose()


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """SQLAlchemy URL (psycopg, TCP) of a PostgreSQL server's maintenance database, as its superuser."""
    given = os.environ.get("HKPOST_TEST_PG_URL")
    if given:
        yield given
        return
    name = f"hkpost-test-{uuid.uuid4().hex[:12]}"
    folder = first_usable_folder([Path(tempfile.gettempdir()) / name, Path("/var/tmp") / name])
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        yield server.url().render_as_string(hide_password=False)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def empty_database(pg_url: str) -> Iterator[str]:
    """URL of a fresh database with nothing in it."""
    with _database(pg_url) as url:
        yield url


@pytest.fixture(scope="session")
def _migrated_template(pg_url: str) -> Iterator[str]:
    from hkpost.warehouse.migrate import migrate

    with _database(pg_url) as url:
        migrate(url)
        database = make_url(url).database
        assert database is not None
        yield database


@pytest.fixture
def warehouse_url(pg_url: str, _migrated_template: str) -> Iterator[str]:
    """URL of a fresh warehouse, migrated to the newest schema."""
    with _database(pg_url, template=_migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def new_warehouse(pg_url: str, _migrated_template: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes fresh warehouses, as many as a test needs: each a context that gives its URL."""
    return lambda: _database(pg_url, template=_migrated_template)


@pytest.fixture
def ecship() -> Iterator[Simulator]:
    """A running EC-Ship service with its catalogue of items, on localhost (see `hkpost.simulator.Simulator`)."""
    with Simulator() as simulator:
        yield simulator
