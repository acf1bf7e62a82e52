"""The views over item_journey: what analysts count and measure, over small histories written by hand."""

from datetime import date, datetime
from decimal import Decimal

from tests.helpers.warehouse_by_hand import Warehouse

LANE = {"origin_iso": "HK", "destination_iso": "US"}
WEEK = "SELECT * FROM hkpost.{} WHERE week_start = '2026-02-23'"
WEDNESDAY = datetime(2026, 2, 25, 8)
"""25 February 2026, 08:00 in Hong Kong: midnight in UTC, the clock of events written by hand."""


def posted(
    warehouse: Warehouse, item_no: str, state: str, *events: tuple[str, str], **columns: object
) -> None:
    """An item posted on that Wednesday, with events (local time, type)."""
    warehouse.item(item_no, state=state, **{**LANE, "posted_at_local": WEDNESDAY, **columns})
    for at, event_type in events:
        warehouse.event(item_no, at, event_type)


# --- first_attempt ----------------------------------------------------------------------------------------


def test_first_attempt_counts_what_succeeded_failed_waits_and_was_never_told(warehouse: Warehouse) -> None:
    posted(warehouse, "RB1", "delivered", ("2026-03-01 00:00", "EMI"))
    posted(warehouse, "RB2", "delivered", ("2026-03-03 00:00", "EMH"), ("2026-03-05 00:00", "EMI"))
    posted(warehouse, "RB3", "delivery_attempted", ("2026-03-07 00:00", "EMH"), ("2026-03-08 00:00", "EMH"))
    posted(warehouse, "RB4", "in_transit", ("2026-02-27 00:00", "EMC"))
    posted(warehouse, "RB5", "delivered")  # its milestone says so; it has no event
    warehouse.journeys()
    row = warehouse.row(WEEK.format("first_attempt"))
    assert list(row.values()) == [
        "HK", "US", "2026-W09", date(2026, 2, 23), 5, 1, 1, 3, 1, 2, 1,
        Decimal("0.3333"), 3, Decimal("6.00"), Decimal("9.20"),
    ]  # fmt: skip
    attempts = "SELECT failed_attempts FROM hkpost.item_journey WHERE item_no = 'RB3'"
    assert warehouse.value(attempts) == 2


def test_two_events_of_one_day_are_one_failed_attempt_and_a_retracted_one_is_none(
    warehouse: Warehouse,
) -> None:
    posted(warehouse, "RB1", "delivery_attempted", ("2026-03-03 09:00", "EMH"), ("2026-03-03 11:00", "EMH"))
    warehouse.event("RB1", "2026-03-04 11:00", "EMH", retracted_at="2026-03-05 00:00+00")
    warehouse.journeys()
    assert warehouse.value("SELECT failed_attempts FROM hkpost.item_journey") == 1


# --- customs_dwell ----------------------------------------------------------------------------------------


def test_customs_dwell_is_from_the_first_presentation_to_the_first_release(warehouse: Warehouse) -> None:
    posted(
        warehouse,
        "RB1",
        "arrived",
        ("2026-03-01 00:00", "EDB"),
        ("2026-03-01 06:00", "EME"),
        ("2026-03-02 12:00", "EDC"),
    )
    posted(warehouse, "RB2", "arrived", ("2026-03-01 00:00", "EME"), ("2026-03-01 12:00", "EDC"))
    posted(warehouse, "RB3", "customs", ("2026-03-01 00:00", "EDB"))
    posted(warehouse, "RB4", "delivered", ("2026-03-01 00:00", "EDB"), ("2026-03-04 00:00", "EMI"))
    posted(warehouse, "RB5", "arrived", ("2026-03-02 00:00", "EDC"))
    posted(warehouse, "RB6", "arrived", ("2026-03-02 00:00", "EMD"))
    warehouse.journeys()
    row = warehouse.row(WEEK.format("customs_dwell"))
    assert row.pop("longest_inside_hours") > 24
    assert list(row.values()) == [
        "HK", "US", "2026-W09", date(2026, 2, 23), 5, 5, 2,
        Decimal("24.0"), Decimal("33.6"), Decimal("36.0"), 1, 1, 1,
    ]  # fmt: skip


