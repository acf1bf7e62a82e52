"""Lanes that got worse against their own usual: beyond chance, on enough items, without young weeks."""

from datetime import date, datetime, timedelta

import pytest

from hkpost.warehouse.snapshots.charts import refresh_charts
from hkpost.warehouse.watch.alerts import find_alerts
from tests.helpers.warehouse_by_hand import Warehouse

USUAL, LATELY, YOUNG = 70, 28, 10
"""Days ago: mail of the weeks that are usual, of the latest that are judged, and of those that are not."""


@pytest.fixture
def today(warehouse: Warehouse) -> date:
    """The Monday of this week in Hong Kong."""
    found = warehouse.value("SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong')::date")
    assert isinstance(found, date)
    return found


def mail(warehouse: Warehouse, destination: str, posted_on: date, *stories: tuple[int, str, int]) -> None:
    """Items posted on a day to a destination: so many, in a state, delivered or followed for so many days."""
    for items, state, days in stories:
        at = datetime.combine(posted_on + timedelta(days=days), datetime.min.time())
        warehouse.run(
            "INSERT INTO hkpost.mail_item (item_no, state, origin_iso, destination_iso, posted_at_local,"
            " last_answered_at, last_event_at, delivered_at)"
            " SELECT 'RB' || lpad((known + n)::text, 9, '0') || 'HK', :state, 'HK', :destination, :posted_on,"
            "        at, at, CASE WHEN :state = 'delivered' THEN at END"
            "   FROM generate_series(1, :items) AS n, CAST(:at AS timestamptz) AS at,"
            "        (SELECT count(*) AS known FROM hkpost.mail_item) AS known",
            items=items,
            state=state,
            destination=destination,
            posted_on=posted_on,
            at=f"{at} +08",
        )


def worse(warehouse: Warehouse) -> list[tuple[object, ...]]:
    warehouse.journeys()
    rows = warehouse.rows("SELECT * FROM hkpost.lane_alert ORDER BY destination, measure")
    figures = ("usual", "lately")
    return [
        (
            row["destination"],
            row["measure"],
            *(row[name] if row[name] is None else float(row[name]) for name in figures),
        )
        for row in rows
    ]


def test_a_lane_is_named_when_it_is_slower_than_usual_beyond_chance_and_by_enough(
    warehouse: Warehouse, today: date
) -> None:
    usual, lately, young = (today - timedelta(days=days) for days in (USUAL, LATELY, YOUNG))
    good = (90, "delivered", 8), (10, "delivered", 12)
    for destination in ("AU", "FR", "JP", "NZ", "US"):
        mail(warehouse, destination, usual, *good)
    mail(warehouse, "AU", lately, (20, "delivered", 15))  # too few
    mail(warehouse, "FR", lately, (84, "delivered", 8), (16, "delivered", 12))  # not by enough
    mail(warehouse, "JP", lately, *good)
    mail(warehouse, "JP", young, (40, "delivered", 9), (60, "in_transit", 10))  # too young to judge
    mail(warehouse, "NZ", lately, (60, "delivered", 8), (20, "returned", 9), (20, "delivered", 12))
    for day in (usual, lately):  # nine of ten are never delivered, as usual
        mail(warehouse, "SG", day, (80, "delivered", 8), (20, "returned", 9))
    mail(warehouse, "US", lately, (30, "delivered", 14), (30, "in_transit", 28))  # slower, and still open
    assert worse(warehouse) == [
        ("NZ", "p90_days", 8, None),
        ("NZ", "share_not_delivered", 0, 0.2),
        ("US", "p50_days", 8, 14),
        ("US", "p90_days", 8, None),
    ]


def test_a_lane_that_keeps_fewer_of_its_promises_is_named(warehouse: Warehouse, today: date) -> None:
    warehouse.run("INSERT INTO hkpost.delivery_target (target_days, source) VALUES (10, '')")
    mail(warehouse, "US", today - timedelta(days=USUAL), (40, "delivered", 8), (10, "delivered", 12))
    mail(warehouse, "US", today - timedelta(days=LATELY), (20, "delivered", 8), (30, "delivered", 12))
    found = worse(warehouse)
    assert ("US", "share_on_time", 0.8, 0.4) in found


def test_the_alert_names_the_lanes_and_ends_when_nobody_wants_it(warehouse: Warehouse, today: date) -> None:
    mail(warehouse, "US", today - timedelta(days=USUAL), (90, "delivered", 8), (10, "delivered", 12))
    mail(warehouse, "US", today - timedelta(days=LATELY), (60, "delivered", 14))
    warehouse.journeys()
    refresh_charts(warehouse.connection)
    warehouse.connection.commit()
    engine = warehouse.connection.engine
    [alert] = [alert for alert in find_alerts(engine, []) if alert.name == "lanes_worse"]
    assert alert.message.startswith(
        "1 lanes got worse against their own usual, first HK-US R: p50_days 14, usually 8 (60"
    )
    assert alert.details == {"lanes": 1, "origin": "HK", "destination": "US", "service": "R"}
    assert warehouse.rows(alert.look_with)
    warehouse.run("UPDATE hkpost.setting SET value = '0' WHERE name = 'alert_lane_points'")
    warehouse.connection.commit()
    assert "lanes_worse" not in {alert.name for alert in find_alerts(engine, [])}
