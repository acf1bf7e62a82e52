"""What every test may rely on: a real PostgreSQL, a migrated warehouse of its own, a running EC-Ship service.

``HKPOST_TEST_PG_URL`` (a superuser's SQLAlchemy URL) puts another PostgreSQL in the embedded one's place.
"""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import settings
from psutil import virtual_memory
from sqlalchemy import make_url

from hkpost_local.embedded import EmbeddedPostgres, first_usable_folder
from hkpost_simulator import Simulator
from tests.helpers.fresh_database import fresh_database

pytest_plugins = ["tests.helpers.needed_programs", "tests.helpers.parallel"]

# No example fails for being slow: that depends on the machine.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

_PLENTY = 8 * 2**30


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-faults", action="store_true", help="write docs/faults.md from what the fault matrix observes"
    )
    parser.addoption(
        "--write-docs",
        action="store_true",
        help="write the dictionary, the cookbook's results, the configuration reference and the boundaries again",
    )
    parser.addoption(
        "--write-screenshots",
        action="store_true",
        help="write docs/images from the page as the browser shows it",
    )


@pytest.fixture(scope="session")
def pg_url() -> Iterator[str]:
    """SQLAlchemy URL (psycopg, TCP) of a PostgreSQL server's maintenance database, as its superuser."""
    given = os.environ.get("HKPOST_TEST_PG_URL")
    if given:
        yield given
        return
    name = f"hkpost-test-{uuid.uuid4().hex[:12]}"
    folder = first_usable_folder(place / name for place in _places())
    server = EmbeddedPostgres(folder, durable=False)
    try:
        server.start()
        yield server.url().render_as_string(hide_password=False)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _places() -> Iterator[Path]:
    """Where the tests' server may lie: in memory, if there is plenty, because each test has a database of its own."""
    memory = Path("/dev/shm")
    if memory.is_dir() and min(shutil.disk_usage(memory).free, virtual_memory().available) > _PLENTY:
        yield memory
    yield from (Path(tempfile.gettempdir()), Path("/var/tmp"))


@pytest.fixture
def empty_database(pg_url: str) -> Iterator[str]:
    """URL of a fresh database with nothing in it."""
    with fresh_database(pg_url) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_template(pg_url: str) -> Iterator[str]:
    from hkpost.warehouse.migrate import migrate

    with fresh_database(pg_url) as url:
        migrate(url)
        database = make_url(url).database
        assert database is not None
        yield database


@pytest.fixture
def warehouse_url(pg_url: str, migrated_template: str) -> Iterator[str]:
    """URL of a fresh warehouse, migrated to the newest schema."""
    with fresh_database(pg_url, template=migrated_template) as url:
        yield url


@pytest.fixture(scope="session")
def new_warehouse(pg_url: str, migrated_template: str) -> Callable[[], AbstractContextManager[str]]:
    """Makes fresh warehouses, as many as a test needs: each a context that gives its URL."""
    return lambda: fresh_database(pg_url, template=migrated_template)


@pytest.fixture
def ecship() -> Iterator[Simulator]:
    """A running EC-Ship service with its catalogue of items, on localhost (see `hkpost_simulator.Simulator`)."""
    with Simulator() as simulator:
        yield simulator
