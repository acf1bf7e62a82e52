"""Every table, view and function tried with a real login of each role; and the whole way with the loader's."""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import Selection
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake.register import canonicalise, register_rows
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from hkpost.warehouse.items.urgent import mark_urgent, release_urgent
from hkpost.warehouse.maintenance.daily import (
    apply_retention,
    make_partitions,
    refresh_statistics,
    table_sizes,
)
from hkpost.warehouse.migrate import migrate, open_migrated
from hkpost.warehouse.revision import UnfitDatabaseError
from hkpost.warehouse.watch.quality import check_quality
from tests.helpers.other_code import NEXT, next_version
from tests.helpers.readable import READABLE
from tests.helpers.scripted_service import ScriptedService

DENIED = "42501"
WRITTEN_BY_THE_LOADER = {
    "mail_item": "IU",
    "fact_tracking_event": "IU",
    "item_journey": "IU",
    "api_call": "IU",
    "account_lease": "IU",
    "alert": "IU",
    "item_state_change": "I",
    "tracking_event_change": "I",
    "raw_response": "I",
    "rejected_record": "I",
    "dim_place": "I",
    "dim_event_text": "I",
    "dim_wording": "I",
    "backlog_snapshot": "I",
    "freshness_snapshot": "I",
    "wanted_item": "IUD",
    "chart_series": "IU",
    "lane_history": "ID",
    "lane_curve": "ID",
    "lane_news": "IUD",
    "news_week": "ID",
    "news_curve": "ID",
    "polling_price": "I",
    "forecast_quality": "ID",
    "lane_risk_day": "IUD",
    "item_forecast": "IUD",
    "item_forecast_history": "I",
    "queue_item": "IUD",
    "queue_day": "IU",
    "replay_answer": "ID",
    "run": "IUD",
}
"""I insert, U update every column, D delete; nothing else is written, and no table is emptied."""
FUNCTIONS_OF_THE_LOADER = {"ensure_partition", "drop_aged_partitions"}

Login = Callable[[str], Engine]


@pytest.fixture
def login(pg_url: str, warehouse_url: str) -> Iterator[Login]:
    """Makes a login that has one role and nothing else."""
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    opened: list[Engine] = []

    def log_in(role: str) -> Engine:
        with server.connect() as connection:
            connection.exec_driver_sql(f"CREATE ROLE login_{role} LOGIN PASSWORD 'plain' IN ROLE {role}")
        url = make_url(warehouse_url).set(username=f"login_{role}", password="plain")
        opened.append(warehouse_engine(url.render_as_string(hide_password=False)))
        return opened[-1]

    yield log_in
    for engine in opened:
        engine.dispose()
    with server.connect() as connection:
        for role in ("hkpost_analyst", "hkpost_loader"):
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS login_{role}")
    server.dispose()


def rows(url: str, sql: str) -> list[Any]:
    engine = warehouse_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(text(sql)))
    engine.dispose()
    return found


def relations(url: str) -> list[Any]:
    """Every table, partition and view: name, kind, whether a partition, its first column."""
    return rows(
        url,
        "SELECT relname AS name, relkind AS kind, relispartition AS is_partition, attname AS column"
        " FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum = 1"
        " WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('r', 'p', 'v') ORDER BY relname",
    )


def may(engine: Engine, sql: str) -> bool:
    """Whether the login may do it: any other trouble than a missing privilege means that it may."""
    with engine.connect() as connection:
        try:
            connection.execute(text(sql))
        except DBAPIError as error:
            return getattr(error.orig, "sqlstate", None) != DENIED
        return True


def may_write(engine: Engine, relation: Any) -> str:
    name = f"hkpost.{relation.name}"
    tries = {
        "I": f"INSERT INTO {name} DEFAULT VALUES",
        "U": f"UPDATE {name} SET {relation.column} = DEFAULT WHERE false",
        "D": f"DELETE FROM {name} WHERE false",
        "T": f"TRUNCATE {name}",
    }
    return "".join(letter for letter, sql in tries.items() if may(engine, sql))


def test_an_analyst_reads_every_view_dimension_fact_and_item_and_not_one_other_table(
    warehouse_url: str, login: Login
) -> None:
    engine = login("hkpost_analyst")
    names = {relation.name for relation in relations(warehouse_url)}
    readable = {name for name in names if may(engine, f"SELECT * FROM hkpost.{name} LIMIT 0")}
    assert readable == READABLE
    written = {
        relation.name: letters
        for relation in relations(warehouse_url)
        if relation.kind != "v" and (letters := may_write(engine, relation))
    }
    assert written == {}


def test_the_loader_reads_every_table_writes_what_answers_bring_and_deletes_nothing(
    warehouse_url: str, login: Login
) -> None:
    engine = login("hkpost_loader")
    tables = [relation for relation in relations(warehouse_url) if not relation.is_partition]
    unread = [t.name for t in tables if not may(engine, f"SELECT * FROM hkpost.{t.name} LIMIT 0")]
    assert unread == []
    written = {t.name: letters for t in tables if t.kind != "v" and (letters := may_write(engine, t))}
    assert written == WRITTEN_BY_THE_LOADER
    assert may(engine, "UPDATE hkpost.raw_response SET loaded_at = now() WHERE false")
    assert not may(engine, "UPDATE hkpost.raw_response SET body = '' WHERE false")
    for sql in (
        "CREATE TABLE hkpost.mine (n integer)",
        "DROP TABLE hkpost.rejected_record",
        "ALTER TABLE hkpost.mail_item DISABLE TRIGGER ALL",
        "DROP VIEW hkpost.item_status",
    ):
        assert not may(engine, sql), sql


