"""Late before it is late: what is at risk by its forecast, in views, and an alert when a lane's share jumps."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.jobs.lanes import refresh_forecasts
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.watch.alerts import find_alerts

ITEMS = """
WITH item AS (
    SELECT format('RB%sHK', lpad(number::text, 9, '0')) AS item_no, number FROM generate_series(1, 60) AS number
), made AS (
    INSERT INTO hkpost.mail_item (item_no, source_ref, registered_at, state, promised_on, last_answered_at)
    SELECT item_no, 'order ' || number % 30, now() - interval '3 days', 'in_transit', current_date + 4, now() FROM item
), journey AS (
    INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_on, week_start)
    SELECT item_no, 'HK', 'GB', 'R', 'in_transit', now(), current_date - 3, date_trunc('week', current_date - 3)::date
    FROM item
)
INSERT INTO hkpost.item_forecast (item_no, forecast_at, stage, share_by_promise, basis, basis_items, expects_report,
                                  promised_until, known_until)
SELECT item_no, now(), 'transit', CASE WHEN number <= 30 THEN 0.2 WHEN number <= 59 THEN 0.9 END, 'lane_stage', 90,
       true, now() + interval '4 days', now()
FROM item
"""


def run(engine: Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql))


def rows(engine: Engine, sql: str) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(sql)).mappings()]


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def alerts(engine: Engine) -> list[str]:
    found = [alert for alert in find_alerts(engine, []) if alert.name == "lane_at_risk"]
    for alert in found:
        assert alert.details is not None
        assert all(str(value) in alert.message for value in alert.details.values())
    return [alert.message for alert in found]


def test_what_will_probably_be_late_is_listed_and_marked_in_its_promise_and_order(engine: Engine) -> None:
    run(engine, ITEMS)
    listed = rows(engine, "SELECT item_no FROM hkpost.promise_at_risk")
    assert [row["item_no"] for row in listed] == [f"RB{number:09}HK" for number in range(1, 31)]
    promises = rows(
        engine,
        "SELECT status, is_at_risk, share_by_promise, count(*) AS n FROM hkpost.item_promise"
        " GROUP BY 1, 2, 3 ORDER BY 3",
    )
    assert promises == [
        {"status": "at_risk", "is_at_risk": True, "share_by_promise": 0.2, "n": 30},
        {"status": "on_track", "is_at_risk": False, "share_by_promise": 0.9, "n": 29},
        {"status": "on_track", "is_at_risk": None, "share_by_promise": None, "n": 1},
    ]
    assert rows(engine, "SELECT DISTINCT items_at_risk, promise_status FROM hkpost.order_status") == [
        {"items_at_risk": 1, "promise_status": "at_risk"}
    ]


def test_an_alert_tells_when_a_lanes_share_jumps_and_not_when_it_is_always_so(engine: Engine) -> None:
    day = "INSERT INTO hkpost.lane_risk_day VALUES (current_date - {ago}, 'HK', 'GB', 'R', 100, {risk})"
    run(engine, day.format(ago=0, risk=40))
    assert not alerts(engine), "nothing to compare with"
    run(engine, day.format(ago=1, risk=5))
    [message] = alerts(engine)
    assert "HK-GB R: 40 % of 100 items, before 5 %" in message
    run(engine, "UPDATE hkpost.lane_risk_day SET items_at_risk = 38 WHERE day < current_date")
    assert not alerts(engine)
    run(engine, "UPDATE hkpost.lane_risk_day SET items_at_risk = items / 20 WHERE day < current_date")
    run(engine, "UPDATE hkpost.lane_risk_day SET items = 20, items_at_risk = 18 WHERE day = current_date")
    assert not alerts(engine), "few items"


def test_each_run_that_makes_curves_counts_what_is_at_risk_on_the_lanes_that_are_known(
    engine: Engine,
) -> None:
    run(engine, ITEMS)
    run(engine, "UPDATE hkpost.item_forecast SET forecast_at = now() + interval '1 hour'")
    run(
        engine,
        "UPDATE hkpost.item_forecast AS f SET stage = 'registered', promised_until = (p.promised_on + 1)::timestamp"
        " AT TIME ZONE 'Europe/London' FROM hkpost.item_promise AS p WHERE p.item_no = f.item_no",
    )
    run(
        engine,
        "UPDATE hkpost.item_forecast AS f SET known_until = last_answered_at FROM hkpost.mail_item AS i"
        " WHERE i.item_no = f.item_no",
    )
    run(engine, "UPDATE hkpost.item_journey SET origin = NULL WHERE item_no = 'RB000000059HK'")
    refresh_forecasts(engine)
    assert rows(engine, "SELECT destination, items, items_at_risk FROM hkpost.lane_risk_day") == [
        {"destination": "GB", "items": 58, "items_at_risk": 30}
    ]
