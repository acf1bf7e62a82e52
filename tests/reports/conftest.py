"""A migrated warehouse to write in by hand, and the engine that operations read it with."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.warehouse_by_hand import Warehouse


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


@pytest.fixture
def warehouse(engine: Engine) -> Iterator[Warehouse]:
    """Every statement is committed at once, so that the page's own transactions see it."""
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        yield Warehouse(connection)
