from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from hkpost.ecship.settings import AccountSettings, account_settings
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.reports.charts import backlog, forecasts, funnel, lanes, lead_time, pace
from hkpost.reports.overview import overview, quota, run_summaries
from hkpost.reports.read_only import read_only
from hkpost.warehouse.facts.journeys import rebuild_journeys
from hkpost.warehouse.snapshots.backlog import count_backlog
from tests.helpers.warehouse_by_hand import Warehouse


def settings(**extra: object) -> AccountSettings:
    return account_settings("hkpost_default", "http://localhost/", "demo", "credential", extra)


def call(warehouse: Warehouse, outcome: str = "answered", minutes_ago: int = 1, **columns: object) -> None:
    now = datetime.now(UTC)
    values = {
        "account": "hkpost_default",
        "run_id": "run",
        "sent_at": now - timedelta(minutes=minutes_ago),
        "quota_day": warehouse.value("SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date"),
        "item_count": 30,
        "item_nos": ["RB000000010HK"],
        "outcome": outcome,
        **columns,
    }
    names = ", ".join(values)
    warehouse.run(
        f"INSERT INTO hkpost.api_call ({names}) VALUES ({', '.join(':' + n for n in values)})", **values
    )


def test_an_empty_warehouse_has_nothing_to_show_and_says_so(engine: Engine) -> None:
    seen = overview(engine)
    assert seen.pop("today") == datetime.now(ZoneInfo("Asia/Hong_Kong")).date()
    assert seen == {
        "open": [],
        "freshness": [],
        "closed_today": [],
        "unclassified": [],
        "unclassified_count": 0,
    }


def test_open_items_are_those_of_the_last_count_by_account_and_state(
    engine: Engine, warehouse: Warehouse
) -> None:
    now = datetime.now(UTC)
    warehouse.item("A", state="in_transit", next_poll_at=now - timedelta(hours=2), last_polled_at=now)
    warehouse.item("B", state="in_transit", next_poll_at=now + timedelta(hours=2), last_polled_at=now)
    warehouse.item("C", state="customs", account="hkpost_b")
    warehouse.item("D", state="delivered")
    count_backlog(engine)
    warehouse.item("E", state="in_transit")
    seen = overview(engine)
    assert {(row["account"], row["state"]): (row["items"], row["due_items"]) for row in seen["open"]} == {
        ("hkpost_default", "in_transit"): (2, 1),
        ("hkpost_b", "customs"): (1, 1),
    }
    fresh = {row["account"]: row for row in seen["freshness"]}
    assert fresh["hkpost_default"]["open_items"] == 2
    assert fresh["hkpost_default"]["oldest_due_at"] == now - timedelta(hours=2)


def test_how_good_forecasts_are_is_told_of_all_lanes_then_of_those_not_to_be_relied_on(
    engine: Engine, warehouse: Warehouse
) -> None:
    assert forecasts(engine) == {"rows": [], "made_at": None}
    warehouse.run(
        "INSERT INTO hkpost.forecast_quality (origin, destination, service, decile, items, predicted, actual,"
        "  items_covered, coverage_80, is_out_of_bounds, made_at) VALUES"
        " ('', '', '', 0, 900, 0.7, 0.65, 1000, 0.78, false, now()),"
        " ('', '', '', 7, 90, 0.65, 0.6, 100, NULL, NULL, now()),"
        " ('HK', 'US', 'R', 0, 400, 0.8, 0.8, 500, 0.81, false, now()),"
        " ('HK', 'JP', 'E', 0, 3, NULL, NULL, 3, NULL, NULL, now()),"
        " ('HK', 'NL', 'R', 0, 90, 0.9, 0.4, 100, 0.5, true, now())"
    )
    seen = forecasts(engine)["rows"]
    assert [(row["destination"], row["is_out_of_bounds"], row["items_covered"]) for row in seen] == [
        (None, False, 1000),
        ("NL", True, 100),
        ("US", False, 500),
        ("JP", False, 3),
    ]
    assert (seen[1]["origin"], seen[1]["service"], seen[1]["predicted"], seen[1]["actual"]) == (
        *("HK", "R"),
        *(0.9, 0.4),
    )


def test_an_item_that_is_made_due_at_once_waits_since_it_was_last_asked_about(
    engine: Engine, warehouse: Warehouse
) -> None:
    now = datetime.now(UTC)
    asked = now - timedelta(hours=1)
    warehouse.item("A", state="in_transit", registered_at=now - timedelta(days=74), last_polled_at=asked)
    count_backlog(engine)
    [row] = overview(engine)["freshness"]
    assert row["oldest_due_at"] == asked
    assert warehouse.value("SELECT next_poll_at FROM hkpost.item_status") == asked


