"""The originals: simulated items of every age whose answers, from posting until now, went through the real load.

Their rows are as true as any, whatever the schema: lanes, wordings, places, retractions, states and times
are the load's own work. A warehouse of any size is made of copies of them.
"""

import gzip
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST
from hkpost.jobs.load import load_pending
from hkpost.warehouse.items.terminal import mark_terminal
from hkpost_simulator.answer_xml import Answer, write_answer
from hkpost_simulator.catalogue import Catalogue, Item
from hkpost_simulator.truth import ItemTruth
from hkpost_simulator.world import World

ACCOUNT = "hkpost_default"
SEED = 20_260_301
ASKED_DAYS_AGO = (50, 40, 32, 26, 21, 17, 14, 11, 9, 7, 5, 4, 3, 2, 1, 0)
"""When the originals were asked about, in days before the anchor."""
ASKED_FOR_DAYS = 45
"""Older items than this are not asked about any more: nothing of theirs changes."""

_SQL = Path(__file__).with_name("sql")


def plant_originals(engine: Engine, count: int, anchor: datetime) -> int:
    """Put `count` items with their whole histories into a migrated warehouse; returns how many events they have.

    Args:
        engine: the warehouse, which has none of them yet.
        count: how many items; 3,000 have every lane, route and age.
        anchor: the instant at which they are as old as their catalogue says, some hours ago at least.
    """
    world = World(Catalogue(SEED, count, anchor))
    items = [item for item in world.catalogue if item.kind != "expired"]
    with engine.begin() as connection:
        _register(connection, items)
    for days in ASKED_DAYS_AGO:
        asked_at = anchor - timedelta(days=days)
        with engine.begin() as connection:
            closed = set(connection.scalars(text("SELECT item_no FROM hkpost.mail_item WHERE NOT is_open")))
            open_items = [item for item in items if item.item_no not in closed]
            for batch in _batches(world, open_items, asked_at):
                _archive(connection, batch, asked_at)
        load_pending(engine, report=lambda line: None)
    mark_terminal(engine)
    with engine.begin() as connection:
        connection.execute(text((_SQL / "date_originals.sql").read_text(encoding="utf-8")))
        return int(connection.execute(text("SELECT count(*) FROM hkpost.fact_tracking_event")).scalar_one())


def _register(connection: Connection, items: Sequence[Item]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(
        "COPY hkpost.mail_item (item_no, account, source_ref, registered_at) FROM STDIN"
    ) as copy:
        for item in items:
            copy.write_row((item.item_no, ACCOUNT, item.order_ref, item.shipped_at))


def _batches(world: World, items: Sequence[Item], asked_at: datetime) -> Iterator[list[ItemTruth]]:
    """What the service answers at that instant about the items that are on their way, 30 at a time."""
    oldest = asked_at - timedelta(days=ASKED_FOR_DAYS)
    numbers = [item.item_no for item in items if oldest <= item.shipped_at < asked_at]
    for start in range(0, len(numbers), MAX_ITEMS_PER_REQUEST):
        yield [world.truth(number, asked_at) for number in numbers[start : start + MAX_ITEMS_PER_REQUEST]]


def _archive(connection: Connection, batch: Sequence[ItemTruth], asked_at: datetime) -> None:
    body = write_answer(Answer(0, batch, len(batch)), "A")
    connection.execute(
        text((_SQL / "archive_original.sql").read_text(encoding="utf-8")),
        {
            "account": ACCOUNT,
            "asked_at": asked_at,
            "item_nos": [item.item_no for item in batch],
            "body": gzip.compress(body, 6, mtime=0),
            "body_size": len(body),
        },
    )
