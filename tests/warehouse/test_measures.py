"""Figures over time: what is still open, what ended otherwise and what is not understood bias none of them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.helpers.warehouse_by_hand import Warehouse

MONDAY = date(2026, 2, 23)
SIX_PARTS = (
    "items_on_time",
    "items_late",
    "items_overdue",
    "items_undecided",
    "items_not_delivered",
    "items_unknown",
)


def minimum(warehouse: Warehouse, items: int) -> None:
    warehouse.run(
        "UPDATE hkpost.setting SET value = :items WHERE name = 'minimum_items_of_a_share'", items=str(items)
    )


def mail(
    warehouse: Warehouse,
    items: int,
    state: str,
    *,
    days: int,
    posted_on: date = MONDAY,
    destination: str = "US",
    service: str = "RB",
) -> None:
    """Items posted at ten in Hong Kong that were delivered, or last answered about, this number of days later."""
    first = warehouse.value("SELECT count(*) FROM hkpost.mail_item")
    at = datetime.combine(posted_on + timedelta(days=days), datetime.min.time())
    for number in range(first, first + items):
        warehouse.item(
            f"{service}{number:09}HK",
            state=state,
            origin_iso="HK",
            destination_iso=destination,
            posted_at_local=datetime.combine(posted_on, datetime.min.time()) + timedelta(hours=10),
            last_answered_at=f"{at} +00",
            last_event_at=f"{at} +00",
            delivered_at=f"{at} +00" if state == "delivered" else None,
        )


def curve(warehouse: Warehouse, arguments: str = "NULL, NULL, NULL, NULL, NULL") -> list[tuple[object, ...]]:
    rows = warehouse.rows(f"SELECT * FROM hkpost.lead_time_curve({arguments})")
    return [(row["day"], row["at_risk"], row["delivered"], float(row["share_delivered"])) for row in rows]


# --- lead times -------------------------------------------------------------------------------------------


def test_an_open_item_is_at_risk_until_its_last_answer_and_other_ends_compete(warehouse: Warehouse) -> None:
    mail(warehouse, 4, "delivered", days=3)
    mail(warehouse, 2, "in_transit", days=4)
    mail(warehouse, 1, "returned", days=5)
    mail(warehouse, 3, "delivered", days=6)
    warehouse.journeys()
    # On day 4 two of six are followed no further; on day 5 one of four goes back; on day 6 the last three come.
    assert curve(warehouse) == [(3, 10, 4, 0.4), (4, 6, 0, 0.4), (5, 4, 0, 0.4), (6, 3, 3, 0.85)]


def test_a_curve_is_of_the_lane_service_and_days_asked_for_and_of_all_without(warehouse: Warehouse) -> None:
    mail(warehouse, 2, "delivered", days=3)
    mail(warehouse, 2, "delivered", days=5, destination="NZ", service="EA")
    mail(warehouse, 2, "delivered", days=7, posted_on=MONDAY + timedelta(days=9))
    warehouse.journeys()
    assert curve(warehouse, "'HK', 'NZ', 'E', NULL, NULL") == [(5, 2, 2, 1.0)]
    assert curve(warehouse, "NULL, 'US', NULL, '2026-02-24', '2026-03-04'") == [(7, 2, 2, 1.0)]
    assert curve(warehouse, "NULL, NULL, NULL, NULL, '2026-02-23'") == [(3, 4, 2, 0.5), (5, 2, 2, 1.0)]
    assert curve(warehouse)[-1][0] == 7


def test_the_band_of_a_curve_holds_its_share_and_is_wider_where_fewer_items_are_known(
    warehouse: Warehouse,
) -> None:
    mail(warehouse, 30, "delivered", days=3)
    mail(warehouse, 60, "in_transit", days=4)
    mail(warehouse, 10, "delivered", days=6)
    warehouse.journeys()
    few, many = warehouse.rows(
        "SELECT *, share_high - share_low AS width FROM hkpost.lead_time_curve(NULL, NULL, NULL, NULL, NULL)"
        " WHERE delivered > 0 ORDER BY day DESC"
    )
    assert few["share_low"] <= few["share_delivered"] <= few["share_high"] <= 1
    assert (many["share_low"], many["share_high"]) == (Decimal("0.218948"), Decimal("0.395850"))
    mail(warehouse, 300, "delivered", days=3)
    warehouse.journeys()
    assert (
        warehouse.value(
            "SELECT share_high - share_low FROM hkpost.lead_time_curve(NULL, NULL, NULL, NULL, NULL) WHERE day = 3"
        )
        < many["width"]
    )


def test_a_young_week_does_not_look_faster_than_it_is(warehouse: Warehouse) -> None:
    minimum(warehouse, 10)
    mail(warehouse, 4, "delivered", days=4)
    mail(warehouse, 6, "in_transit", days=6)
    warehouse.journeys()
    week = warehouse.row("SELECT * FROM hkpost.delivery_performance")
    assert (week["items_posted"], week["items_delivered"], week["items_open"]) == (10, 4, 6)
    assert week["p50_days"] is None, "the median of what is delivered, 4, is not the week's"
    assert not week["is_mature"]


def test_a_percentile_is_null_where_the_curve_does_not_reach_it_and_where_too_few_items_carry_it(
    warehouse: Warehouse,
) -> None:
    mail(warehouse, 24, "delivered", days=4)
    mail(warehouse, 3, "delivered", days=9)
    mail(warehouse, 3, "returned", days=20)
    mail(warehouse, 29, "delivered", days=2, destination="NZ")
    warehouse.journeys()
    rows = warehouse.rows("SELECT * FROM hkpost.delivery_performance ORDER BY destination")
    assert [(row["p50_days"], row["p90_days"], row["p95_days"]) for row in rows] == [
        (None, None, None),
        (4, 9, None),
    ]
    assert [row["is_mature"] for row in rows] == [True, True]


def test_every_split_of_the_items_posted_adds_up(warehouse: Warehouse) -> None:
    warehouse.run("INSERT INTO hkpost.delivery_target (target_days, source) VALUES (5, 'test')")
    states = [row["state"] for row in warehouse.rows("SELECT state FROM hkpost.dim_state ORDER BY 1")]
    for number, state in enumerate(states):
        mail(warehouse, number + 1, state, days=number)
    warehouse.run("UPDATE hkpost.mail_item SET delivered_at = NULL WHERE item_no = 'RB000000021HK'")
    warehouse.event("RB000000099HK", "2026-02-24 09:00", "pre_advice")
    warehouse.journeys()
    posted = warehouse.value("SELECT count(*) FROM hkpost.item_journey WHERE posted_at IS NOT NULL")
    performance = warehouse.row("SELECT * FROM hkpost.delivery_performance")
    assert performance["items_posted"] == posted
    assert posted == sum(performance[f"items_{part}"] for part in ("delivered", "open", "not_delivered"))
    on_time = warehouse.row("SELECT * FROM hkpost.on_time")
    assert on_time["items_posted"] == posted == sum(on_time[part] for part in SIX_PARTS)
    funnel = "SELECT sum(items_furthest) AS furthest, max(items) AS items FROM hkpost.milestone_funnel"
    assert tuple(warehouse.row(funnel).values()) == (posted, posted)
    scan = warehouse.row("SELECT * FROM hkpost.first_scan")
    assert scan["items"] == sum(
        scan[f"items_{part}"] for part in ("scanned", "waiting", "never_scanned", "untold")
    )
    attempt = warehouse.row("SELECT * FROM hkpost.first_attempt")
    assert attempt["items_posted"] == sum(
        attempt[f"items_{part}"] for part in ("waiting", "untold", "attempted")
    )


# --- on_time ----------------------------------------------------------------------------------------------


def test_a_share_on_time_waits_until_the_promises_of_the_whole_week_can_be_judged(
    warehouse: Warehouse,
) -> None:
    minimum(warehouse, 1)
    warehouse.run("INSERT INTO hkpost.delivery_target (target_days, source) VALUES (10, 'test')")
    today = warehouse.value("SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date")
    young, old = today - timedelta(days=8), today - timedelta(days=30)
    for posted_on in (young, old):
        mail(warehouse, 8, "delivered", days=5, posted_on=posted_on)
        mail(warehouse, 2, "in_transit", days=(today - posted_on).days, posted_on=posted_on)
    warehouse.journeys()
    weeks = warehouse.rows("SELECT * FROM hkpost.on_time ORDER BY week_start")
    assert [(week["is_mature"], week["n"], week["share_on_time"]) for week in weeks] == [
        (True, 10, Decimal("0.8000")),
        (False, 0, None),
    ]


def test_what_was_not_asked_since_its_promise_is_undecided_and_keeps_a_week_from_being_judged(
    warehouse: Warehouse,
) -> None:
    minimum(warehouse, 1)
    warehouse.run("INSERT INTO hkpost.delivery_target (target_days, source) VALUES (10, 'test')")
    mail(warehouse, 8, "delivered", days=5)
    mail(warehouse, 2, "in_transit", days=7)
    warehouse.journeys()
    week = warehouse.row("SELECT * FROM hkpost.on_time")
    assert (week["items_undecided"], week["is_mature"], week["share_on_time"]) == (2, False, None)


def test_a_lane_that_tells_nothing_after_the_departure_has_no_share_on_time(warehouse: Warehouse) -> None:
    minimum(warehouse, 1)
    warehouse.run("INSERT INTO hkpost.delivery_target (target_days, source) VALUES (10, 'test')")
    posted_on = warehouse.value("SELECT (now() AT TIME ZONE 'Asia/Hong_Kong')::date - 50")
    mail(warehouse, 20, "in_transit", days=45, posted_on=posted_on)
    for number in range(20):
        warehouse.event(f"RB{number:09}HK", f"{posted_on} 12:00", "EMC")
    warehouse.journeys()
    week = warehouse.row("SELECT * FROM hkpost.on_time")
    assert (week["items_overdue"], week["lane_reports"], week["share_on_time"]) == (20, False, None)
    assert warehouse.value("SELECT lane_reports FROM hkpost.delivery_performance") is False


# --- wordings without a meaning ---------------------------------------------------------------------------


def test_events_without_a_meaning_that_may_be_the_delivery_are_counted_beside_the_figures(
    warehouse: Warehouse,
) -> None:
    mail(warehouse, 3, "in_transit", days=60)
    last, followed, delivered = (f"RB{number:09}HK" for number in range(3))
    warehouse.run("UPDATE hkpost.mail_item SET state = 'delivered' WHERE item_no = :no", no=delivered)
    for item_no in (last, followed, delivered):
        warehouse.event(item_no, "2026-02-24 09:00", "EMC")
        warehouse.event(item_no, "2026-03-02 09:00", "unclassified", ("Objeto entregue", "", ""))
    warehouse.event(followed, "2026-03-03 09:00", "EMD")
    warehouse.event(delivered, "2026-03-02 10:00", "EMI")
    warehouse.journeys()
    for view in ("delivery_performance", "on_time"):
        assert warehouse.value(f"SELECT items_unclassified FROM hkpost.{view}") == 1
    assert warehouse.value("SELECT DISTINCT items_unclassified FROM hkpost.milestone_funnel") == 1
    stuck = warehouse.rows("SELECT item_no, unclassified_events FROM hkpost.stuck_item ORDER BY 1")
    assert [tuple(row.values()) for row in stuck] == [(last, 1), (followed, 0)]


# --- how far, and what counts as posted -------------------------------------------------------------------


def test_domestic_mail_comes_through_no_customs(warehouse: Warehouse) -> None:
    mail(warehouse, 2, "delivered", days=2, destination="HK")
    mail(warehouse, 1, "delivered", days=6)
    warehouse.event("RB000000001HK", "2026-02-24 09:00", "EMD")
    warehouse.journeys()
    rows = warehouse.rows(
        "SELECT destination, stage, items_reached FROM hkpost.milestone_funnel ORDER BY destination, stage_rank"
    )
    assert [row["items_reached"] for row in rows] == [2, 2, 0, 1, 0, 2, 2, 1, 1, 1, 1, 1, 1, 1]


def test_what_is_announced_only_is_not_posted_whatever_date_it_carries(warehouse: Warehouse) -> None:
    mail(warehouse, 2, "registered", days=0)
    announced, handed_in = (f"RB{number:09}HK" for number in range(2))
    warehouse.run("UPDATE hkpost.mail_item SET registered_at = '2026-02-23 00:00+00'")
    warehouse.event(announced, "2026-02-23 09:00", "pre_advice")
    warehouse.item("RB000000088HK", registered_at="2026-02-23 00:00+00")
    warehouse.event("RB000000088HK", "2026-02-23 09:00", "pre_advice")
    warehouse.event("RB000000088HK", "2026-02-25 09:00", "EMA")
    warehouse.item("RB000000077HK", registered_at="2026-02-23 00:00+00")
    warehouse.journeys()
    rows = warehouse.rows(
        "SELECT item_no, posted_on, week_start, outcome FROM hkpost.journey ORDER BY item_no"
    )
    assert [tuple(row.values()) for row in rows] == [
        (announced, None, MONDAY, None),
        (handed_in, MONDAY, MONDAY, "open"),
        ("RB000000077HK", None, MONDAY, None),
        ("RB000000088HK", MONDAY + timedelta(days=2), MONDAY, "open"),
    ]
    assert (
        warehouse.value("SELECT DISTINCT sum(items) FROM hkpost.milestone_funnel WHERE stage = 'posting'")
        == 2
    )
    assert warehouse.value("SELECT sum(items_posted) FROM hkpost.on_time") == 2


def test_items_never_scanned_are_those_that_the_service_never_knew(warehouse: Warehouse) -> None:
    for number, state in enumerate(("not_found", "invalid_number", "not_permitted", "expired", "registered")):
        warehouse.item(f"RB{number:09}HK", state=state)
    warehouse.journeys()
    scan = warehouse.row(
        "SELECT items, items_waiting, items_never_scanned, items_untold FROM hkpost.first_scan"
    )
    assert tuple(scan.values()) == (5, 1, 1, 3)


def test_what_is_not_known_is_null_in_every_table(warehouse: Warehouse) -> None:
    warehouse.item("NO-S10", state="in_transit", posted_at_local=datetime(2026, 2, 23))
    warehouse.journeys()
    for view in ("journey", "delivery_performance", "on_time"):
        lane = warehouse.row(f"SELECT origin, destination, service FROM hkpost.{view}")
        assert tuple(lane.values()) == (None, None, None), view
    assert warehouse.value("SELECT coalesce(origin_iso, destination_iso) FROM hkpost.mail_item") is None


def test_a_date_without_a_time_moves_no_lead_time(warehouse: Warehouse) -> None:
    """A delivery of which only the date is known is at 00:00 of its day, and as many days after the posting."""
    minimum(warehouse, 1)
    mail(warehouse, 2, "delivered", days=0)
    for number, at in enumerate(("2026-03-02 00:00", "2026-03-02 23:00")):
        warehouse.event(f"RB{number:09}HK", at, "EMI")
    warehouse.journeys()
    assert warehouse.value("SELECT min(followed_days) = max(followed_days) FROM hkpost.journey")
    assert warehouse.value("SELECT p50_days FROM hkpost.delivery_performance") == 7