def test_an_item_whose_answer_waits_to_be_loaded_is_open_and_not_due(
    engine: Engine, warehouse: Warehouse
) -> None:
    warehouse.item("A", state="in_transit", pending_call_id=1, next_poll_at="infinity")
    count_backlog(engine)
    assert [(row["items"], row["due_items"]) for row in overview(engine)["open"]] == [(1, 0)]


def test_the_age_of_knowledge_is_the_median_since_each_item_was_asked(
    engine: Engine, warehouse: Warehouse
) -> None:
    now = datetime.now(UTC)
    for number, hours in enumerate((1, 2, 30)):
        asked = now - timedelta(hours=hours)
        warehouse.item(f"A{number}", state="in_transit", last_polled_at=asked, next_poll_at="infinity")
    count_backlog(engine)
    [row] = overview(engine)["freshness"]
    assert 2 * 3600 <= row["median_age_s"] < 2 * 3600 + 600
    assert row["oldest_due_at"] is None


def test_knowledge_grows_older_while_no_run_counts_it(engine: Engine, warehouse: Warehouse) -> None:
    asked = datetime.now(UTC) - timedelta(minutes=15)
    warehouse.item("A", state="in_transit", last_polled_at=asked, next_poll_at="infinity")
    count_backlog(engine)
    warehouse.run("UPDATE hkpost.freshness_snapshot SET taken_at = taken_at - interval '3 days'")
    [row] = overview(engine)["freshness"]
    age = timedelta(seconds=row["median_age_s"])
    assert timedelta(days=3, minutes=15) <= age < timedelta(days=3, minutes=25)


def test_an_account_with_nothing_open_any_more_counts_as_nothing_open(
    engine: Engine, warehouse: Warehouse
) -> None:
    warehouse.item("A", state="in_transit")
    warehouse.run("INSERT INTO hkpost.account_lease (account) VALUES ('hkpost_default')")
    count_backlog(engine)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'delivered'")
    count_backlog(engine)
    seen = overview(engine)
    assert seen["open"] == []
    assert [(row["account"], row["open_items"]) for row in seen["freshness"]] == [("hkpost_default", 0)]


def test_closed_today_begins_with_hong_kongs_midnight(engine: Engine, warehouse: Warehouse) -> None:
    midnight = warehouse.value(
        "SELECT date_trunc('day', now() AT TIME ZONE 'Asia/Hong_Kong') AT TIME ZONE 'Asia/Hong_Kong'"
    )
    for number, closed_at in enumerate(
        (midnight, midnight + timedelta(seconds=1), midnight - timedelta(seconds=1))
    ):
        warehouse.item(f"A{number}", state="delivered", closed_at=closed_at, close_reason="delivered")
    warehouse.item("B", state="expired", closed_at=midnight, close_reason="expired")
    assert [(row["close_reason"], row["items"]) for row in overview(engine)["closed_today"]] == [
        ("delivered", 2),
        ("expired", 1),
    ]


def test_every_reason_that_the_pipeline_closes_for_is_counted(engine: Engine, warehouse: Warehouse) -> None:
    now = datetime.now(UTC)
    reasons = [
        "delivered",
        "returned",
        "expired",
        "invalid_number",
        "not_permitted",
        "not_found",
        "cancelled",
    ]
    for number, state in enumerate(reasons):
        warehouse.item(f"A{number}", state=state, closed_at=now, close_reason=state)
    warehouse.item("lower", state="invalid_number", closed_at=now, close_reason="malformed")
    warehouse.item("twice", state="cancelled", closed_at=now, close_reason="duplicate")
    counted = {row["close_reason"] for row in overview(engine)["closed_today"]}
    assert counted == {*reasons, "malformed", "duplicate"}


def test_quota_counts_what_reached_the_service_and_keeps_the_reserve(
    engine: Engine, warehouse: Warehouse
) -> None:
    now = datetime.now(UTC)
    call(warehouse)
    call(warehouse, "lost")
    call(warehouse, "unreachable")
    seen = quota(engine, settings(daily_quota=20_000, quota_reserve=500), due_items=61, now=now)
    assert (seen["used"], seen["left"], seen["reserve"], seen["needed"]) == (2, 19_498, 500, 3)
    assert seen["items_without_quota"] == 0


def test_quota_is_forecast_by_the_last_hour(engine: Engine, warehouse: Warehouse) -> None:
    now = datetime.now(UTC)
    for minute in (1, 20, 40, 90):
        call(warehouse, minutes_ago=minute)
    seen = quota(engine, settings(daily_quota=7, quota_reserve=0), due_items=0, now=now)
    assert (seen["left"], seen["requests_last_hour"]) == (3, 3)
    assert seen["lasts_until"] == now + timedelta(hours=1)


