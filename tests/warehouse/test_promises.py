"""Promises item by item, and orders of several items."""

from datetime import date, datetime, timedelta

import pytest

from tests.helpers.warehouse_by_hand import Warehouse


@pytest.fixture
def today(warehouse: Warehouse) -> date:
    found = warehouse.value("SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date")
    assert isinstance(found, date)
    return found


def item(warehouse: Warehouse, number: int, state: str, posted_on: date | None, **columns: object) -> str:
    item_no = f"RB{number:09}HK"
    if posted_on is not None:
        columns["posted_at_local"] = datetime.combine(posted_on, datetime.min.time())
    warehouse.item(item_no, **{"state": state, "origin_iso": "HK", "destination_iso": "US", **columns})
    return item_no


def promises(warehouse: Warehouse) -> dict[str, tuple[object, ...]]:
    warehouse.journeys()
    rows = warehouse.rows("SELECT * FROM hkpost.item_promise WHERE item_no NOT LIKE 'RB9%'")
    return {row["item_no"]: (row["status"], row["days_left"]) for row in rows}


def usual_lane(warehouse: Warehouse, today: date, days: int) -> None:
    """A lane on which everything takes so many days."""
    for number in range(900_000_000, 900_000_060):
        posted_on = today - timedelta(days=60)
        item(warehouse, number, "delivered", posted_on, delivered_at=posted_on + timedelta(days=days))


def test_each_promise_is_judged_by_its_day_and_by_what_is_usual_on_the_lane(
    warehouse: Warehouse, today: date
) -> None:
    def day(days: int) -> date:
        return today + timedelta(days=days)

    usual_lane(warehouse, today, 10)
    expected = {
        item(warehouse, 1, "in_transit", day(-5), promised_on=day(6)): ("on_track", 6),
        item(warehouse, 2, "in_transit", day(-5), promised_on=day(4)): ("at_risk", 4),
        item(warehouse, 3, "in_transit", day(-12), promised_on=day(4)): ("at_risk", 4),
        item(warehouse, 4, "in_transit", day(-12), promised_on=day(-1)): ("overdue", -1),
        item(warehouse, 5, "delivered", day(-12), promised_on=day(-1), delivered_at=day(-3)): ("kept", 2),
        item(warehouse, 6, "delivered", day(-12), promised_on=day(-5), delivered_at=day(-3)): ("broken", -2),
        item(warehouse, 7, "delivered", day(-12), promised_on=day(-5)): ("unknown", None),
        item(warehouse, 8, "returned", day(-12), promised_on=day(9)): ("broken", None),
        item(warehouse, 9, "expired", day(-12), promised_on=day(-5)): ("unknown", None),
        item(warehouse, 10, "registered", None, promised_on=day(10)): ("on_track", 10),
        item(warehouse, 11, "registered", None, promised_on=day(9)): ("at_risk", 9),
        item(warehouse, 12, "in_transit", day(-5), promised_on=day(1), destination_iso="NZ"): ("on_track", 1),
    }
    item(warehouse, 13, "in_transit", day(-5))
    assert promises(warehouse) == expected


def test_the_target_stands_in_where_the_business_promised_nothing(warehouse: Warehouse, today: date) -> None:
    posted_on = today - timedelta(days=5)
    warehouse.run(
        "INSERT INTO hkpost.delivery_target (destination, target_days, source) VALUES ('', 30, ''), ('US', 8, '')"
    )
    item(warehouse, 1, "in_transit", posted_on)
    item(warehouse, 2, "in_transit", posted_on, promised_on=today)
    item(warehouse, 3, "in_transit", posted_on, destination_iso=None, destination_expected="NZ")
    item(warehouse, 4, "registered", None)
    warehouse.journeys()
    rows = warehouse.rows(
        "SELECT destination, promised_by, days_left FROM hkpost.item_promise ORDER BY item_no"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("US", "delivery_target", 3),
        ("US", "business", 0),
        ("NZ", "delivery_target", 25),
    ]


def test_the_days_left_are_told_in_working_days_of_the_destination(warehouse: Warehouse, today: date) -> None:
    item(warehouse, 1, "in_transit", today, promised_on=today + timedelta(days=14))
    item(warehouse, 2, "in_transit", today, promised_on=today - timedelta(days=7))
    for row in warehouse.rows("SELECT * FROM hkpost.item_promise"):
        counted = warehouse.value(
            "SELECT count(*) FROM hkpost.calendar_day WHERE country = 'US' AND is_working_day"
            " AND day > least(:a, :b) AND day <= greatest(:a, :b)",
            a=today,
            b=row["promised_on"],
        )
        assert abs(row["working_days_left"]) == counted
        assert (row["working_days_left"] > 0) == (row["days_left"] > 0)


def test_an_order_has_one_row_with_its_pieces_its_worst_state_and_its_next_promise(
    warehouse: Warehouse, today: date
) -> None:
    order = {"source_ref": "SO-1", "pieces": 4}
    item(warehouse, 1, "delivered", today, delivered_at=today, promised_on=today, **order)
    item(warehouse, 2, "in_transit", today, promised_on=today + timedelta(days=9), **order)
    item(warehouse, 3, "exception", today, promised_on=today + timedelta(days=5), **order)
    item(warehouse, 4, "delivered", today, source_ref="SO-2")
    item(warehouse, 5, "returned", today, source_ref="SO-2")
    item(warehouse, 6, "in_transit", today)
    warehouse.journeys()
    rows = warehouse.rows("SELECT * FROM hkpost.order_status ORDER BY source_ref")
    assert [list(row.values())[:10] for row in rows] == [
        ["SO-1", 3, 4, 1, 2, 0, False, "exception", today + timedelta(days=5), "on_track"],
        ["SO-2", 2, 2, 1, 0, 1, False, "returned", None, None],
    ]
    for row in rows:
        assert row["items"] == row["items_delivered"] + row["items_open"] + row["items_not_delivered"]
