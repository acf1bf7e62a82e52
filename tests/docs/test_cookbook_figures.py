"""The cookbook's main figures are what the service expected, or what a second query finds another way."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from hkpost.history.state import is_open

from .conftest import Expected
from .test_cookbook import RECIPES, run

NOT_FOUND = timedelta(days=30)
SECOND_QUERIES = {
    "6": """
        SELECT destination, count(*), count(*) FILTER (WHERE outcome = 'delivered'), count(*) FILTER (WHERE is_open),
               (SELECT min(day) FROM hkpost.lead_time_curve(NULL, journey.destination, NULL, monday - 84, NULL)
                 WHERE share_delivered >= 0.5),
               (SELECT min(day) FROM hkpost.lead_time_curve(NULL, journey.destination, NULL, monday - 84, NULL)
                 WHERE share_delivered >= 0.9)
        FROM hkpost.journey, CAST(date_trunc('week', current_date) AS date) AS monday
        WHERE posted_on >= monday - 84 GROUP BY destination, monday ORDER BY 2 DESC, 1 LIMIT 8""",
    "16": """
        SELECT day, sum(posted), sum(delivered)
        FROM (SELECT posted_at_local::date AS day, 1 AS posted, 0 AS delivered FROM hkpost.mail_item
              WHERE NOT (state = 'registered' AND event_count > 0)
              UNION ALL
              SELECT max(event_date), 0, 1 FROM hkpost.tracking_event JOIN hkpost.mail_item USING (item_no)
              WHERE event_type = 'EMI' AND state = 'delivered' GROUP BY item_no) AS counted
        WHERE day >= current_date - 42 GROUP BY day ORDER BY day DESC LIMIT 8""",
}


def figures(demo: Engine, number: str) -> list[tuple[Any, ...]]:
    """What a recipe gives, every row of it."""
    [recipe] = [recipe for recipe in RECIPES if recipe["title"].startswith(f"{number}. ")]
    return [tuple(row) for row in run(demo, recipe["sql"])[1]]


@pytest.fixture(scope="module")
def states(demo: Engine, expected: Expected) -> Counter[str]:
    """How many items are in each state by what the service expected: unknown for long is not found."""
    with demo.connect() as connection:
        rows = connection.exec_driver_sql("SELECT item_no, registered_at FROM hkpost.mail_item").all()
    registered = {row.item_no: row.registered_at for row in rows}
    long_ago = datetime.now(UTC) - NOT_FOUND
    return Counter(
        "not_found" if item.status == 1001 and registered[item.item_no] < long_ago else item.state
        for item in expected.items.values()
    )


@pytest.mark.parametrize("number", SECOND_QUERIES)
def test_a_second_query_finds_the_same_another_way(demo: Engine, number: str) -> None:
    found = figures(demo, number)
    second = run(demo, SECOND_QUERIES[number])[1]
    assert sorted(found, key=str) == sorted(map(tuple, second), key=str)


def test_2_the_events_of_an_item_are_those_that_the_service_told_with_the_clock_of_their_place(
    demo: Engine, expected: Expected
) -> None:
    [[item_no]] = run(demo, "SELECT min(item_no) FROM hkpost.mail_item WHERE state = 'delivered'")[1]
    shown = [(local, message) for _, local, *_, message in figures(demo, "2")]
    assert sorted(shown) == sorted(
        (datetime.strptime(event.event_date_time, "%d-%m-%Y %H:%M"), event.message.e.strip())
        for event in expected.items[str(item_no)].events
    )


def test_4_each_state_has_as_many_items_as_the_service_told(demo: Engine, states: Counter[str]) -> None:
    assert {state: items for state, _, items in figures(demo, "4")} == states


def test_5_every_closed_item_is_counted_by_its_reason(demo: Engine, states: Counter[str]) -> None:
    closed = {state: count for state, count in states.items() if not is_open(state)}
    assert {reason: items for reason, items, *_ in figures(demo, "5")} == closed


def test_18_every_request_that_the_service_saw_is_counted(demo: Engine, expected: Expected) -> None:
    assert sum(counted for _, _, counted, *_ in figures(demo, "18")) == expected.requests


def test_20_the_events_that_the_service_took_back_are_listed(demo: Engine, expected: Expected) -> None:
    shown = {(item_no, local, message) for item_no, local, _, message, _ in figures(demo, "20")}
    assert shown == {
        (item_no, datetime.strptime(event.event_date_time, "%d-%m-%Y %H:%M"), event.message.e.strip())
        for item_no, event in expected.taken_back.items()
    }


def test_21_deliveries_are_counted_on_the_clock_of_their_place(demo: Engine, expected: Expected) -> None:
    delivered = [
        datetime.strptime(event.event_date_time, "%d-%m-%Y %H:%M")
        for item in expected.items.values()
        for event in item.events
        if event.event_type == "EMI" and not event.event_date_time.endswith("00:00")
    ]
    since = datetime.now() - timedelta(days=84)
    assert dict(figures(demo, "21")) == Counter(
        float(time.hour) for time in delivered if time.date() >= since.date()
    )
