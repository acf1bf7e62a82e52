"""Journeys: one row an item, the same whether loads made it step by step or a rebuild did at once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping

from hkpost.ecship.rows import Texts
from hkpost.warehouse.facts.journeys import rebuild_journeys
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from hkpost.warehouse.migrate import migrate
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERED_MILESTONE,
    DELIVERY,
    IN_TRANSIT,
    POSTING,
    US,
    LoadedWarehouse,
    event,
    item_answer,
)

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"
HONG_KONG, NEW_YORK = ZoneInfo("Asia/Hong_Kong"), ZoneInfo("America/New_York")
FAILED = event("26-02-2026 12:00", Texts(e="Unsuccessful Delivery"), US)
LEFT = event("21-02-2026 08:00", Texts(e="Left for destination"))


def journey(warehouse: LoadedWarehouse, item_no: str = ITEM) -> RowMapping:
    return warehouse.row("SELECT * FROM hkpost.item_journey WHERE item_no = :no", no=item_no)


def agrees_with_the_facts(warehouse: LoadedWarehouse) -> bool:
    """Whether the journeys are those that a rebuild from facts and items makes."""
    before = warehouse.rows("SELECT * FROM hkpost.item_journey ORDER BY item_no")
    with warehouse.engine.begin() as connection:
        rebuild_journeys(connection)
    return before == warehouse.rows("SELECT * FROM hkpost.item_journey ORDER BY item_no")


def test_a_load_writes_when_an_item_first_came_to_each_point_of_its_way(warehouse: LoadedWarehouse) -> None:
    way = item_answer(ITEM, POSTING, LEFT, ARRIVAL, FAILED, DELIVERY)
    warehouse.answer(
        replace(way, origin_code="HK", destination_code="USA", posting_date_time="20-02-2026 09:00")
    )
    row = journey(warehouse)
    assert (row["origin"], row["destination"], row["service"], row["state"]) == ("HK", "US", "R", "delivered")
    assert row["posted_at"] == datetime(2026, 2, 20, 9, tzinfo=HONG_KONG)
    assert (row["posted_on"], row["week_start"]) == (date(2026, 2, 20), date(2026, 2, 16))
    assert row["posting_stage_at"] == row["first_scan_at"] == datetime(2026, 2, 20, 9, 30, tzinfo=HONG_KONG)
    assert row["departed_at"] == row["transit_at"] == datetime(2026, 2, 21, 8, tzinfo=HONG_KONG)
    assert row["destination_at"] == datetime(2026, 2, 25, 18, tzinfo=NEW_YORK)
    assert row["first_attempt_at"] == row["delivery_stage_at"] == datetime(2026, 2, 26, 12, tzinfo=NEW_YORK)
    assert (row["failed_attempts"], row["delivered_on"], row["event_count"]) == (1, date(2026, 2, 27), 5)
    assert row["delivered_at"] == row["final_at"] == row["last_event_at"]
    assert (row["origin_at"], row["customs_at"], row["out_for_delivery_at"]) == (None, None, None)
    assert agrees_with_the_facts(warehouse)


def test_an_event_that_comes_later_goes_or_comes_back_changes_the_journey(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    assert journey(warehouse)["final_at"] is None
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY))
    assert (journey(warehouse)["state"], journey(warehouse)["delivered_on"]) == (
        "delivered",
        date(2026, 2, 27),
    )
    assert agrees_with_the_facts(warehouse)
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    row = journey(warehouse)
    assert (row["state"], row["is_open"], row["final_at"], row["delivered_on"]) == (
        "arrived",
        True,
        None,
        None,
    )
    assert row["destination_at"] is not None, "what stays as it was still counts"
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY))
    assert (journey(warehouse)["destination_at"], journey(warehouse)["delivered_on"]) == (
        None,
        date(2026, 2, 27),
    )
    assert agrees_with_the_facts(warehouse)


def test_a_milestone_or_a_lane_without_news_of_events_is_in_the_journey(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING))
    warehouse.answer(
        replace(item_answer(ITEM, POSTING, milestone=DELIVERED_MILESTONE), destination_code="NZ")
    )
    row = journey(warehouse)
    assert (row["destination"], row["state"], row["event_count"]) == ("NZ", "delivered", 1)
    assert row["final_at"] is None, "no event says so"
    assert agrees_with_the_facts(warehouse)


def test_an_item_has_a_journey_from_its_first_answer_on_whatever_that_says(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.register("RB000000023HK")
    warehouse.ask([ITEM, OTHER], item_answer(ITEM, status=1001), item_answer(OTHER, status=1003))
    rows = warehouse.rows(
        "SELECT item_no, state, furthest_rank, posted_at, event_count FROM hkpost.item_journey"
    )
    assert sorted(tuple(row[name] for name in row) for row in rows) == [
        (OTHER, "registered", None, None, 0),
        (ITEM, "registered", None, None, 0),
    ]
    assert (journey(warehouse)["posted_on"], journey(warehouse)["week_start"]) == (None, date(2026, 2, 9))


def test_an_error_after_a_history_leaves_the_journey_as_it_is(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT))
    before = journey(warehouse)
    warehouse.answer(item_answer(ITEM, status=1001))
    warehouse.answer(item_answer(ITEM))
    assert journey(warehouse) == before


def test_what_is_closed_by_a_rule_or_by_hand_and_what_is_reopened_is_so_in_the_journey(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING), item_answer(OTHER, status=1003))
    warehouse.run("UPDATE hkpost.mail_item SET state = 'cancelled' WHERE item_no = :no", no=ITEM)
    mark_terminal(warehouse.engine)
    assert [journey(warehouse, item)["state"] for item in (ITEM, OTHER)] == ["cancelled", "expired"]
    warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit' WHERE item_no = :no", no=ITEM)
    reopen(warehouse.engine)
    assert journey(warehouse)["is_open"]
    assert agrees_with_the_facts(warehouse)


def test_the_day_until_which_an_item_is_followed_goes_on_with_answers_that_say_nothing_new(
    warehouse: LoadedWarehouse,
) -> None:
    followed = []
    for answer in (item_answer(ITEM, POSTING),) * 30 + (item_answer(ITEM, status=1001),) * 30:
        warehouse.answer(answer)
        followed.append(journey(warehouse)["answered_on"] - warehouse.at.astimezone(HONG_KONG).date())
    assert set(followed[:30]) == {timedelta(0)}, "the day in Hong Kong, each day again"
    assert min(followed[30:]) < timedelta(0), "unknown is no answer about the item"
    assert agrees_with_the_facts(warehouse)


def test_every_stage_of_the_event_types_has_its_column(warehouse: LoadedWarehouse) -> None:
    stages = warehouse.rows(
        "SELECT DISTINCT stage FROM hkpost.dim_event_type WHERE event_type <> 'unclassified'"
        " AND stage NOT IN (SELECT replace(left(attname, -3), '_stage', '') FROM pg_attribute"
        "                    WHERE attrelid = 'hkpost.item_journey'::regclass AND attname LIKE '%\\_at')"
    )
    assert stages == []


def test_a_migration_makes_all_journeys_anew_when_what_they_are_made_of_has_changed(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, LEFT), item_answer(OTHER, POSTING, DELIVERY))
    before = warehouse.rows("SELECT * FROM hkpost.item_journey ORDER BY item_no")
    warehouse.run(
        "UPDATE hkpost.item_journey SET departed_at = NULL, event_count = 9 WHERE item_no = :no", no=ITEM
    )
    warehouse.run("DELETE FROM hkpost.item_journey WHERE item_no = :no", no=OTHER)
    warehouse.run(
        "INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_on,"
        " week_start) VALUES ('GONE', '', '', '', 'accepted', now(), current_date, current_date)"
    )
    warehouse.run("UPDATE hkpost.applied_file SET digest = 'an older one' WHERE name = 'journeys'")
    url = warehouse.engine.url.render_as_string(hide_password=False)
    assert migrate(url) == ["2 rows of item_journey written"]
    assert warehouse.rows("SELECT * FROM hkpost.item_journey ORDER BY item_no") == before
    assert migrate(url) == []
