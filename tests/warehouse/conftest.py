"""A migrated warehouse to write in by hand."""

from collections.abc import Iterator

import pytest
from warehouse_by_hand import Warehouse

from hkpost.warehouse.engine import warehouse_engine


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """A migrated warehouse."""
    engine = warehouse_engine(warehouse_url)
    with engine.connect() as connection:
        yield Warehouse(connection)
    engine.dispose()
