"""From an empty database to one that has tracked mail for two years."""

from collections.abc import Callable
from datetime import datetime

from bench.warehouse.copies import Copied, copy_originals
from bench.warehouse.originals import plant_originals
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate

ORIGINALS = 3_000
_SAY_EVERY = 10


def fill_warehouse(
    url: str,
    events: int,
    anchor: datetime,
    report: Callable[[str], None],
    *,
    originals: int = ORIGINALS,
) -> Copied:
    """Migrate the database at `url`, load the originals and copy them until there are about `events` events."""
    migrate(url)
    engine = warehouse_engine(url)
    try:
        planted = plant_originals(engine, originals, anchor)
        report(f"{originals:,} originals with {planted:,} events loaded")

        def copied(done: int, chunks: int) -> None:
            if done % _SAY_EVERY == 0 or done == chunks:
                report(f"{done} of {chunks} chunks of copies written")

        filled = copy_originals(engine, events, anchor, copied)
        report(f"{filled.items:,} items with {filled.events:,} events, vacuumed and analysed")
        return filled
    finally:
        engine.dispose()
