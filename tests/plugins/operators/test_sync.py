"""The first step of hkpost_tracking: one odd row of the business's table stops no other."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import psycopg2
import pytest
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import Engine, make_url, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake.register import UnreadRow, register_rows
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.source import SourceStopped, batches
from tests.helpers.connection import connection
from tests.helpers.reasons import sentence
from tests.helpers.task_context import task_context

GOOD = {"RB000000001HK", "RB000000003HK"}
ODD = "RB000000002HK"
LONG = "(SELECT string_agg(md5(n::text), '') FROM generate_series(1, 282) AS n)"
"""A text that PostgreSQL cannot compress into an index."""


@pytest.fixture
def engine(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def sync(open_items_sql: str) -> None:
    HkpostSyncOperator(task_id="sync_open_items", open_items_sql=open_items_sql).execute(task_context())


def rows(engine: Engine, sql: str) -> list[Any]:
    with engine.connect() as db:
        return list(db.execute(text(sql)))


def registered(engine: Engine) -> set[str]:
    return {row.item_no for row in rows(engine, "SELECT item_no FROM hkpost.mail_item")}


@pytest.mark.parametrize(
    ("column", "kind", "value", "reason"),
    [
        ("registered_at", "timestamptz", "'infinity'", "it must be a timestamp"),
        ("registered_at", "timestamptz", "'-infinity'", "it must be a timestamp"),
        ("registered_at", "timestamptz", "'0044-03-15 BC'", "it must be a timestamp"),
        ("registered_at", "timestamptz", "'12000-01-01'", "it must be a timestamp"),
        ("registered_at", "timestamp", "'infinity'", "it must be a timestamp"),
        ("registered_at", "date", "'infinity'", "it must be a timestamp"),
        ("registered_at", "timestamptz", "'9999-12-31 23:59:59+00'", "the years 1970 to 2199"),
        ("registered_at", "timestamptz", "'0001-01-01'", "the years 1970 to 2199"),
        ("registered_at", "time", "'24:00'", "it must be a timestamp"),
        ("registered_at", "tstzrange", "'[infinity,]'", "it must be a timestamp"),
        ("registered_at", "interval", "'170000000 years'", "it must be a timestamp"),
        ("registered_at", "integer", "7", "it must be a timestamp"),
        ("priority", "numeric", "'Infinity'", "it must be a whole number"),
        ("priority", "float8", "'-Infinity'", "it must be a whole number"),
        ("priority", "numeric", "2.5", "it must be a whole number"),
        ("priority", "numeric", "1e20000", "it must be a whole number"),
        ("priority", "jsonb", "'{\"level\": [1, 2]}'", "it must be a whole number"),
        ("source_ref", "text", LONG, "9,024 characters"),
        ("source_ref", "text[]", "'{a,b}'", "is a list"),
        ("source_ref", "jsonb", '\'{"order": {"no": [7]}}\'', "is a dict"),
        ("source_ref", "bytea", r"'\xff00'", "a text in UTF-8"),
        ("source_ref", "timestamptz[]", "'{infinity}'", None),
        ("source_ref", "jsonb", "repeat('9', 5000)::jsonb", "5,000 characters"),
    ],
)
def test_a_value_that_cannot_be_held_is_noted_and_all_rows_are_registered(
    engine: Engine, column: str, kind: str, value: str, reason: str | None
) -> None:
    sync(
        f"SELECT item_no, CASE item_no WHEN '{ODD}' THEN CAST({value} AS {kind}) END AS {column}"
        f" FROM unnest(ARRAY['RB000000001HK', '{ODD}', 'RB000000003HK']) AS item_no"
    )
    assert registered(engine) == {*GOOD, ODD}
    rejects = rows(engine, "SELECT * FROM hkpost.rejected_record")
    assert [row.item_no for row in rejects] == ([ODD] if reason else [])
    for row in rejects:
        assert row.reason.startswith(f"registered without its {column}: ")
        assert reason in row.reason
        assert sentence(row.reason_code, row.reason_values) == row.reason
        assert 0 < len(row.raw_fragment) <= 2000


@pytest.mark.parametrize(
    ("item_no", "account", "reason"),
    [
        ("repeat('R', 1048576)", "NULL", "1,048,576 characters, more than 13"),
        ("repeat('包', 300000)", "NULL", "300,000 characters, more than 13"),
        ("'  '", "NULL", "blank"),
        ("NULL", "NULL", "blank"),
        (f"'{ODD}'", LONG, "9,024 characters, more than 250"),
    ],
)
def test_a_row_that_is_no_item_is_noted_and_the_others_are_registered(
    engine: Engine, item_no: str, account: str, reason: str
) -> None:
    for _ in range(2):
        sync(
            "SELECT * FROM (VALUES ('RB000000001HK', 'hkpost_b'),"
            f" ({item_no}, {account}), ('RB000000003HK', NULL)) AS shipment (item_no, account)"
        )
    assert registered(engine) == GOOD
    [reject] = rows(engine, "SELECT * FROM hkpost.rejected_record")
    assert reason in reject.reason
    assert sentence(reject.reason_code, reject.reason_values) == reject.reason
    assert max(len(reject.item_no), len(reject.raw_fragment)) <= 2000


@pytest.mark.parametrize(
    ("number", "becomes"),
    [("'\\x5242303030303030303032484b'::bytea", ODD), ("'[\"RB000000002HK\"]'::jsonb", None), ("true", None)],
)
def test_a_number_of_another_kind_is_read_as_the_text_it_holds_or_noted(
    engine: Engine, number: str, becomes: str | None
) -> None:
    sync(f"SELECT {number} AS item_no")
    assert registered(engine) == ({becomes} if becomes else set())
    assert len(rows(engine, "SELECT FROM hkpost.rejected_record")) == (0 if becomes else 1)


def test_a_row_that_the_warehouse_refuses_is_found_among_the_others_and_noted(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(
            text(
                "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                " IF NEW.item_no LIKE '%7HK' THEN RAISE 'not one of ours'; END IF; RETURN NEW; END $$;"
                "CREATE TRIGGER refuse BEFORE INSERT ON hkpost.mail_item FOR EACH ROW EXECUTE FUNCTION public.refuse()"
            )
        )
    sync("SELECT 'RB' || lpad(n::text, 9, '0') || 'HK' AS item_no FROM generate_series(1, 100) AS n")
    assert len(registered(engine)) == 90
    rejects = rows(engine, "SELECT * FROM hkpost.rejected_record ORDER BY item_no")
    assert [row.item_no for row in rejects] == [f"RB{n:09}HK" for n in range(7, 101, 10)]
    assert {row.reason for row in rejects} == {"not registered: not one of ours"}


def test_a_warehouse_that_takes_nothing_is_no_rows_fault(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(text("ALTER TABLE hkpost.mail_item RENAME COLUMN source_ref TO elsewhere"))
    with pytest.raises(Exception, match="source_ref"):
        sync("SELECT 'RB000000001HK' AS item_no")
    assert rows(engine, "SELECT FROM hkpost.rejected_record") == []


def test_times_are_read_whatever_the_date_style_of_the_businesss_server(
    engine: Engine, empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = warehouse_engine(empty_database)
    with source.begin() as db:
        db.execute(text(f"ALTER DATABASE \"{make_url(empty_database).database}\" SET datestyle = 'SQL, DMY'"))
    source.dispose()
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_SOURCE", connection(empty_database))
    sync("SELECT 'RB000000001HK' AS item_no, CAST('27/02/2026 16:00+08' AS timestamptz) AS registered_at")
    [item] = rows(engine, "SELECT registered_at FROM hkpost.mail_item")
    assert item.registered_at == datetime(2026, 2, 27, 8, tzinfo=UTC)


def test_what_another_driver_cannot_read_is_a_row_of_its_own(engine: Engine, warehouse_url: str) -> None:
    url = make_url(warehouse_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with closing(psycopg2.connect(url)) as source, closing(source.cursor()) as cursor:
        cursor.execute(
            "SELECT n, CASE n WHEN 2 THEN CAST('0044-03-15 BC' AS timestamptz) END FROM generate_series(1, 3) n"
        )
        [batch] = batches(cursor)
    assert batch == [(1, None), UnreadRow(2, "ValueError: year -44 is out of range"), (3, None)]


def test_a_driver_that_does_not_go_past_a_row_gives_what_came_before_it() -> None:
    with closing(sqlite3.connect(":memory:")) as source:
        cursor = source.execute(
            "SELECT 'RB000000001HK' UNION ALL SELECT CAST(x'ff' AS text) UNION ALL SELECT 'RB000000003HK'"
        )
        read = batches(cursor)
        assert next(read)[0] == ("RB000000001HK",)
        with pytest.raises(
            SourceStopped,
            match=r"row 2 of open_items_sql cannot be read, .*: OperationalError: Could not decode",
        ):
            next(read)


def test_a_row_that_was_not_read_is_noted_once(engine: Engine) -> None:
    for _ in range(2):
        register_rows(
            engine,
            ["item_no"],
            [[("RB000000001HK",), UnreadRow(2, "ValueError: year -44"), ("RB000000003HK",)]],
        )
    assert registered(engine) == GOOD
    [reject] = rows(engine, "SELECT reason, raw_fragment FROM hkpost.rejected_record")
    assert reject == ("a row of open_items_sql cannot be read: ValueError: year -44", "row 2")


def test_rows_that_come_as_dictionaries_are_read_by_their_values(
    engine: Engine, warehouse_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = {**json.loads(connection(warehouse_url)), "extra": {"cursor": "dictcursor"}}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_SOURCE", json.dumps(source))
    sync("SELECT 'RB000000001HK' AS item_no")
    assert registered(engine) == {"RB000000001HK"}


def test_a_query_that_gives_a_time_of_another_kind_everywhere_is_refused_as_a_whole(engine: Engine) -> None:
    with pytest.raises(AirflowFailException, match="registered_at as int: give a timestamp"):
        sync("SELECT 'RB000000001HK' AS item_no, 7 AS registered_at")
    assert registered(engine) == set()