def test_an_item_that_customs_takes_back_has_a_stay_for_each_entry_up_to_its_next_release(
    warehouse: Warehouse,
) -> None:
    posted(
        warehouse,
        "RB1",
        "arrived",
        ("2026-03-01 00:00", "EXA"),  # export customs, of which no release is reported
        ("2026-03-03 00:00", "EDC"),  # released before its arrival was reported
        ("2026-03-03 06:00", "EDB"),
        ("2026-03-03 07:00", "EME"),
        ("2026-03-07 10:00", "EDC"),
        ("2026-03-07 10:00", "EDC"),  # reported twice
        ("2026-03-08 00:00", "EME"),
        ("2026-03-08 05:30", "EDC"),
    )
    warehouse.journeys()
    stays = warehouse.rows("SELECT * FROM hkpost.customs_stay ORDER BY coalesce(entered_at, released_at)")
    assert [(stay["hours"], stay["is_inside"]) for stay in stays] == [
        (None, False), (None, False), (Decimal("100.0"), False), (Decimal("5.5"), False)
    ]  # fmt: skip
    assert [stay["entered_at"] is None for stay in stays] == [False, True, False, False]
    row = warehouse.row(WEEK.format("customs_dwell"))
    assert (row["items"], row["stays"], row["n"], row["items_inside"]) == (1, 4, 2, 0)
    assert (row["stays_release_untold"], row["stays_entry_untold"]) == (1, 1)
    assert row["p90_hours"] == Decimal("90.6"), "the long stay after the first release counts"


def test_whoever_is_in_the_state_customs_is_inside_and_nobody_else(warehouse: Warehouse) -> None:
    posted(warehouse, "RB1", "customs", ("2026-03-01 00:00", "EDC"), ("2026-03-02 00:00", "EME"))
    posted(warehouse, "RB2", "customs", ("2026-03-01 00:00", "EXB"))
    posted(warehouse, "RB3", "customs")  # by its milestone
    posted(warehouse, "RB4", "customs", ("2026-03-01 00:00", "EDB"), ("2026-03-02 00:00", "EDC"))
    posted(warehouse, "RB5", "exception", ("2026-03-01 00:00", "EDB"), ("2026-03-02 00:00", "EDX"))
    warehouse.journeys()
    inside = warehouse.rows("SELECT item_no FROM hkpost.customs_stay WHERE is_inside ORDER BY 1")
    assert [row["item_no"] for row in inside] == ["RB1", "RB2", "RB3", "RB4"]
    row = warehouse.row(WEEK.format("customs_dwell"))
    assert row["items_inside"] == 4
    parts = ("n", "items_inside", "stays_release_untold", "stays_entry_untold")
    assert sum(row[part] for part in parts) == row["stays"] == 7


# --- first_scan -------------------------------------------------------------------------------------------


def test_first_scan_leaves_out_what_is_announced_and_what_is_planned(warehouse: Warehouse) -> None:
    registered = {"registered_at": "2026-02-25 00:00+00"}
    posted(
        warehouse,
        "RB1",
        "accepted",
        ("2026-02-25 06:00", "pre_advice"),
        ("2026-02-25 07:00", "planned_departure"),
        ("2026-02-25 10:00", "EMA"),
        **registered,
    )
    posted(warehouse, "RB2", "accepted", ("2026-02-25 20:00", "EMA"), **registered)
    posted(warehouse, "RB3", "accepted", ("2026-02-25 06:00", "EMA"), registered_at="2026-02-26 00:00+00")
    posted(warehouse, "RB4", "registered", ("2026-02-25 06:00", "pre_advice"), **registered)
    posted(warehouse, "RB5", "expired", **registered)
    warehouse.journeys()
    row = warehouse.row(WEEK.format("first_scan"))
    assert list(row.values())[3:] == [
        5, 3, 1, 0, 1, 2, Decimal("15.0"), Decimal("19.0"), 1, Decimal("4.0"), Decimal("4.0"),
    ]  # fmt: skip


