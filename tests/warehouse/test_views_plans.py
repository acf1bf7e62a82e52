"""The views reach their indexes and partitions: what a query narrows, the warehouse does not read.

The planner of a small table prefers to read all of it; with that forbidden, an index condition in the plan
shows that the filter got through the view to the index. Nothing here measures a time.
"""

import re

import pytest

from tests.helpers.warehouse_by_hand import Warehouse

WEEKLY = (
    "delivery_performance",
    "milestone_funnel",
    "first_attempt",
    "customs_dwell",
    "first_scan",
    "on_time",
)


def plan(warehouse: Warehouse, sql: str) -> str:
    """How the warehouse would answer, with its indexes where they can be used."""
    warehouse.run("SET LOCAL enable_seqscan = off")
    return "\n".join(str(row["QUERY PLAN"]) for row in warehouse.rows(f"EXPLAIN {sql}"))


@pytest.mark.parametrize("view", WEEKLY)
def test_some_weeks_of_one_lane_are_found_by_the_index(warehouse: Warehouse, view: str) -> None:
    weeks = plan(
        warehouse, f"SELECT * FROM hkpost.{view} WHERE week_start >= date '2026-01-05' AND destination = 'US'"
    )
    assert "Index Cond: ((week_start >= '2026-01-05'::date) AND (destination = 'US'::text))" in weeks
    assert "fact_tracking_event" not in weeks and "mail_item" not in weeks


def test_some_days_are_found_by_the_index_of_days(warehouse: Warehouse) -> None:
    days = plan(warehouse, "SELECT * FROM hkpost.volume_day WHERE day >= date '2026-01-05'")
    assert "Index Cond: (posted_on >= '2026-01-05'::date)" in days
    assert "(delivered_on >= '2026-01-05'::date))" in days


def test_stuck_items_of_a_destination_need_no_other_lane(warehouse: Warehouse) -> None:
    stuck = plan(warehouse, "SELECT * FROM hkpost.stuck_item WHERE destination = 'BR'")
    assert re.search(r"(using|on) item_journey_open .*\n.*Index Cond: \(destination = 'BR'::text\)", stuck)
    usual = r"(on|using) lane_history_pkey.*\n.*Index Cond: \(.*destination = 'BR'::text"
    assert re.search(usual, stuck), "nor what is usual there"


def test_what_is_usual_on_the_lanes_is_not_worked_out_from_the_items_for_a_question(
    warehouse: Warehouse,
) -> None:
    assert "Group" not in plan(warehouse, "SELECT * FROM hkpost.stuck_item")


def test_stuck_items_of_all_lanes_are_found_among_the_open_ones(warehouse: Warehouse) -> None:
    stuck = plan(
        warehouse,
        "SELECT item_no, state, times_the_limit FROM hkpost.stuck_item ORDER BY times_the_limit DESC LIMIT 50",
    )
    assert re.search("(using|on) item_journey_open ", stuck)
    assert "mail_item" not in stuck


def test_what_the_service_took_back_is_found_by_its_index_the_latest_first(warehouse: Warehouse) -> None:
    back = plan(
        warehouse,
        "SELECT item_no FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL"
        " ORDER BY retracted_at DESC, item_no LIMIT 8",
    )
    assert "Merge Append" in back and "Sort  (" not in back
    assert len(re.findall(r"using fact_tracking_event_\w+_retracted_at_item_no_idx", back)) > 1


def test_counting_stuck_items_reads_no_item(warehouse: Warehouse) -> None:
    assert "mail_item" not in plan(
        warehouse, "SELECT lane_reports, count(*) FROM hkpost.stuck_item GROUP BY 1"
    )


def test_the_events_of_some_days_are_in_their_months_alone(warehouse: Warehouse) -> None:
    for month in ("2025-12", "2026-01", "2026-02"):
        suffix = f"y{month[:4]}m{month[5:]}"
        after = {"2025-12": "2026-01", "2026-01": "2026-02", "2026-02": "2026-03"}[month]
        warehouse.run(
            f"SELECT hkpost.ensure_partition('fact_tracking_event', '{suffix}', '{month}-01', '{after}-01')"
        )
    days = plan(
        warehouse,
        "SELECT item_no, message_e FROM hkpost.tracking_event"
        " WHERE event_date BETWEEN date '2026-01-10' AND date '2026-01-20'",
    )
    assert set(re.findall(r"fact_tracking_event_(y\d+m\d+|default)", days)) == {"y2026m01"}


def test_the_quota_of_some_days_is_found_by_the_index(warehouse: Warehouse) -> None:
    days = plan(warehouse, "SELECT * FROM hkpost.api_quota_day WHERE quota_day >= date '2026-01-05'")
    assert days.count("Index Cond: (quota_day >= '2026-01-05'::date)") > 1


def test_unclassified_wordings_are_counted_from_their_index_alone(warehouse: Warehouse) -> None:
    wordings = plan(warehouse, "SELECT * FROM hkpost.unclassified_wording WHERE kind = 'event'")
    scans = re.findall(r"(\w+ ?\w* Scan).* on fact_tracking_event_\w+", wordings)
    assert scans and set(scans) == {"Index Only Scan"}
