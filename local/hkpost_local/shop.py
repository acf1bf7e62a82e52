"""The business's own table, as a sender would have it: shipments by Hongkong Post among others."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from hkpost.simulator.catalogue import Shipment, shipments

TABLE = Path(__file__).with_name("sql") / "shop_shipment.sql"
COLUMNS = "order_ref, carrier, item_no, shipped_at, destination, city"
# What other carriers' numbers look like: none of them is Hongkong Post's to answer for.
OTHER_CARRIERS = {"SF": "SF{:013d}", "DHL": "{:010d}", "UPS": "1Z{:016d}", "FEDEX": "{:012d}"}
OTHER_SHARE = 3  # one shipment by another carrier for so many by Hongkong Post


def fill_shop(warehouse: Engine, seed: int, count: int, anchor: datetime) -> int:
    """Make ``shop.shipment`` and put the simulated service's `count` items and a third as many others into it.

    What is there already stays as it is.

    :param anchor: the instant the items' ages count back from, as the simulated service has it.
    :returns: the number of rows in the table.
    """
    with warehouse.begin() as connection:
        connection.exec_driver_sql(TABLE.read_text(encoding="utf-8"))
        cursor = connection.connection.cursor()
        cursor.execute("CREATE TEMPORARY TABLE incoming (LIKE shop.shipment) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({COLUMNS}) FROM STDIN") as copy:
            for row in rows(seed, count, anchor):
                copy.write_row(
                    (row.order_ref, row.carrier, row.item_no, row.shipped_at, row.destination, row.city)
                )
        cursor.execute("INSERT INTO shop.shipment SELECT * FROM incoming ON CONFLICT DO NOTHING")
        cursor.execute("SELECT count(*) FROM shop.shipment")
        return int(cursor.fetchone()[0])


def rows(seed: int, count: int, anchor: datetime) -> Iterator[Shipment]:
    """Every shipment of the business, Hongkong Post's first."""
    yield from shipments(seed, count, anchor)
    yield from other_shipments(random.Random(f"{seed}/others"), count // OTHER_SHARE, anchor)  # noqa: S311


def other_shipments(dice: random.Random, count: int, anchor: datetime) -> Iterable[Shipment]:
    """Shipments that Hongkong Post knows nothing of."""
    for index in range(count):
        carrier, form = dice.choice(list(OTHER_CARRIERS.items()))
        yield Shipment(
            order_ref=f"SO-{900_001 + index}",
            carrier=carrier,
            item_no=form.format(dice.randrange(10**10)),
            shipped_at=anchor - timedelta(days=dice.uniform(0, 60)),
            destination=dice.choice(["US", "GB", "JP", "AU", "DE", "HK"]),
            city="",
        )
