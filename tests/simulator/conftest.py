from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hkpost_simulator import Simulator
from tests.simulator.asking import PASSWORD, USER

ANCHOR = datetime(2026, 3, 2, 16, tzinfo=UTC)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A small world that stands still at its anchor; no gap is asked for."""
    with Simulator(
        items=600, anchor=ANCHOR, start=ANCHOR, frozen=True, users={USER: PASSWORD}, gap_ms=0
    ) as running:
        yield running