def test_first_scan_counts_an_item_nothing_is_known_of_in_the_week_of_its_registration(
    warehouse: Warehouse,
) -> None:
    warehouse.item("RB1", registered_at="2026-03-01 16:30+00")  # Monday in Hong Kong
    warehouse.journeys()
    row = warehouse.row("SELECT origin, destination, week_start, items, items_waiting FROM hkpost.first_scan")
    assert tuple(row.values()) == (None, None, date(2026, 3, 2), 1, 1)


# --- on_time ----------------------------------------------------------------------------------------------


def target(warehouse: Warehouse, days: int, **columns: object) -> None:
    names = ["target_days", "source", *columns]
    warehouse.run(
        f"INSERT INTO hkpost.delivery_target ({', '.join(names)}) VALUES ({', '.join(f':{n}' for n in names)})",
        target_days=days,
        source="test",
        **columns,
    )


def test_on_time_without_a_target_tells_no_share_and_calls_no_delivery_kept(warehouse: Warehouse) -> None:
    posted(warehouse, "RB1", "delivered", ("2026-03-01 00:00", "EMI"))
    posted(warehouse, "RB2", "in_transit")
    warehouse.journeys()
    row = warehouse.row(
        "SELECT target_days, items_posted, items_unknown, items_undecided, is_mature, share_on_time FROM hkpost.on_time"
    )
    assert tuple(row.values()) == (None, 2, 1, 1, False, None)


def test_on_time_counts_each_item_once_and_leaves_the_undecided_out_of_the_share(
    warehouse: Warehouse,
) -> None:
    target(warehouse, 5, destination="US")
    posted(warehouse, "RB1", "delivered", ("2026-03-02 23:00", "EMI"))
    posted(warehouse, "RB2", "delivered", ("2026-03-03 00:00", "EMI"))
    posted(warehouse, "RB3", "in_transit", ("2026-02-26 00:00", "EMC"))
    posted(warehouse, "RB4", "returned", ("2026-03-09 00:00", "returned"))
    posted(warehouse, "RB5", "expired", ("2026-02-26 00:00", "EMC"))
    posted(warehouse, "RB6", "delivered")
    warehouse.journeys()
    row = warehouse.row(WEEK.format("on_time"))
    assert list(row.values())[5:] == [5, 6, 1, 1, 1, 0, 1, 2, 0, None, True, 3, None]
    warehouse.run("UPDATE hkpost.setting SET value = '3' WHERE name = 'minimum_items_of_a_share'")
    assert warehouse.value("SELECT share_on_time FROM hkpost.on_time") == Decimal("0.3333")


def test_an_open_item_is_undecided_until_its_target_has_passed(warehouse: Warehouse) -> None:
    today = warehouse.value("SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date")
    target(warehouse, 3)
    for number, days in enumerate((3, 4)):
        posted(
            warehouse,
            f"RB{number}",
            "in_transit",
            posted_at_local=datetime.combine(today, datetime.min.time()).replace(hour=23)
            - (datetime(2026, 1, 1 + days) - datetime(2026, 1, 1)),
        )
    warehouse.journeys()
    row = warehouse.row(
        "SELECT sum(items_undecided) AS undecided, sum(items_overdue) AS overdue FROM hkpost.on_time"
    )
    assert tuple(row.values()) == (1, 1)


def test_the_most_specific_target_that_was_valid_counts(warehouse: Warehouse) -> None:
    target(warehouse, 30)
    target(warehouse, 20, service="R")
    target(warehouse, 10, destination="US")
    target(warehouse, 9, destination="US", valid_from=date(2026, 2, 25))
    target(warehouse, 8, destination="US", valid_from=date(2026, 2, 26))
    target(warehouse, 5, destination="US", service="E")
    posted(warehouse, "EA000000010HK", "in_transit")
    posted(warehouse, "RB000000010HK", "in_transit")
    posted(warehouse, "RB000000023HK", "in_transit", destination_iso="NZ")
    posted(warehouse, "CP000000010HK", "in_transit", destination_iso="NZ")
    warehouse.journeys()
    rows = warehouse.rows("SELECT destination, service, target_days FROM hkpost.on_time ORDER BY 1, 2")
    assert [tuple(row.values()) for row in rows] == [
        ("NZ", "C", 30),
        ("NZ", "R", 20),
        ("US", "E", 5),
        ("US", "R", 9),
    ]


