"""When items are asked again after a run: from what the warehouse knows of their lanes' events."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.jobs.lanes import refresh_forecasts
from hkpost.warehouse.engine import warehouse_engine

EVENT = """
INSERT INTO hkpost.fact_tracking_event (item_no, event_key, event_date, event_time, time_precision, event_type)
SELECT item_no, event_type, (at AT TIME ZONE 'UTC')::date, at, precision, event_type
FROM (SELECT item_no, CAST(:type AS text) AS event_type, last_event_at AS at, CAST(:precision AS text) AS precision
      FROM hkpost.mail_item WHERE item_no = :item) AS event
"""
ITEM = """
INSERT INTO hkpost.mail_item (item_no, registered_at, state, destination_iso, event_count, last_event_at,
                              last_polled_at, last_answered_at, next_poll_at, priority)
VALUES (:item, now() - interval '90 hours', 'in_transit', :to, 1, now() - make_interval(secs => :hours * 3600), now(),
        now(), now() + interval '6 hours', :priority)
"""
JOURNEY = """
INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_on, week_start,
                                 transit_at, last_event_at, event_count)
SELECT item_no, 'HK', destination_iso, left(item_no, 1), state, registered_at, current_date - 4,
       date_trunc('week', current_date - 4)::date, last_event_at, last_event_at, 1
