"""Maintenance: what lies in a default partition gets its own, what is too old goes, and sizes are reported."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.maintenance.daily import (
    apply_retention,
    make_partitions,
    refresh_statistics,
    table_sizes,
    unloaded_answers,
)
from tests.helpers.warehouse_by_hand import Warehouse


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def run(engine: Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql))


def value(engine: Engine, sql: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(sql)).scalar_one()


def archived(age: str, loaded_at: str = "now()") -> str:
    return (
        "INSERT INTO hkpost.raw_response (call_id, received_at, account, body, loaded_at) VALUES"
        f" (nextval('hkpost.api_call_id_seq'), now() - interval '{age}', 'hkpost_default', '', {loaded_at})"
    )


def test_what_lies_in_a_default_partition_gets_a_partition_of_its_own(engine: Engine) -> None:
    with engine.begin() as connection:
        warehouse = Warehouse(connection)
        for at in ("2014-07-28 11:00", "2014-07-29 11:00", "2019-01-05 11:00", "1900-01-01 00:00"):
            warehouse.event("RB000000010HK", at, "EMA")
    for table, column in (("tracking_event_change", "change, event_date"), ("item_state_change", "to_state")):
        said = "'appeared', '2001-02-03'" if table == "tracking_event_change" else "'accepted'"
        key = "item_no, event_key" if table == "tracking_event_change" else "item_no"
        keys = "'RB000000010HK', 'k'" if table == "tracking_event_change" else "'RB000000010HK'"
        run(
            engine,
            f"INSERT INTO hkpost.{table} ({key}, changed_at, {column})"
            f" VALUES ({keys}, '2001-02-28 23:59+00', {said})",
        )
    run(
        engine,
        "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos)"
        " VALUES ('hkpost_default', '2001-03-01 00:00+00', '2001-03-01', 1, '{RB000000010HK}')",
    )
    run(engine, archived("40 days"))
    day = value(
        engine,
        """SELECT to_char((now() - interval '40 days') AT TIME ZONE 'UTC', '"raw_response_y"YYYY"m"MM"d"DD')""",
    )
    made = set(make_partitions(engine))
    assert {
        "fact_tracking_event_y2014m07",
        "fact_tracking_event_y2019m01",
        "tracking_event_change_y2001m02",
        "item_state_change_y2001m02",
        "api_call_y2001m03",
        day,
    } <= made
    assert make_partitions(engine) == []
    for table in ("tracking_event_change", "item_state_change", "api_call", "raw_response"):
        assert value(engine, f"SELECT count(*) FROM hkpost.{table}_default") == 0
    assert value(engine, "SELECT count(*) FROM hkpost.fact_tracking_event_default") == 1, "the sentinel's"
    assert value(engine, "SELECT count(*) FROM hkpost.fact_tracking_event") == 4


def test_old_answers_go_by_the_day_and_an_answer_that_is_not_loaded_keeps_its_day(engine: Engine) -> None:
    for age, loaded_at in (
        ("91 days", "now()"),
        ("92 days", "NULL"),
        ("92 days", "now()"),
        ("5 days", "NULL"),
    ):
        run(engine, archived(age, loaded_at))
    make_partitions(engine)
    assert len(apply_retention(engine)) == 1
    assert unloaded_answers(engine) == 2
    assert value(engine, "SELECT count(*) FROM hkpost.raw_response") == 3
    run(engine, "UPDATE hkpost.raw_response SET loaded_at = now()")
    assert len(apply_retention(engine)) == 1
    assert value(engine, "SELECT count(*) FROM hkpost.raw_response") == 1


def test_the_planner_knows_partitioned_tables_as_wholes(engine: Engine) -> None:
    with engine.begin() as connection:
        Warehouse(connection).event("RB000000010HK", "2026-03-01 11:00", "EMA")
    assert refresh_statistics(engine) == []
    assert value(
        engine,
        "SELECT count(*) > 0 FROM pg_stats WHERE schemaname = 'hkpost' AND tablename = 'fact_tracking_event'",
    )


def test_every_table_is_told_with_its_partitions(engine: Engine) -> None:
    with engine.begin() as connection:
        Warehouse(connection).event("RB000000010HK", "1900-01-01 00:00", "EMA")
    refresh_statistics(engine)
    sizes = {size.table: size for size in table_sizes(engine)}
    assert {"fact_tracking_event", "mail_item", "raw_response", "setting"} < set(sizes)
    fact = sizes["fact_tracking_event"]
    assert fact.partitions > 24
    assert (fact.rows, fact.in_default) == (1, 1)
    assert "1 rows without a partition of their own" in fact.line()
    assert sizes["mail_item"].partitions == 0
    assert all(size.total_bytes > 0 for size in sizes.values())
