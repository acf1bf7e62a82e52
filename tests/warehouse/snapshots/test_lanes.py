"""lane_history: computed at the end of each run. What stuck_item makes of it is in the tests of the views."""

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.snapshots.lanes import refresh_lanes
from tests.helpers.warehouse_by_hand import Warehouse


def delivered(
    warehouse: Warehouse, destination: str, days: float, number: int = 0, age_days: int = 30
) -> None:
    warehouse.run(
        "INSERT INTO hkpost.mail_item (item_no, state, origin_iso, destination_iso, posted_at_local, delivered_at)"
        " SELECT :item_no, 'delivered', 'HK', :destination, posted AT TIME ZONE 'Asia/Hong_Kong',"
        "        posted + make_interval(secs => 86400 * CAST(:days AS double precision))"
        "   FROM (SELECT now() - make_interval(days => :age_days) AS posted) AS p",
        item_no=f"RB{number:09}{destination}",
        destination=destination,
        days=days,
        age_days=age_days,
    )


def test_a_lane_knows_within_how_many_days_half_and_nine_of_ten_are_delivered(warehouse: Warehouse) -> None:
    for number in range(10):
        delivered(warehouse, "US", number + 1, number)
    warehouse.journeys()
    row = warehouse.row("SELECT * FROM hkpost.lane_history")
    assert (row["origin"], row["destination"], row["service"]) == ("HK", "US", "R")
    assert (row["delivered_items"], row["p50_days"], row["p90_days"]) == (10, 5, 9)


def test_a_lane_without_mail_of_late_is_forgotten(warehouse: Warehouse) -> None:
    delivered(warehouse, "US", 5)
    warehouse.journeys()
    warehouse.run("UPDATE hkpost.setting SET value = '10' WHERE name = 'lane_history_days'")
    delivered(warehouse, "NZ", 2, age_days=5)
    warehouse.journeys()
    assert [row["destination"] for row in warehouse.rows("SELECT * FROM hkpost.lane_history")] == ["NZ"]


def test_two_runs_that_end_at_once_leave_each_lane_once(warehouse_url: str) -> None:
    engine = warehouse_engine(warehouse_url)
    with engine.begin() as connection:
        warehouse = Warehouse(connection)
        for destination in ("US", "NZ", "BR"):
            delivered(warehouse, destination, 5)
        warehouse.journeys()

    def end(engine: Engine) -> None:
        for _ in range(10):
            with engine.begin() as connection:
                refresh_lanes(connection)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(end, [engine, engine]))
    with engine.connect() as connection:
        lanes = Warehouse(connection).rows("SELECT destination FROM hkpost.lane_history ORDER BY 1")
    engine.dispose()
    assert [lane["destination"] for lane in lanes] == ["BR", "NZ", "US"]
