"""What the server, a database or a login has for defaults changes nothing of what the pipeline does."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, make_url, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost.warehouse.statements import statement
from tests.helpers.fresh_database import fresh_database
from tests.helpers.whole_day import whole_day

RELIED_ON = {
    "search_path": "pg_catalog, pg_temp",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "postgres",
    "TimeZone": "UTC",
    "client_encoding": "UTF8",
    "client_min_messages": "notice",
    "standard_conforming_strings": "on",
    "transaction_isolation": "read committed",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
CONTRARY = {
    "search_path": "nowhere",
    "DateStyle": "German",
    "IntervalStyle": "iso_8601",
    "TimeZone": "Pacific/Kiritimati",
    "client_encoding": "LATIN1",
    "client_min_messages": "error",
    "standard_conforming_strings": "off",
    "default_transaction_isolation": "serializable",
    "statement_timeout": "1min",
    "lock_timeout": "1min",
    "idle_in_transaction_session_timeout": "1min",
}


@pytest.fixture
def contrary_database(pg_url: str) -> Iterator[str]:
    """An empty database whose defaults are all other than what the pipeline relies on."""
    with fresh_database(pg_url) as url:
        server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            for name, value in CONTRARY.items():
                connection.exec_driver_sql(f"ALTER DATABASE {make_url(url).database} SET {name} = '{value}'")
        server.dispose()
        yield url


def test_a_warehouse_whose_defaults_are_all_contrary_is_migrated_and_worked_with_for_a_day(
    contrary_database: str,
) -> None:
    migrate(contrary_database)
    engine = warehouse_engine(contrary_database)
    whole_day(engine)
    engine.dispose()


def test_each_transaction_has_what_it_relies_on_and_leaves_the_session_as_it_was(
    contrary_database: str,
) -> None:
    engine = warehouse_engine(contrary_database)
    with engine.connect() as connection:
        for _ in range(2):  # the second transaction of a session as well
            with connection.begin():
                assert {name: connection.scalar(text(f"SHOW {name}")) for name in RELIED_ON} == RELIED_ON
        # A pooler may give this session to somebody else now.
        session = connection.connection.driver_connection
        assert session is not None
        session.autocommit = True
        assert session.execute("SHOW search_path").fetchone() == ("nowhere",)
        assert session.execute("SHOW timezone").fetchone() == ("Pacific/Kiritimati",)
    engine.dispose()


def test_a_load_may_stand_still_as_long_as_the_administrator_allows_else_ten_minutes(
    contrary_database: str, empty_database: str
) -> None:
    for url, limit in ((contrary_database, "1min"), (empty_database, "10min")):
        engine = warehouse_engine(url)
        with engine.begin() as connection:
            connection.execute(statement("archive/lock_load"))
            assert connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == limit
        engine.dispose()
