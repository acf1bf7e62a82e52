"""A warehouse of 0.1.0 comes to the newest schema in one step and keeps every row.

`release_0_1_0.sql.gz` is what pg_dump gives of a warehouse that the code of 0.1.0 made and filled: three requests about
four items, the last of them not loaded yet, a setting and a poll policy that a person changed. Empty partitions, and
countries and wordings that no row needs, are left out.
"""

import gzip
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from string import ascii_uppercase
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from hkpost.jobs.load import load_pending
from hkpost.warehouse.engine import driver_of, warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost.warehouse.revision import known_revisions
from tests.helpers.fresh_database import fresh_database

HERE = Path(__file__).parent
Rows = dict[str, list[dict[str, Any]]]
CATALOGUE = (HERE / "catalogue.sql").read_text(encoding="utf-8")
TABLES = (
    "mail_item",
    "fact_tracking_event",
    "tracking_event_change",
    "item_state_change",
    "api_call",
    "raw_response",
    "rejected_record",
    "wanted_item",
    "alert",
    "backlog_snapshot",
    "chart_series",
    "account_lease",
    "dim_place",
    "dim_event_text",
)


@pytest.fixture(scope="module")
def upgraded(pg_url: str) -> Iterator[tuple[Engine, Rows]]:
    """The warehouse of 0.1.0 after the upgrade, and its rows before it."""
    with warehouse_of_0_1_0(pg_url) as (url, engine):
        with engine.connect() as connection:
            before = {table: rows(connection, table) for table in TABLES}
        assert migrate(url)[0] == f"schema hkpost is at {known_revisions()[0]}"
        yield engine, before


@contextmanager
def warehouse_of_0_1_0(pg_url: str) -> Iterator[tuple[str, Engine]]:
    with fresh_database(pg_url) as url:
        engine = warehouse_engine(url)
        with engine.begin() as connection:
            driver_of(connection).execute(gzip.decompress((HERE / "release_0_1_0.sql.gz").read_bytes()))
        yield url, engine
        engine.dispose()


def rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    return list(connection.scalars(text(f"SELECT to_jsonb(kept) FROM hkpost.{table} AS kept")))


def catalogue(engine: Engine) -> dict[str, str]:
    """What the schema is made of, but for the partitions of days and months."""
    with engine.connect() as connection:
        found = {row.thing: row.properties for row in connection.execute(text(CATALOGUE))}
    return {thing: what for thing, what in found.items() if "_y20" not in thing}


def test_every_row_is_kept(upgraded: tuple[Engine, Rows]) -> None:
    engine, before = upgraded
    with engine.connect() as connection:
        for table, known in before.items():
            assert known, table
            kept = [{name: row[name] for name in known[0]} for row in rows(connection, table)]
            assert sorted(kept, key=str) == sorted(known, key=str), table


def test_what_a_person_changed_stays_and_the_rest_follows_the_seed_files(
    upgraded: tuple[Engine, Rows],
) -> None:
    edited = "SELECT name, value FROM hkpost.setting WHERE is_edited"
    policies = "SELECT state, poll_after::text FROM hkpost.poll_policy WHERE is_edited"
    with upgraded[0].connect() as connection:
        assert connection.execute(text(edited)).all() == [("not_found_after_days", "45")]
        assert connection.execute(text(policies)).all() == [("customs", "03:00:00")]


def test_the_schema_is_that_of_a_fresh_warehouse(
    upgraded: tuple[Engine, Rows], new_warehouse: Callable[[], AbstractContextManager[str]]
) -> None:
    with new_warehouse() as url:
        fresh = warehouse_engine(url)
        expected = catalogue(fresh)
        fresh.dispose()
    assert catalogue(upgraded[0]) == expected


def test_an_answer_that_waited_is_loaded_and_adds_no_event_twice(upgraded: tuple[Engine, Rows]) -> None:
    engine, before = upgraded
    summary = load_pending(engine, report=lambda line: None)
    assert (summary.answers, summary.events_new, summary.retracted) == (1, 0, 0)
    with engine.connect() as connection:
        assert len(rows(connection, "fact_tracking_event")) == len(before["fact_tracking_event"])


def test_a_countrys_code_that_is_longer_than_an_index_can_hold_is_cut(pg_url: str) -> None:
    code = "".join(random.Random(1).choices(ascii_uppercase, k=20_000))
    closed = text(
        "INSERT INTO hkpost.mail_item (item_no, state, closed_at, close_reason, origin_country, destination_country)"
        " VALUES ('RB000000999HK', 'delivered', now(), 'delivered', :code, :code)"
    )
    with warehouse_of_0_1_0(pg_url) as (url, engine):
        with engine.begin() as connection:
            connection.execute(closed, {"code": code})
        migrate(url)
        with engine.connect() as connection:
            kept = connection.execute(
                text(
                    "SELECT origin_country, destination_country FROM hkpost.mail_item WHERE item_no = 'RB000000999HK'"
                )
            ).one()
    assert kept == (code[:40], code[:40])
