"""A migrated warehouse to write in by hand, and one with seed files to edit."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.seed_files import Seeds, editable_seed_files, forget_seed_files
from tests.helpers.warehouse_by_hand import Warehouse


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[Warehouse]:
    """A migrated warehouse."""
    engine = warehouse_engine(warehouse_url)
    with engine.connect() as connection:
        yield Warehouse(connection)
    engine.dispose()


@pytest.fixture
def seeds(warehouse_url: str, tmp_path: Path) -> Iterator[Seeds]:
    """A migrated warehouse and the seed files that a test may edit."""
    with pytest.MonkeyPatch.context() as patch:
        seeds = Seeds(warehouse_url, editable_seed_files(tmp_path, patch))
        yield seeds
        seeds.warehouse.engine.dispose()
    forget_seed_files()