def test_each_function_is_for_those_whom_it_is_meant_for(warehouse_url: str, login: Login) -> None:
    analyst, loader = login("hkpost_analyst"), login("hkpost_loader")
    functions = rows(
        warehouse_url,
        "SELECT proname AS name, oid::regprocedure::text AS signature, provolatile <> 'v' AS only_reads"
        " FROM pg_proc WHERE pronamespace = 'hkpost'::regnamespace",
    )
    assert {function.name for function in functions} > FUNCTIONS_OF_THE_LOADER
    for function in functions:
        allowed = {}
        for engine in (analyst, loader):
            with engine.connect() as connection:
                allowed[engine] = connection.execute(
                    text("SELECT has_function_privilege(:signature, 'EXECUTE')"),
                    {"signature": function.signature},
                ).scalar_one()
        assert allowed[analyst] == function.only_reads, function.signature
        expected = function.only_reads or function.name in FUNCTIONS_OF_THE_LOADER
        assert allowed[loader] == expected, function.signature


def test_the_whole_way_goes_with_the_loaders_login(warehouse_url: str, login: Login) -> None:
    engine = login("hkpost_loader")
    url = engine.url.render_as_string(hide_password=False)
    assert migrate(url) == []
    register_rows(engine, ["item_no"], [[["RB123456785HK"], ["RB000000010HK"], ["a number too long"]]])
    canonicalise(engine)
    assert reopen(engine) == 0
    mark_urgent(engine, "by-hand", "hkpost_default", ["RB000000010HK"], ())
    service = ScriptedService()
    settings = account_settings(
        "hkpost_default", service.url, "sender", "s3cret-word", {"pace_margin_ms": 60}
    )
    with service.running():
        summary = fetch_account(engine, FetchJob(settings, "test", 60), lambda line: None)
    assert summary.failure is None
    assert load_pending(engine, report=lambda line: None).items == 2
    mark_terminal(engine)
    refresh_snapshots(engine)
    release_urgent(engine, "by-hand", ["RB000000010HK"])
    assert [finding for finding in check_quality(engine) if finding.is_broken] == []
    (bucket,), _ = plan_replay(engine, Selection(), report=lambda line: None)
    assert replay_bucket(engine, bucket, report=lambda line: None).items == 2
    make_partitions(engine)
    partitions = rows(warehouse_url, "SELECT count(*) AS n FROM pg_class WHERE relispartition")[0].n
    owner = warehouse_engine(warehouse_url)
    with owner.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO hkpost.raw_response (call_id, received_at, account, body, loaded_at)"
                " VALUES (0, now() - interval '200 days', 'hkpost_default', '', now())"
            )
        )
    owner.dispose()
    (made,) = make_partitions(engine)
    assert apply_retention(engine) == [made]
    assert rows(warehouse_url, "SELECT count(*) AS n FROM pg_class WHERE relispartition")[0].n == partitions
    assert table_sizes(engine)
    assert any("vacuum" in line for line in refresh_statistics(engine)), "the server's own warning"


def test_a_login_that_does_not_own_an_old_schema_is_told_who_must_migrate(
    warehouse_url: str, login: Login, tmp_path: Path
) -> None:
    url = login("hkpost_loader").url.render_as_string(hide_password=False)
    change(warehouse_url, "UPDATE hkpost.applied_file SET digest = 'older' WHERE name = 'views'")
    with pytest.raises(
        UnfitDatabaseError,
        match=r"the views .* are not those .* owner, the login \w+, run `python -m hkpost migrate`",
    ):
        migrate(url)
    with next_version(tmp_path):
        for go in (migrate, open_migrated):
            with pytest.raises(
                UnfitDatabaseError,
                match=rf"is at revision .*, and hkpost-tracking .* needs {NEXT}.* `python -m hkpost migrate`",
            ):
                go(url)


def test_a_changed_seed_under_a_login_that_does_not_own_the_schema_is_a_warning_and_runs_go_on(
    warehouse_url: str, login: Login, caplog: pytest.LogCaptureFixture
) -> None:
    url = login("hkpost_loader").url.render_as_string(hide_password=False)
    change(
        warehouse_url, "UPDATE hkpost.applied_file SET digest = 'older' WHERE name IN ('seed', 'journeys')"
    )
    assert migrate(url) == []
    (warning,) = [line.message for line in caplog.records if line.levelno >= logging.WARNING]
    assert "seed files" in warning and "run `python -m hkpost migrate`" in warning


def change(url: str, sql: str) -> None:
    engine = warehouse_engine(url)
    with engine.begin() as connection:
        connection.execute(text(sql))
    engine.dispose()