def test_quota_says_how_many_due_items_must_wait_for_tomorrow(engine: Engine, warehouse: Warehouse) -> None:
    now = datetime.now(UTC)
    seen = quota(engine, settings(daily_quota=2, quota_reserve=0), due_items=100, now=now)
    assert (seen["needed"], seen["items_without_quota"], seen["lasts_until"]) == (4, 40, None)


def test_a_run_is_told_by_account_with_its_last_trouble(engine: Engine, warehouse: Warehouse) -> None:
    call(warehouse)
    call(warehouse, "rate_limited", minutes_ago=3, error="9991 Exceed API request frequency")
    call(warehouse, account="hkpost_b")
    call(warehouse, run_id="another")
    summaries = {row["account"]: row for row in run_summaries(engine, ["run"])}
    assert set(summaries) == {"hkpost_default", "hkpost_b"}
    assert (summaries["hkpost_default"]["requests"], summaries["hkpost_default"]["items_answered"]) == (2, 30)
    assert summaries["hkpost_default"]["last_error"] == "9991 Exceed API request frequency"
    assert summaries["hkpost_default"]["last_outcome"] == "rate_limited"


def test_the_backlog_of_a_day_is_its_last_count(engine: Engine, warehouse: Warehouse) -> None:
    warehouse.run(
        "INSERT INTO hkpost.backlog_snapshot (taken_at, account, state, items, due_items) VALUES"
        " (now() - interval '1 day 1 second', 'a', 'customs', 1, 0), (now() - interval '1 day', 'a', 'customs', 2, 0),"
        " (now() - interval '1 day', 'b', 'customs', 3, 0), (now(), 'a', 'customs', 4, 0),"
        " (now() - interval '99 days', 'a', 'customs', 5, 0)"
    )
    assert [row["items"] for row in backlog(engine)["rows"]] == [5, 4]


def test_the_pace_is_requests_a_minute_of_the_last_hours(engine: Engine, warehouse: Warehouse) -> None:
    for _ in range(3):
        call(warehouse, minutes_ago=2)
    call(warehouse, minutes_ago=60 * 5)
    call(warehouse, "unreachable", minutes_ago=2)
    assert [row["requests"] for row in pace(engine)["rows"]] == [3]


def test_charts_of_the_last_weeks_are_as_the_end_of_the_last_run_found_them(
    engine: Engine, warehouse: Warehouse
) -> None:
    assert (lead_time(engine)["rows"], lead_time(engine)["taken_at"]) == ([], None), "no run has ended yet"
    warehouse.run("UPDATE hkpost.setting SET value = '1' WHERE name = 'minimum_items_of_a_share'")
    posted_at = warehouse.value(
        "SELECT date_trunc('week', now() AT TIME ZONE 'Asia/Hong_Kong') - interval '12 days'"
    )

    def delivered(item_no: str, after_days: int) -> None:
        times = {
            "posted_at_local": posted_at,
            "delivered_at": f"{posted_at + timedelta(days=after_days)} +08",
        }
        warehouse.item(item_no, state="delivered", origin_iso="HK", destination_iso="US", **times)
        with engine.begin() as connection:
            rebuild_journeys(connection)

    delivered("A", 5)
    refresh_snapshots(engine)
    delivered("B", 7)
    [row] = lead_time(engine)["rows"]
    assert (row["destination"], row["items_posted"], row["n"], row["p50_days"]) == ("US", 1, 1, 5)
    assert row["is_young"] is False
    with engine.begin() as connection:
        Warehouse(connection).item(
            "C",
            state="in_transit",
            origin_iso="HK",
            destination_iso="US",
            posted_at_local=posted_at,
            last_answered_at=f"{posted_at + timedelta(days=8)} +08",
        )
        rebuild_journeys(connection)
    refresh_snapshots(engine)
    [row] = lead_time(engine)["rows"]
    assert (row["items_posted"], row["n"], row["items_open"]) == (3, 2, 1)
    assert (row["p50_days"], row["p90_days"]) == (7, None), "what is open counts as not delivered yet"
    assert row["is_young"] is True, "a third of it is open"
    [lane] = lanes(engine)["rows"]
    assert (lane["origin"], lane["destination"], lane["service"]) == ("HK", "US", None)
    assert (lane["n"], lane["items_open"], lane["median_days"], lane["p90_days"]) == (3, 1, 7, None)
    assert (lane["worse"], lane["before"], lane["measures"], lane["on_time_share"]) == (False, None, [], None)
    assert lane["reports"] is True
    reached = {stage["stage"]: stage["items_reached"] for stage in funnel(engine)["rows"]}
    assert list(reached) == ["posting", "origin", "transit", "destination", "customs", "delivery", "final"]
    assert reached["final"] == 2
    assert lead_time(engine)["taken_at"] <= datetime.now(UTC)


def test_what_reads_for_a_page_cannot_write(engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="read-only"), read_only(engine) as connection:
        connection.exec_driver_sql("DELETE FROM hkpost.mail_item")