# --- volume_day -------------------------------------------------------------------------------------------


def test_volume_day_counts_postings_and_deliveries_each_on_its_own_day(warehouse: Warehouse) -> None:
    posted(warehouse, "RB000000010HK", "delivered", ("2026-03-01 23:00", "EMI"))
    posted(
        warehouse, "RB000000023HK", "in_transit", ("2026-03-01 23:00", "EMI")
    )  # its milestone says otherwise
    warehouse.item("RB000000037HK")
    warehouse.journeys()
    rows = warehouse.rows("SELECT * FROM hkpost.volume_day ORDER BY day")
    assert [tuple(row.values()) for row in rows] == [
        (date(2026, 2, 25), "HK", "US", "R", 2, 1, 0),
        (date(2026, 3, 1), "HK", "US", "R", 0, 0, 1),
    ]


# --- data_freshness ---------------------------------------------------------------------------------------


def test_data_freshness_says_how_old_the_knowledge_of_each_account_is(warehouse: Warehouse) -> None:
    def ago(hours: int) -> object:
        return warehouse.value("SELECT now() - make_interval(hours => :hours)", hours=hours)

    for number, hours in enumerate((2, 4, 12)):
        warehouse.item(f"RB{number}", state="in_transit", last_polled_at=ago(hours), next_poll_at=ago(-1))
    warehouse.item("RB8", next_poll_at=ago(5), last_event_at=ago(-48))
    warehouse.item(
        "RB9", next_poll_at="infinity", pending_call_id=7, last_polled_at=ago(4), last_event_at=ago(3)
    )
    warehouse.item("RC1", state="expired", last_polled_at=ago(900))
    warehouse.run("INSERT INTO hkpost.account_lease (account, last_sent_at) VALUES ('hkpost_old', now())")
    rows = warehouse.rows("SELECT * FROM hkpost.data_freshness ORDER BY account")
    assert [row["account"] for row in rows] == ["hkpost_default", "hkpost_old"]
    row = rows[0]
    assert (row["items_open"], row["items_due"], row["items_loading"], row["items_never_asked"]) == (
        5,
        1,
        1,
        1,
    )
    assert (row["oldest_due_hours"], row["median_age_hours"], row["p90_age_hours"]) == (
        Decimal("5.0"),
        Decimal("4.0"),
        Decimal("9.6"),
    )
    assert row["last_event_at"] == ago(3), "what lies ahead is somebody's clock"
    assert (rows[1]["items_open"], rows[1]["items_due"], rows[1]["last_sent_at"]) == (0, 0, ago(0))


# --- stuck_item: does the lane report at all? -------------------------------------------------------------


def test_whether_a_lane_reports_after_the_departure_is_read_from_its_items(warehouse: Warehouse) -> None:
    for service, heard in (("RB", 0), ("EA", 20), ("CP", 0)):
        for number in range(19 if service == "CP" else 20):
            item_no = f"{service}{number:09}HK"
            posted_at = warehouse.value("SELECT (now() - interval '40 days') AT TIME ZONE 'Asia/Hong_Kong'")
            warehouse.item(
                item_no,
                state="in_transit",
                posted_at_local=posted_at,
                last_event_at=posted_at,
                origin_iso="HK",
                destination_iso="BR",
            )
            warehouse.event(item_no, f"{posted_at:%Y-%m-%d %H:%M}", "EMC")
            if number < heard:
                warehouse.event(item_no, f"{posted_at:%Y-%m-%d} 23:59", "EMD")
    warehouse.journeys()
    rows = warehouse.rows(
        "SELECT service, lane_reports, lane_departed_items, lane_heard_items, count(*) AS items"
        " FROM hkpost.stuck_item WHERE destination = 'BR' GROUP BY 1, 2, 3, 4 ORDER BY 1"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("C", None, 19, 0, 19),
        ("E", True, 20, 20, 20),
        ("R", False, 20, 0, 20),
    ]
