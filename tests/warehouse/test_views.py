"""The views that analysts and operations read, over small histories written by hand."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.helpers.warehouse_by_hand import Warehouse

ITEM = "RB000000010HK"
DELIVERED = ("Delivered", "成功派遞", "成功派递")
HONG_KONG = ("HONG KONG", "香港", "香港")


def posted_and_delivered(warehouse: Warehouse, number: int, days: int, destination: str = "US") -> None:
    """An item posted on Wednesday 25 February 2026, 10:00 in Hong Kong, delivered this number of days later."""
    warehouse.item(
        f"RB{number:09}HK",
        state="delivered",
        origin_iso="HK",
        destination_iso=destination,
        posted_at_local=datetime(2026, 2, 25, 10),
        delivered_at=f"2026-{'02-25' if not days else f'03-{days - 3:02}'} 02:00+00",
    )


# --- tracking_event ---------------------------------------------------------------------------------------


def test_tracking_event_says_what_was_received_in_three_languages(warehouse: Warehouse) -> None:
    warehouse.event(
        ITEM,
        "2017-03-01 11:00",
        "EMI",
        ("The item ({1}) was delivered on {2}", "郵件（{3}）已派遞", ""),
        HONG_KONG,
        text_params=[ITEM, "01-Mar-2017", ITEM],
        country_iso="HK",
        sequence_no=1,
    )
    row = warehouse.row("SELECT * FROM hkpost.tracking_event WHERE item_no = :item", item=ITEM)
    assert row["message_e"] == "The item (RB000000010HK) was delivered on 01-Mar-2017"
    assert row["message_c"] == "郵件（RB000000010HK）已派遞"
    assert row["message_s"] == ""
    assert (row["location_e"], row["location_c"], row["location_s"]) == HONG_KONG
    assert (row["event_type"], row["event_type_e"], row["is_terminal"]) == ("EMI", "Final delivery", True)
    assert row["event_time_local"] == datetime(2017, 3, 1, 11)


def test_tracking_event_keeps_an_event_without_place_or_type(warehouse: Warehouse) -> None:
    warehouse.event(ITEM, "2017-03-01 11:00", "unclassified", ("ENTREGADO", "", ""))
    row = warehouse.row("SELECT * FROM hkpost.tracking_event")
    assert (row["location_e"], row["message_e"], row["event_type_e"]) == ("", "ENTREGADO", "Unclassified")


def test_tracking_event_leaves_out_what_the_service_no_longer_reports(warehouse: Warehouse) -> None:
    warehouse.event(ITEM, "2017-03-01 11:00", "EMI", retracted_at="2017-03-02 00:00+00")
    assert warehouse.rows("SELECT * FROM hkpost.tracking_event") == []
    assert warehouse.value("SELECT count(*) FROM hkpost.fact_tracking_event") == 1


# --- item_status ------------------------------------------------------------------------------------------


def test_item_status_has_one_row_for_each_item_with_its_latest_current_event(warehouse: Warehouse) -> None:
    warehouse.item(ITEM, state="in_transit", last_event_at="2026-03-05 10:00+00", event_count=2)
    warehouse.item("RB000000023HK")
    warehouse.event(ITEM, "2026-03-01 09:00", "EMA", ("Posted", "已投寄", "已投寄"), HONG_KONG, sequence_no=1)
    warehouse.event(ITEM, "2026-03-05 10:00", "EMC", ("Left {1}", "", ""), text_params=["x"], sequence_no=2)
    warehouse.event(ITEM, "2026-03-06 10:00", "EMI", DELIVERED, retracted_at="2026-03-07 00:00+00")
    rows = warehouse.rows("SELECT * FROM hkpost.item_status ORDER BY item_no")
    assert [(row["item_no"], row["state"], row["last_event_e"], row["last_event_type"]) for row in rows] == [
        (ITEM, "in_transit", "Left x", "EMC"),
        ("RB000000023HK", "registered", None, None),
    ]


def test_item_status_takes_the_latest_event_by_its_own_clock_where_no_instant_is_known(
    warehouse: Warehouse,
) -> None:
    warehouse.item(ITEM, state="delivered", last_event_at="2026-03-01 09:00+00")
    warehouse.event(ITEM, "2026-03-01 09:00", "EMA", ("Posted", "", ""), sequence_no=1)
    warehouse.event(
        ITEM, "2026-03-09 09:00", "EMI", DELIVERED, event_time=None, time_precision="unknown", sequence_no=2
    )
    warehouse.event(
        ITEM,
        "1900-01-01",
        "unclassified",
        ("Some day", "", ""),
        event_time_local=None,
        event_time=None,
        time_precision="unknown",
        sequence_no=3,
    )
    assert warehouse.value("SELECT last_event_c FROM hkpost.item_status") == "成功派遞"


def test_item_status_shows_an_event_whose_date_cannot_be_read_where_there_is_no_other(
    warehouse: Warehouse,
) -> None:
    warehouse.item(ITEM)
    warehouse.event(
        ITEM,
        "1900-01-01",
        "EMA",
        ("Posted", "", ""),
        event_time_local=None,
        event_time=None,
        event_time_text="yesterday",
        time_precision="unknown",
        sequence_no=1,
    )
    assert warehouse.value("SELECT last_event_e FROM hkpost.item_status") == "Posted"


@pytest.mark.parametrize(
    ("columns", "due", "loading"),
    [
        ({}, True, False),
        ({"next_poll_at": "2999-01-01 00:00+00"}, False, False),
        ({"next_poll_at": "infinity", "pending_call_id": 7}, None, True),
        ({"state": "expired"}, None, False),
        ({"state": "delivered", "next_poll_at": "2020-01-01 00:00+00"}, True, False),
    ],
)
def test_item_status_says_when_an_item_is_asked_again(
    warehouse: Warehouse, columns: dict[str, object], due: bool | None, loading: bool
) -> None:
    warehouse.item(ITEM, **columns)
    row = warehouse.row("SELECT next_poll_at <= now() AS due, is_loading FROM hkpost.item_status")
    assert (row["due"], row["is_loading"]) == (due, loading)


# --- delivery_performance ---------------------------------------------------------------------------------


def test_delivery_performance_gives_lead_times_by_lane_and_iso_week_of_posting(warehouse: Warehouse) -> None:
    warehouse.run("UPDATE hkpost.setting SET value = '5' WHERE name = 'minimum_items_of_a_share'")
    for number, days in enumerate((4, 5, 6, 7, 18)):
        posted_and_delivered(warehouse, number, days)
    posted_and_delivered(warehouse, 10, 4, destination="NZ")
    warehouse.item(
        "RB000000099HK",
        state="in_transit",
        origin_iso="HK",
        destination_iso="US",
        posted_at_local=datetime(2026, 2, 23),
        last_answered_at="2026-02-28 00:00+00",
    )
    warehouse.journeys()
    rows = warehouse.rows("SELECT * FROM hkpost.delivery_performance ORDER BY destination")
    week = ("2026-W09", date(2026, 2, 23))
    assert [tuple(row.values()) for row in rows] == [
        ("HK", "NZ", "R", *week, 1, 1, 0, 0, 0, None, True, None, None, None),
        ("HK", "US", "R", *week, 6, 5, 1, 0, 0, None, False, 6, 18, 18),
    ]


def test_the_week_of_posting_is_hong_kongs_and_the_years_end_belongs_to_its_iso_year(
    warehouse: Warehouse,
) -> None:
    # No posting time: the first event stands in. Sunday 16:30 in UTC is Monday in Hong Kong.
    warehouse.item("RB1", origin_country="HKG", first_event_at="2026-03-01 16:30+00")
    warehouse.item("RB2", origin_country="HKG", posted_at_local=datetime(2027, 1, 1))
    warehouse.journeys()
    weeks = warehouse.rows(
        "SELECT origin, posting_week FROM hkpost.delivery_performance ORDER BY posting_week"
    )
    assert [tuple(row.values()) for row in weeks] == [("HKG", "2026-W10"), ("HKG", "2026-W53")]


def test_a_delivery_before_the_posting_counts_and_has_no_lead_time(warehouse: Warehouse) -> None:
    warehouse.item(
        ITEM, state="delivered", posted_at_local=datetime(2026, 2, 25), delivered_at="2026-02-20 00:00+00"
    )
    warehouse.journeys()
    warehouse.run("UPDATE hkpost.setting SET value = '1' WHERE name = 'minimum_items_of_a_share'")
    row = warehouse.row("SELECT items_delivered, p50_days FROM hkpost.delivery_performance")
    assert tuple(row.values()) == (1, None)


# --- stuck_item -------------------------------------------------------------------------------------------


def silent_item(
    warehouse: Warehouse, item_no: str, days: int, destination: str = "US", **columns: object
) -> None:
    since = warehouse.value("SELECT now() - make_interval(days => :days)", days=days)
    warehouse.item(
        item_no,
        **{
            "state": "in_transit",
            "origin_iso": "HK",
            "destination_iso": destination,
            "last_event_at": since,
            **columns,
        },
    )


def lane_of(warehouse: Warehouse, deliveries: int, days: int, destination: str = "US") -> None:
    """Recent deliveries on a lane, each this number of days after its posting."""
    warehouse.run(
        "INSERT INTO hkpost.mail_item (item_no, state, origin_iso, destination_iso, posted_at_local, delivered_at)"
        " SELECT 'L' || :destination || n, 'delivered', 'HK', :destination, posted AT TIME ZONE 'Asia/Hong_Kong',"
        "        posted + make_interval(days => :days)"
        "   FROM generate_series(1, :deliveries) n, LATERAL (SELECT now() - interval '30 days' AS posted) p",
        deliveries=deliveries,
        days=days,
        destination=destination,
    )


def test_an_item_is_stuck_when_silent_for_longer_than_its_lane_takes(warehouse: Warehouse) -> None:
    lane_of(warehouse, 20, 8)
    silent_item(warehouse, "RB1", 7)
    silent_item(warehouse, "RB2", 9)
    warehouse.journeys()
    row = warehouse.row("SELECT * FROM hkpost.stuck_item")
    assert row["item_no"] == "RB2"
    assert (row["silent_days"], row["stuck_days"], row["times_the_limit"]) == (9, 8, Decimal("1.1"))
    assert (row["lane_p50_days"], row["lane_p90_days"], row["lane_delivered_items"]) == (8, 8, 20)


def test_a_lane_with_few_deliveries_is_judged_by_stuck_after_days(warehouse: Warehouse) -> None:
    lane_of(warehouse, 19, 2, "NZ")
    silent_item(warehouse, "RB1", 13, "NZ")
    silent_item(warehouse, "RB2", 15, "NZ")
    silent_item(warehouse, "RB3", 15, "BR")
    warehouse.journeys()
    rows = warehouse.rows(
        "SELECT item_no, stuck_days, lane_delivered_items FROM hkpost.stuck_item ORDER BY item_no"
    )
    assert [tuple(row.values()) for row in rows] == [("RB2", 14, 19), ("RB3", 14, 0)]


def test_no_item_is_stuck_before_stuck_min_days_and_the_settings_decide(warehouse: Warehouse) -> None:
    lane_of(warehouse, 20, 1)
    silent_item(warehouse, "RB1", 4)
    warehouse.journeys()
    assert warehouse.rows("SELECT * FROM hkpost.stuck_item") == []
    warehouse.run("UPDATE hkpost.setting SET value = '3' WHERE name = 'stuck_min_days'")
    assert warehouse.value("SELECT stuck_days FROM hkpost.stuck_item") == 3


def test_an_item_without_events_is_silent_since_its_registration_and_a_closed_one_is_never_stuck(
    warehouse: Warehouse,
) -> None:
    silent_item(
        warehouse, "RB1", 0, state="registered", last_event_at=None, registered_at="2026-01-01 00:00+00"
    )
    silent_item(warehouse, "RB2", 99, state="returned")
    warehouse.journeys()
    assert warehouse.value("SELECT item_no FROM hkpost.stuck_item") == "RB1"


# --- milestone_funnel -------------------------------------------------------------------------------------


def test_milestone_funnel_counts_how_far_items_came(warehouse: Warehouse) -> None:
    lane = {"origin_iso": "HK", "destination_iso": "US", "posted_at_local": datetime(2026, 2, 25, 8)}
    warehouse.item("RB1", state="delivered", **lane)
    warehouse.event("RB1", "2026-02-25 00:00", "EMA")
    warehouse.event("RB1", "2026-02-27 00:00", "EMC")
    warehouse.event("RB1", "2026-03-03 00:00", "EMI")
    warehouse.item("RB2", state="in_transit", **lane)
    warehouse.event("RB2", "2026-03-01 00:00", "EMC")
    warehouse.event("RB2", "2026-03-02 00:00", "EMI", retracted_at="2026-03-03 00:00+00")
    warehouse.item("RB3", state="delivered", **lane)  # its milestone says so; it has no event
    warehouse.item("RB4", state="registered", **lane)
    warehouse.journeys()
    rows = warehouse.rows(
        "SELECT stage, items, items_reached, share_reached, items_seen, items_furthest, items_open"
        " FROM hkpost.milestone_funnel WHERE posting_week = '2026-W09' AND stage IN ('posting', 'transit', 'final')"
        " ORDER BY stage_rank"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("posting", 4, 4, Decimal("1.0000"), 1, 1, 2),
        ("transit", 4, 3, Decimal("0.7500"), 2, 1, 2),
        ("final", 4, 2, Decimal("0.5000"), 1, 2, 2),
    ]


# --- api_quota_day ----------------------------------------------------------------------------------------


def test_api_quota_day_counts_every_request_but_those_that_never_arrived(warehouse: Warehouse) -> None:
    outcomes = warehouse.rows(
        "SELECT outcome[1] AS outcome FROM pg_constraint,"
        " LATERAL regexp_matches(pg_get_constraintdef(oid), '''([a-z0-9_]+)''::text', 'g') AS outcome"
        " WHERE conname = 'api_call_outcome_check' AND conrelid = 'hkpost.api_call'::regclass"
    )
    assert len(outcomes) == 23
    for row in outcomes:
        warehouse.run(
            "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome, latency_ms)"
            " VALUES ('hkpost_default', now(), '2026-03-01', 2, '{RB1,RB2}', :outcome, 300)",
            outcome=row["outcome"],
        )
    day = warehouse.row("SELECT * FROM hkpost.api_quota_day")
    assert (day["requests_total"], day["requests_counted"], day["items_asked"]) == (23, 21, 44)
    by_outcome = list(day.values())[6:-3]
    assert sum(by_outcome) == 23
    assert (day["answered"], day["tests"], day["not_sent"], day["median_latency_ms"]) == (1, 2, 1, 300)


# --- unclassified_wording ---------------------------------------------------------------------------------


def test_unclassified_wording_lists_what_the_ledger_lacks_and_how_often_it_is_seen(
    warehouse: Warehouse,
) -> None:
    wording = warehouse.value(
        "INSERT INTO hkpost.dim_wording (kind, lang, template) VALUES ('event', 'e', 'DIGITALIZADO')"
        " RETURNING wording_id"
    )
    warehouse.run(
        "INSERT INTO hkpost.dim_wording (kind, lang, template) VALUES ('milestone', 'c', '處理 完成')"
    )
    warehouse.event("RB2", "2026-03-01 09:00", "unclassified", wording_id=wording)
    warehouse.event("RB1", "2026-03-01 09:00", "unclassified", wording_id=wording)
    warehouse.event("RB0", "2026-03-01 09:00", "unclassified", wording_id=wording, retracted_at="2026-03-02")
    warehouse.item("RB3", milestone_c=" 處理  完成。")
    rows = warehouse.rows("SELECT * FROM hkpost.unclassified_wording ORDER BY kind")
    assert [(row["template"], row["times_seen"], row["example_item_no"]) for row in rows] == [
        ("DIGITALIZADO", 2, "RB1"),
        ("處理 完成", 1, "RB3"),
    ]
