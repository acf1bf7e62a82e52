"""The business's own table, as a sender would have it: shipments by Hongkong Post among others."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import astuple, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from hkpost_local.simulated import SimulatedWorld
from hkpost_simulator.catalogue import Shipment, shipments

TABLE = Path(__file__).with_name("sql") / "shop_shipment.sql"
COLUMNS = "order_ref, carrier, item_no, shipped_at, destination, city, promised_on"
# The days that the shop promises its customers, from the day on which an order left; three weeks elsewhere.
PROMISED_DAYS = {"HK": 4, "CN": 10, "TW": 10, "JP": 12, "KR": 8, "SG": 12, "GB": 16, "US": 16, "DE": 16}
PROMISED_DAYS_ELSEWHERE = 21
# What other carriers' numbers look like: none of them is Hongkong Post's to answer for.
OTHER_CARRIERS = {"SF": "SF{:013d}", "DHL": "{:010d}", "UPS": "1Z{:016d}", "FEDEX": "{:012d}"}
OTHER_SHARE = 3  # one shipment by another carrier for this number by Hongkong Post
TYPED_TWICE = 150  # of this number of Hongkong Post's, one is there a second time, as somebody typed it


def fill_shop(warehouse: Engine, world: SimulatedWorld) -> int:
    """Make ``shop.shipment`` and put the simulated world's items and a third as many others into it.

    What is there already stays as it is.

    :returns: the number of rows in the table.
    """
    with warehouse.begin() as connection:
        connection.exec_driver_sql(TABLE.read_text(encoding="utf-8"))
        cursor = connection.connection.cursor()
        cursor.execute("CREATE TEMPORARY TABLE incoming (LIKE shop.shipment) ON COMMIT DROP")
        with cursor.copy(f"COPY incoming ({COLUMNS}) FROM STDIN") as copy:
            for row in rows(world):
                copy.write_row((*astuple(row), promised_on(row)))
        cursor.execute("INSERT INTO shop.shipment SELECT * FROM incoming ON CONFLICT DO NOTHING")
        return int(connection.exec_driver_sql("SELECT count(*) FROM shop.shipment").scalar_one())


def rows(world: SimulatedWorld) -> Iterator[Shipment]:
    """Every shipment of the business, Hongkong Post's first."""
    anchor = datetime.fromisoformat(world.anchor)
    for index, shipment in enumerate(shipments(world.seed, world.items, anchor)):
        yield shipment
        if index % TYPED_TWICE == TYPED_TWICE - 1:
            yield replace(shipment, item_no=typed(shipment.item_no))
    dice = random.Random(f"{world.seed}/others")  # noqa: S311
    yield from other_shipments(dice, world.items // OTHER_SHARE, anchor)


def promised_on(row: Shipment) -> date:
    """The day by which the shop has promised a delivery."""
    days = PROMISED_DAYS.get(row.destination, PROMISED_DAYS_ELSEWHERE)
    return row.shipped_at.date() + timedelta(days=days)


def typed(item_no: str) -> str:
    """A number as a person types it: in lower case, with a blank before it."""
    return f" {item_no.lower()}"


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
