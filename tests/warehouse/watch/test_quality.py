"""The view `quality_check`: what each check finds, and that it is silent about tables that keep their promises."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from hkpost.ecship.rows import Texts
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.watch.quality import INVARIANTS, WARNINGS, check_quality
from tests.helpers.answers_by_hand import ARRIVAL, POSTING, US, LoadedWarehouse, event, item_answer

ITEM = "RB123456785HK"


@pytest.fixture
def warehouse(warehouse_url: str) -> Iterator[LoadedWarehouse]:
    """A warehouse whose answers came just now."""
    engine = warehouse_engine(warehouse_url)
    yield LoadedWarehouse(engine)
    engine.dispose()


def answer_now(warehouse: LoadedWarehouse, *events: object, status: int = 0) -> None:
    """One answer, received a moment ago."""
    warehouse.answer(item_answer(ITEM, *events, status=status))  # type: ignore[arg-type]
    for table, column in (
        ("raw_response", "received_at"),
        ("api_call", "sent_at"),
        ("tracking_event_change", "changed_at"),
    ):
        warehouse.run(
            f"UPDATE hkpost.{table} SET {column} = now() WHERE {column} < now() - interval '1 hour'"
        )
    warehouse.run("UPDATE hkpost.api_call SET quota_day = current_date")
    warehouse.run("UPDATE hkpost.mail_item SET next_poll_at = now() + interval '1 hour'")


def found(warehouse: LoadedWarehouse) -> dict[str, int]:
    return {finding.name: finding.found for finding in check_quality(warehouse.engine)}


def test_tables_that_keep_their_promises_are_not_spoken_of(warehouse: LoadedWarehouse) -> None:
    assert found(warehouse) == {}
    answer_now(warehouse, POSTING, ARRIVAL)
    assert found(warehouse) == {}


@pytest.mark.parametrize("status", [1001, 1002, 1004])
def test_an_item_that_the_service_never_knew_has_no_way_and_breaks_no_promise(
    warehouse: LoadedWarehouse, status: int
) -> None:
    answer_now(warehouse, status=status)
    assert warehouse.value("SELECT poll_count FROM hkpost.mail_item") == 1
    assert found(warehouse) == {}


def test_the_checks_are_those_of_the_code(warehouse: LoadedWarehouse) -> None:
    checks = warehouse.rows("SELECT name, is_invariant FROM hkpost.quality_check")
    assert {row["name"] for row in checks if row["is_invariant"]} == set(INVARIANTS)
    assert {row["name"] for row in checks if not row["is_invariant"]} == set(WARNINGS)


def test_every_query_to_look_with_can_be_run(warehouse: LoadedWarehouse) -> None:
    for row in warehouse.rows("SELECT look_with FROM hkpost.quality_check"):
        warehouse.rows(str(row["look_with"]))


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("facts_without_item", "DELETE FROM hkpost.mail_item"),
        ("event_count_differs", "UPDATE hkpost.mail_item SET event_count = 7"),
        ("journey_differs", "UPDATE hkpost.item_journey SET last_event_at = NULL"),
        ("answer_without_archive", "DELETE FROM hkpost.raw_response"),
        ("archive_without_request", "DELETE FROM hkpost.api_call"),
        ("waits_for_no_answer", "UPDATE hkpost.mail_item SET pending_call_id = 1"),
        (
            "closed_without_reason",
            "UPDATE hkpost.mail_item SET state = 'delivered', last_polled_at = now() - interval '2 hours'",
        ),
    ],
)
def test_a_broken_promise_is_named_with_the_query_to_look_with(
    warehouse: LoadedWarehouse, name: str, damage: str
) -> None:
    answer_now(warehouse, POSTING, ARRIVAL)
    warehouse.run(damage)
    (finding,) = check_quality(warehouse.engine)
    assert (finding.name, finding.is_broken, finding.found) == (name, True, 1)
    assert f"BROKEN {name}: 1 " in finding.line()
    assert warehouse.rows(finding.look_with)


def test_an_event_far_ahead_is_a_warning(warehouse: LoadedWarehouse) -> None:
    answer_now(warehouse, POSTING)
    warehouse.run("UPDATE hkpost.fact_tracking_event SET event_time = now() + interval '30 hours'")
    warehouse.run("UPDATE hkpost.fact_tracking_event SET event_date = current_date + 2")
    assert found(warehouse) == {"events_in_the_future": 1}
    warehouse.run("UPDATE hkpost.setting SET value = '31' WHERE name = 'future_event_hours'")
    assert found(warehouse) == {}


def test_histories_that_only_lose_events_are_a_warning(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    answer_now(warehouse, POSTING)
    warehouse.run("DELETE FROM hkpost.tracking_event_change WHERE change = 'appeared'")
    assert found(warehouse) == {"histories_that_shrink": 1}
    warehouse.run("UPDATE hkpost.setting SET value = '100' WHERE name = 'shrunk_histories_percent'")
    assert found(warehouse) == {}


def test_a_share_of_events_that_nobody_classified_is_a_warning(warehouse: LoadedWarehouse) -> None:
    answer_now(warehouse, POSTING, event("26-02-2026 08:00", Texts("Never seen before"), US))
    assert found(warehouse) == {"unclassified_events": 1, "unclassified_wordings": 1}
    warehouse.run("UPDATE hkpost.setting SET value = '50' WHERE name = 'unclassified_percent'")
    assert found(warehouse) == {"unclassified_wordings": 1}


def test_due_items_without_any_answer_for_long_are_a_warning(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    assert found(warehouse) == {"nothing_fresh": 1}
    answer_now(warehouse, POSTING)
    warehouse.run(
        "INSERT INTO hkpost.mail_item (item_no, registered_at) VALUES ('RB000000010HK', now() - interval '3 days')"
    )
    assert found(warehouse) == {}


def test_a_check_that_is_not_asked_for_reads_no_table(warehouse: LoadedWarehouse) -> None:
    with warehouse.engine.connect() as connection:
        plan = connection.scalars(
            text("EXPLAIN (ANALYZE) SELECT * FROM hkpost.quality_check WHERE name = 'unclassified_wordings'")
        )
        read = "\n".join(line for line in plan if "never executed" not in line)
    assert "dim_wording" in read
    assert "on fact_tracking_event" not in read
    assert "on mail_item" not in read