FROM hkpost.mail_item WHERE item_no = :item
"""
FINISHED = """
WITH item AS (
    SELECT format('RA%sGB', lpad(number::text, 9, '0')) AS item_no,
           now() - make_interval(hours => 100 + number) AS left_at,
           make_interval(mins => 48 * 60 + number % 225) AS took
    FROM generate_series(1, 400) AS number
), made AS (
    INSERT INTO hkpost.mail_item (item_no, registered_at, state, closed_at, close_reason, destination_iso)
    SELECT item_no, left_at - interval '1 day', 'delivered', now() - interval '2 days', 'delivered', 'GB' FROM item
), journey AS (
    INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_on, week_start)
    SELECT item_no, 'HK', 'GB', 'R', 'delivered', left_at, left_at::date, date_trunc('week', left_at)::date FROM item
), event AS (
    SELECT item_no, type, left_at + after AS at
    FROM item
    CROSS JOIN LATERAL (VALUES ('EMC', interval '0'), ('EMD', took), ('EMI', took + interval '9 hours'))
        AS e (type, after)
), fact AS (
    INSERT INTO hkpost.fact_tracking_event (item_no, event_key, event_date, event_time, time_precision, event_type,
                                            first_seen_at)
    SELECT item_no, type, (at AT TIME ZONE 'UTC')::date, at, 'zone', type, at + interval '1 hour' FROM event
)
INSERT INTO hkpost.tracking_event_change (item_no, event_key, event_date, changed_at, change)
SELECT item_no, type, (at AT TIME ZONE 'UTC')::date, at + interval '1 hour', 'appeared' FROM event
"""
CROWD = """
WITH fact AS (
    INSERT INTO hkpost.fact_tracking_event (item_no, event_key, event_date, event_time, time_precision, event_type)
    SELECT 'RB000000003HK', number::text, current_date, now() - interval '1 hour', 'zone', 'EMD'
    FROM generate_series(1, 30000) AS number
    RETURNING item_no, event_key, event_date
)
INSERT INTO hkpost.tracking_event_change (item_no, event_key, event_date, changed_at, change)
SELECT item_no, event_key, event_date, now(), 'appeared' FROM fact
"""


def run(engine: Engine, sql: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql), values)


def rows(engine: Engine, sql: str, **values: object) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(sql), values).mappings()]


def open_item(
    engine: Engine,
    item: str,
    *,
    hours: float = 40,
    to: str = "GB",
    priority: int = 0,
    event: str = "EMC",
    precision: str = "zone",
) -> None:
    """An item whose last event was `hours` ago, answered just now; by `poll_policy` it is asked again in 6 hours."""
    run(engine, ITEM, item=item, to=to, hours=hours, priority=priority)
    run(engine, JOURNEY, item=item)
    run(engine, EVENT, item=item, type=event, precision=precision)


def plan(engine: Engine, item: str) -> dict[str, Any]:
    """In hours from the answer: when the item is asked, when news is expected; and why."""
    [row] = rows(
        engine,
        "SELECT date_part('epoch', next_poll_at - last_answered_at) / 3600 AS asked, poll_reason AS reason, last_event,"
        " date_part('epoch', news_from - last_answered_at) / 3600 AS from_,"
        " date_part('epoch', news_until - last_answered_at) / 3600 AS until"
        " FROM hkpost.mail_item JOIN hkpost.item_forecast USING (item_no) WHERE item_no = :item",
        item=item,
    )
    return row


@pytest.fixture(scope="module")
def taught(new_warehouse: Callable[[], AbstractContextManager[str]]) -> Iterator[Engine]:
    """A lane whose items arrive 48 to 52 hours after they leave, and are delivered 9 hours later; some open items."""
    with new_warehouse() as url:
        engine = warehouse_engine(url)
        run(engine, FINISHED)
        open_item(engine, "RB000000001HK")
        refresh_forecasts(engine)
        # What was open then is known to the price from the next time on.
        run(engine, "UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'")
        refresh_forecasts(engine)
        run(
            engine,
            "INSERT INTO hkpost.lane_history (origin, destination, service, delivered_items, departed_items,"
            " heard_items, reports, reckoned_at) VALUES ('HK', 'IN', 'R', 0, 400, 3, false, now())",
        )
        open_item(engine, "RB000000002HK")
        open_item(engine, "RB000000003HK", priority=1)
        open_item(engine, "RB000000004HK", to="IN")
        open_item(engine, "RB000000005HK", precision="date")
        open_item(engine, "RB000000006HK", hours=-5)
        open_item(engine, "RB000000007HK", to="FR")
        open_item(engine, "RB000000008HK", event="EDB")
        open_item(engine, "RB000000009HK")
        run(engine, "UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE item_no = 'RB000000009HK'")
        open_item(engine, "RB000000010HK")
        run(
            engine,
            "UPDATE hkpost.mail_item SET api_status = 1001, last_answered_at = now() - interval '1 day'"
            " WHERE item_no = 'RB000000010HK'",
        )
        open_item(engine, "RB000000011HK", hours=2000)
        run(
            engine,
            "UPDATE hkpost.item_journey SET origin = NULL, destination = NULL WHERE item_no = 'RB000000009HK'",
        )
        refresh_forecasts(engine)
        yield engine
        engine.dispose()


def test_an_item_is_asked_when_its_lane_has_news_and_its_page_says_when_that_is(taught: Engine) -> None:
    told = plan(taught, "RB000000002HK")
    assert told["reason"] == "lane" and told["last_event"] == "EMC"
    assert 7 <= told["from_"] < told["until"] <= 13, "8 to 12 hours from now"
    assert 8 <= told["asked"] <= 13


def test_an_item_of_priority_is_not_asked_later(taught: Engine) -> None:
    assert plan(taught, "RB000000003HK")["asked"] <= plan(taught, "RB000000002HK")["asked"]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        pytest.param("RB000000004HK", "silent_lane", id="a silent lane"),
        pytest.param("RB000000005HK", "too_few", id="a date without a time"),
        pytest.param("RB000000006HK", "too_few", id="a clock that is ahead"),
        pytest.param("RB000000008HK", "too_few", id="an event of which lanes tell nothing"),
        pytest.param("RB000000010HK", "policy", id="an item that the service does not know"),
        pytest.param("RB000000001HK", "too_few", id="an answer of the first day"),
    ],
)
def test_what_lanes_do_not_tell_is_left_to_the_policy(taught: Engine, item: str, reason: str) -> None:
    told = plan(taught, item)
    assert told["reason"] == reason and told["from_"] is None and told["until"] is None
    [row] = rows(
        taught,
        "SELECT next_poll_at - last_polled_at = interval '6 hours' AS left FROM hkpost.mail_item WHERE item_no = :i",
        i=item,
    )
    assert row["left"]


def test_a_lane_with_a_handful_of_items_borrows(taught: Engine) -> None:
    assert plan(taught, "RB000000007HK")["reason"] == "lane"


def test_an_item_that_is_due_at_once_stays_so(taught: Engine) -> None:
    assert plan(taught, "RB000000009HK")["asked"] is None


def test_an_item_that_is_silent_for_longer_than_any_is_asked_within_the_ceiling(taught: Engine) -> None:
    assert 0.5 <= plan(taught, "RB000000011HK")["asked"] <= 48


def test_the_price_meets_the_lateness_that_is_aimed_at(taught: Engine) -> None:
    [price] = rows(taught, "SELECT * FROM hkpost.polling_price ORDER BY made_at DESC LIMIT 1")
    assert price["price_hours"] > 0 and price["items"] == 1
    assert price["lateness_hours"] == pytest.approx(2, abs=0.7)


def test_each_silence_is_counted_once(taught: Engine) -> None:
    counted = (
        "SELECT last_event, clock, sum(n)::int AS news FROM hkpost.lane_news CROSS JOIN unnest(news) AS n"
        " GROUP BY 1, 2 ORDER BY 1"
    )
    before = rows(taught, counted)
    assert before == [
        {"last_event": "EMC", "clock": "GB", "news": 400},
        {"last_event": "EMD", "clock": "GB", "news": 400},
        {"last_event": "registered", "clock": "HK", "news": 400},
    ]
    run(taught, "UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'")
    refresh_forecasts(taught)
    assert rows(taught, counted) == before


def test_when_an_item_is_asked_is_decided_by_its_answer_and_not_again_with_each_curve(taught: Engine) -> None:
    before = rows(taught, "SELECT item_no, next_poll_at FROM hkpost.mail_item WHERE is_open ORDER BY item_no")
    told = plan(taught, "RB000000002HK")
    run(taught, "UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'")
    refresh_forecasts(taught)
    assert (
        rows(taught, "SELECT item_no, next_poll_at FROM hkpost.mail_item WHERE is_open ORDER BY item_no")
        == before
    )
    assert plan(taught, "RB000000002HK") == told


def test_an_item_that_is_given_up_keeps_telling_of_its_silence(taught: Engine) -> None:
    run(
        taught,
        "UPDATE hkpost.mail_item SET state = 'expired', close_reason = 'expired', closed_at = now()"
        " WHERE item_no = 'RB000000011HK'",
    )
    refresh_forecasts(taught)
    run(taught, "UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'")
    refresh_forecasts(taught)
    [counted] = rows(
        taught,
        "SELECT sum(hours) AS hours FROM hkpost.lane_news CROSS JOIN unnest(open_hours) WITH ORDINALITY AS c (hours, n)"
        " WHERE last_event = 'EMC' AND n > 20",
    )
    assert counted["hours"] > 1000


def test_a_reopened_item_is_forecast_and_asked_again(taught: Engine) -> None:
    run(
        taught,
        "UPDATE hkpost.mail_item SET state = 'in_transit', close_reason = NULL, closed_at = NULL, next_poll_at = NULL"
        " WHERE item_no = 'RB000000011HK'",
    )
    refresh_forecasts(taught)
    assert plan(taught, "RB000000011HK")["asked"] is None, "at once"
    run(
        taught,
        "UPDATE hkpost.mail_item SET last_polled_at = now(), last_answered_at = now(),"
        " next_poll_at = now() + interval '6 hours' WHERE item_no = 'RB000000011HK'",
    )
    refresh_forecasts(taught)
    told = plan(taught, "RB000000011HK")
    assert told["reason"] == "lane" and 0.5 <= told["asked"] <= 48


def test_whatever_came_in_each_open_item_is_asked_again_and_no_time_lies_before_now_or_nowhere(
    taught: Engine,
) -> None:
    [wrong] = rows(
        taught,
        "SELECT count(*) FILTER (WHERE f.item_no IS NULL OR NOT isfinite(coalesce(next_poll_at, now()))"
        "                           OR next_poll_at > now() + interval '3 days') AS items,"
        "       count(*) FILTER (WHERE NOT (at >= forecast_at AND isfinite(at))) AS times"
        " FROM hkpost.mail_item LEFT JOIN hkpost.item_forecast AS f USING (item_no)"
        " LEFT JOIN LATERAL unnest(ARRAY[p10_at, p50_at, p80_at, p90_at]) AS told (at) ON at IS NOT NULL"
        " WHERE is_open",
    )
    assert wrong == {"items": 0, "times": 0}


def test_a_person_keeps_a_state_from_what_lanes_teach(taught: Engine) -> None:
    run(taught, "UPDATE hkpost.poll_policy SET poll_at_least = NULL WHERE state = 'in_transit'")
    run(
        taught,
        "UPDATE hkpost.mail_item SET last_polled_at = now(), last_answered_at = now(),"
        " next_poll_at = now() + interval '6 hours' WHERE item_no = 'RB000000002HK'",
    )
    refresh_forecasts(taught)
    told = plan(taught, "RB000000002HK")
    assert told["reason"] == "policy" and told["asked"] == 6 and told["from_"] is None


def test_thousands_of_events_of_one_item_cost_no_square_of_them(taught: Engine) -> None:
    run(taught, CROWD)
    run(taught, "UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'")
    began = time.monotonic()
    refresh_forecasts(taught)
    assert time.monotonic() - began < 15
