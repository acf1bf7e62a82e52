"""Partitions: there before they are needed, filled from the default one, dropped for age only where allowed."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.maintenance.partitions import (
    drop_aged,
    ensure_days_ahead,
    ensure_fact_months,
    ensure_fact_window,
)
from tests.helpers.warehouse_by_hand import Warehouse


@pytest.fixture
def reader(warehouse_url: str) -> Iterator[Warehouse]:
    """Another connection."""
    engine = warehouse_engine(warehouse_url)
    with engine.connect() as connection:
        yield Warehouse(connection)
    engine.dispose()


def lies_in(warehouse: Warehouse, table: str) -> set[object]:
    return {
        row["part"] for row in warehouse.rows(f"SELECT tableoid::regclass::text AS part FROM hkpost.{table}")
    }


def archive(warehouse: Warehouse, call_id: int, age_days: int, *, loaded: bool = True) -> None:
    warehouse.run(
        "INSERT INTO hkpost.raw_response (call_id, received_at, account, body, loaded_at) VALUES"
        " (:call_id, now() - make_interval(days => :age), 'hkpost_default', '', CASE WHEN :loaded THEN now() END)",
        call_id=call_id,
        age=age_days,
        loaded=loaded,
    )


def make_day(warehouse: Warehouse, age_days: int) -> None:
    warehouse.run(
        "SELECT hkpost.ensure_partition('raw_response', 'age' || :age,"
        " (date_trunc('day', now(), 'UTC') - make_interval(days => :age))::text,"
        " (date_trunc('day', now(), 'UTC') - make_interval(days => :age - 1))::text)",
        age=age_days,
    )


def test_a_migrated_warehouse_has_what_the_coming_days_need(warehouse: Warehouse) -> None:
    assert ensure_fact_window(warehouse.connection) == []
    assert ensure_days_ahead(warehouse.connection) == []
    names = {row["relname"] for row in warehouse.rows("SELECT relname FROM pg_class WHERE relispartition")}
    for table, suffix in (
        ("fact_tracking_event", '"y"YYYY"m"MM'),
        ("tracking_event_change", '"y"YYYY"m"MM'),
        ("item_state_change", '"y"YYYY"m"MM'),
        ("api_call", '"y"YYYY"m"MM'),
        ("raw_response", '"y"YYYY"m"MM"d"DD'),
    ):
        today = warehouse.value("SELECT to_char(now() AT TIME ZONE 'UTC', :suffix)", suffix=suffix)
        assert f"{table}_{today}" in names
        assert f"{table}_default" in names


def test_an_event_of_a_month_without_partition_is_kept_and_moved_when_it_is_made(
    warehouse: Warehouse,
) -> None:
    warehouse.event("RB000000010HK", "2014-07-28 11:00", "EMA")
    assert lies_in(warehouse, "fact_tracking_event") == {"hkpost.fact_tracking_event_default"}
    made = ensure_fact_months(warehouse.connection, [date(2014, 7, 28), date(2014, 7, 1), date(2014, 8, 1)])
    assert made == ["fact_tracking_event_y2014m07", "fact_tracking_event_y2014m08"]
    assert lies_in(warehouse, "fact_tracking_event") == {"hkpost.fact_tracking_event_y2014m07"}
    assert warehouse.value("SELECT count(*) FROM hkpost.fact_tracking_event_default") == 0
    warehouse.event("RB000000010HK", "2014-07-31 23:59", "EMC")
    assert lies_in(warehouse, "fact_tracking_event") == {"hkpost.fact_tracking_event_y2014m07"}


def test_the_sentinel_and_dates_that_nobody_means_get_no_partition(warehouse: Warehouse) -> None:
    wild = [date(1900, 1, 1), date(1999, 12, 31), date(9999, 12, 31), date(1, 1, 1)]
    assert ensure_fact_months(warehouse.connection, wild) == []


def test_a_partition_has_the_indexes_and_the_key_of_its_table(warehouse: Warehouse) -> None:
    ensure_fact_months(warehouse.connection, [date(2014, 7, 1)])
    attached = warehouse.value(
        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " WHERE i.indrelid = 'hkpost.fact_tracking_event_y2014m07'::regclass AND c.relispartition"
    )
    assert attached == warehouse.value(
        "SELECT count(*) FROM pg_index WHERE indrelid = 'hkpost.fact_tracking_event'::regclass"
    )


def test_a_query_by_date_reads_its_month_only(warehouse: Warehouse) -> None:
    ensure_fact_months(warehouse.connection, [date(2014, 7, 1), date(2014, 8, 1)])
    plan = warehouse.rows(
        "EXPLAIN SELECT * FROM hkpost.tracking_event WHERE event_date BETWEEN '2014-07-02' AND '2014-07-30'"
    )
    scanned = [str(row) for row in plan if "fact_tracking_event" in str(row)]
    assert scanned
    assert all("y2014m07" in line for line in scanned)


def test_making_a_partition_waits_for_no_reader_of_the_others(
    warehouse: Warehouse, reader: Warehouse
) -> None:
    month = warehouse.value("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-01')")
    reader.rows(f"SELECT * FROM hkpost.fact_tracking_event WHERE event_date = DATE '{month}'")
    assert ensure_fact_months(warehouse.connection, [date(2014, 7, 1)]) == ["fact_tracking_event_y2014m07"]


def test_a_partition_is_postponed_while_the_default_one_is_in_use(
    warehouse: Warehouse, reader: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    warehouse.run("ALTER FUNCTION hkpost.ensure_partition SET lock_timeout = '50ms'")
    warehouse.connection.commit()
    reader.event("RB000000010HK", "2014-07-28 11:00", "EMA")
    assert ensure_fact_months(warehouse.connection, [date(2014, 7, 1)]) == []
    assert "fact_tracking_event_y2014m07" in caplog.text
    reader.connection.commit()
    assert ensure_fact_months(warehouse.connection, [date(2014, 7, 1)]) == ["fact_tracking_event_y2014m07"]


def test_answers_older_than_archive_days_are_dropped_by_the_day(warehouse: Warehouse) -> None:
    for age in (3, 5, 8):
        make_day(warehouse, age)
    for call_id, age in enumerate((3, 5, 8, 12)):
        archive(warehouse, call_id, age)
    warehouse.run("UPDATE hkpost.setting SET value = '4' WHERE name = 'archive_days'")
    assert drop_aged(warehouse.connection) == ["raw_response_age5", "raw_response_age8"]
    assert [row["call_id"] for row in warehouse.rows("SELECT call_id FROM hkpost.raw_response")] == [0]


def test_an_answer_that_is_not_loaded_yet_keeps_its_day(warehouse: Warehouse) -> None:
    make_day(warehouse, 200)
    archive(warehouse, 1, 200, loaded=False)
    archive(warehouse, 2, 200)
    archive(warehouse, 3, 300, loaded=False)
    assert drop_aged(warehouse.connection) == []
    assert warehouse.value("SELECT count(*) FROM hkpost.raw_response") == 3


def test_requests_are_kept_for_ledger_days(warehouse: Warehouse) -> None:
    warehouse.run(
        "SELECT hkpost.ensure_partition('api_call', 'y2001m01', '2001-01-01 00:00+00', '2001-02-01 00:00+00')"
    )
    for sent_at in ("2001-01-15", "2001-02-15", "now()"):
        warehouse.run(
            "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos)"
            " VALUES ('hkpost_default', CAST(:sent_at AS timestamptz), '2001-01-01', 1, '{RB000000010HK}')",
            sent_at=sent_at.removesuffix("()"),
        )
    assert drop_aged(warehouse.connection) == ["api_call_y2001m01"]
    assert warehouse.value("SELECT count(*) FROM hkpost.api_call") == 1


@pytest.mark.parametrize("table", ["fact_tracking_event", "tracking_event_change", "item_state_change"])
def test_facts_and_changes_are_never_dropped_for_age(warehouse: Warehouse, table: str) -> None:
    with pytest.raises(sa.exc.DBAPIError, match="kept for ever"):
        warehouse.run("SELECT hkpost.drop_partitions_before(:table, now())", table=table)
