"""Who may create in the schema public gets nothing of theirs called: not by a migration, a run or the page."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import RaiseException
from sqlalchemy import URL, create_engine, make_url

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from tests.helpers.fresh_database import fresh_database
from tests.helpers.whole_day import whole_day

TRAPS = Path(__file__).with_name("traps.sql").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def template(pg_url: str) -> Iterator[str]:
    """A database in whose schema public another login has made functions and operators of PostgreSQL's names."""
    with fresh_database(pg_url) as url:
        trapper = make_url(url).set(username="trapper", password="plain")
        run(url, "CREATE ROLE trapper LOGIN PASSWORD 'plain'")
        try:
            run(url, "GRANT CREATE ON SCHEMA public TO trapper")
            run(trapper, TRAPS)
            yield str(trapper.database)
        finally:
            run(url, "DROP OWNED BY trapper CASCADE")
            run(url, "DROP ROLE trapper")


@pytest.fixture(params=['"$user", public', "public, pg_catalog"], ids=["usual path", "public first"])
def trapped_database(pg_url: str, template: str, request: pytest.FixtureRequest) -> Iterator[str]:
    with fresh_database(pg_url, template) as url:
        run(pg_url, f"ALTER DATABASE {make_url(url).database} SET search_path = {request.param}")
        yield url


def run(url: str | URL, sql: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execution_options(no_parameters=True).exec_driver_sql(sql)
    engine.dispose()


def test_nothing_of_another_schema_is_called_by_a_migration_a_day_and_the_page(trapped_database: str) -> None:
    migrate(trapped_database)
    engine = warehouse_engine(trapped_database)
    whole_day(engine)
    engine.dispose()


def test_the_traps_catch_who_does_not_set_the_search_path(trapped_database: str) -> None:
    with as_somebody(trapped_database) as somebody, pytest.raises(RaiseException, match="trapped by"):
        somebody.execute("SELECT btrim('a'::varchar)")


def test_a_function_calls_nothing_of_another_schema_whoever_calls_it(trapped_database: str) -> None:
    migrate(trapped_database)
    engine = warehouse_engine(trapped_database)
    whole_day(engine)
    engine.dispose()
    with as_somebody(trapped_database) as somebody:
        seen = somebody.execute(
            "SELECT hkpost.fill_template('{1} and {2}', '{one,two}'),"
            " (SELECT pg_catalog.min(message_e) FROM hkpost.tracking_event_as_of('infinity')),"
            " hkpost.ensure_partition('api_call', 'y2031m01', '2031-01-01 00:00+00', '2031-02-01 00:00+00'),"
            " (SELECT pg_catalog.count(*) FROM hkpost.drop_partitions_before('raw_response', '2000-01-01 00:00+00'))"
        ).fetchone()
    assert seen == ("one and two", "Delivered", "made", 0)


def as_somebody(url: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A connection with the database's own search path."""
    return psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
