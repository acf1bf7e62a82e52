"""A warehouse that answers were loaded into, and what of it a replay must leave as it was."""

from collections.abc import Iterator

import pytest
from answers_by_hand import LoadedWarehouse

from hkpost.warehouse.engine import warehouse_engine


@pytest.fixture
def house(warehouse_url: str) -> Iterator[LoadedWarehouse]:
    """A warehouse and the answers that come into it."""
    engine = warehouse_engine(warehouse_url)
    yield LoadedWarehouse(engine)
    engine.dispose()
