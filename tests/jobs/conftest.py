"""A migrated warehouse that archived answers are loaded into."""

from collections.abc import Iterator

import pytest

from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.answers_by_hand import LoadedWarehouse


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[LoadedWarehouse]:
    """A warehouse and the answers that come into it."""
    engine = warehouse_engine(warehouse_url)
    yield LoadedWarehouse(engine)
    engine.dispose()
