"""The role `hkpost_analyst`: the views, the fact, the dimensions, items, states, targets, lanes and settings only."""

import logging
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import create_engine, make_url, text

from hkpost.warehouse.migrate import migrate
from tests.helpers.readable import READABLE
from tests.helpers.warehouse_by_hand import Warehouse

ROLES = ("hkpost_analyst", "hkpost_loader")


@pytest.fixture
def plain_owner(pg_url: str) -> Iterator[str]:
    """URL of an empty database whose owner may create neither roles nor databases."""
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE plain_owner LOGIN PASSWORD 'plain' NOCREATEROLE")
        connection.exec_driver_sql(
            "CREATE DATABASE plain_owner OWNER plain_owner TEMPLATE template0 ENCODING 'UTF8'"
        )
        url = make_url(pg_url).set(username="plain_owner", password="plain", database="plain_owner")
        yield url.render_as_string(hide_password=False)
        connection.exec_driver_sql("DROP DATABASE plain_owner WITH (FORCE)")
        connection.exec_driver_sql("DROP ROLE plain_owner")
    server.dispose()


@pytest.fixture
def without_roles(pg_url: str, warehouse_url: str) -> Iterator[None]:
    """A server on which the roles are not made yet."""
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for role in ROLES:
            connection.exec_driver_sql(f"ALTER ROLE {role} RENAME TO {role}_elsewhere")
        yield
        for role in ROLES:
            connection.exec_driver_sql(f"DROP ROLE IF EXISTS {role}")
            connection.exec_driver_sql(f"ALTER ROLE {role}_elsewhere RENAME TO {role}")
    server.dispose()


def readable(warehouse: Warehouse) -> set[object]:
    """What the role may do anything with, partitions and sequences included."""
    return {
        row["relname"]
        for row in warehouse.rows(
            """
            SELECT relname, relkind
              FROM pg_class
             WHERE relnamespace = 'hkpost'::regnamespace
               AND CASE relkind
                   WHEN 'S' THEN has_sequence_privilege('hkpost_analyst', oid, 'USAGE, SELECT, UPDATE')
                   WHEN 'i' THEN false
                   WHEN 'I' THEN false
                   ELSE has_any_column_privilege('hkpost_analyst', oid, 'SELECT, INSERT, UPDATE')
                     OR has_table_privilege('hkpost_analyst', oid, 'DELETE, TRUNCATE, REFERENCES, TRIGGER')
                   END
            """
        )
    }


def test_an_analyst_reads_what_is_meant_for_reading_and_nothing_else(warehouse: Warehouse) -> None:
    warehouse.item("RB000000010HK")
    assert readable(warehouse) == READABLE
    warehouse.run("SET ROLE hkpost_analyst")
    for name in sorted(READABLE):
        warehouse.rows(f"SELECT * FROM hkpost.{name}")


def test_the_texts_of_an_event_are_filled_for_an_analyst(warehouse: Warehouse) -> None:
    warehouse.event(
        "RB000000010HK", "2026-03-01 11:00", "EMC", ("Item {1} left", "", ""), text_params=["RB000000010HK"]
    )
    warehouse.run("SET ROLE hkpost_analyst")
    assert warehouse.value("SELECT message_e FROM hkpost.tracking_event") == "Item RB000000010HK left"


def test_an_analyst_asks_what_was_known_without_reading_the_changes(warehouse: Warehouse) -> None:
    warehouse.event(
        "RB000000010HK", "2026-03-01 11:00", "EMC", ("Item {1} left", "", ""), text_params=["RB000000010HK"]
    )
    warehouse.run("SET ROLE hkpost_analyst")
    assert warehouse.value("SELECT message_e FROM hkpost.tracking_event_as_of(now())") == (
        "Item RB000000010HK left"
    )


FORBIDDEN = (
    "SELECT * FROM hkpost.tracking_event_change",
    "SELECT * FROM hkpost.raw_response",
    "SELECT * FROM hkpost.raw_response_default",
    "SELECT * FROM hkpost.rejected_record",
    "SELECT * FROM hkpost.api_call",
    "UPDATE hkpost.setting SET value = ''",
    "SELECT nextval('hkpost.api_call_id_seq')",
    "SELECT hkpost.drop_partitions_before('raw_response', now())",
    "UPDATE hkpost.mail_item SET state = 'cancelled'",
    "INSERT INTO hkpost.dim_country (country_code) VALUES ('XX')",
    "CREATE TABLE hkpost.mine (n integer)",
)


def test_an_analyst_may_do_nothing_else(warehouse: Warehouse) -> None:
    warehouse.run("SET ROLE hkpost_analyst")
    for statement in FORBIDDEN:
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
            warehouse.connection.begin_nested(),
        ):
            warehouse.run(statement)


def test_a_partition_made_later_is_no_hole(warehouse: Warehouse) -> None:
    warehouse.run("ALTER DEFAULT PRIVILEGES IN SCHEMA hkpost GRANT SELECT ON TABLES TO PUBLIC")
    for table in ("fact_tracking_event", "raw_response"):
        warehouse.run(f"SELECT hkpost.ensure_partition('{table}', 'later', '2001-01-01', '2001-02-01')")
    assert readable(warehouse) == READABLE
    warehouse.run("SET ROLE hkpost_analyst")
    assert warehouse.rows("SELECT * FROM hkpost.fact_tracking_event WHERE event_date < '2001-03-01'") == []


def test_what_was_granted_or_revoked_by_hand_is_put_right_by_the_next_migration(
    warehouse: Warehouse, warehouse_url: str
) -> None:
    warehouse.run("GRANT SELECT ON hkpost.raw_response, hkpost.raw_response_default TO hkpost_analyst")
    warehouse.run("GRANT SELECT (body) ON hkpost.raw_response TO hkpost_analyst")
    warehouse.run("GRANT SELECT ON hkpost.rejected_record TO PUBLIC")
    warehouse.run("REVOKE ALL ON hkpost.item_status FROM hkpost_analyst")
    warehouse.connection.commit()
    assert migrate(warehouse_url) == []
    assert readable(warehouse) == READABLE


def test_nobody_else_enters_the_schema(warehouse: Warehouse) -> None:
    warehouse.run("CREATE ROLE somebody")
    warehouse.run("SET LOCAL ROLE somebody")
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied for schema hkpost"):
        warehouse.run("SELECT * FROM hkpost.mail_item")


def test_a_migrating_user_who_is_no_superuser_grants_to_the_role_that_exists(
    warehouse_url: str, plain_owner: str
) -> None:
    migrate(plain_owner)
    engine = create_engine(plain_owner)
    with engine.connect() as connection:
        assert connection.scalar(
            text("SELECT has_table_privilege('hkpost_analyst', 'hkpost.item_status', 'SELECT')")
        )
    engine.dispose()


@pytest.mark.usefixtures("without_roles")
def test_a_migrating_user_who_may_not_make_the_roles_is_told_once_what_to_run(
    plain_owner: str, pg_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    migrate(plain_owner)
    migrate(plain_owner)
    (warning,) = [line.message for line in caplog.records if line.levelno >= logging.WARNING]
    assert 'run "CREATE ROLE hkpost_analyst NOLOGIN; CREATE ROLE hkpost_loader NOLOGIN;"' in warning
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE hkpost_analyst NOLOGIN")
    server.dispose()
    migrate(plain_owner)
    engine = create_engine(plain_owner)
    with engine.connect() as connection:
        assert connection.scalar(
            text("SELECT has_table_privilege('hkpost_analyst', 'hkpost.item_status', 'SELECT')")
        )
    engine.dispose()


def test_privileges_are_set_when_they_differ_and_not_at_each_run(warehouse_url: str) -> None:
    def versions() -> list[str]:
        engine = create_engine(warehouse_url)
        with engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT xmin::text FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace ORDER BY oid"
                )
            )
            found = list(rows.scalars())
        engine.dispose()
        return found

    before = versions()
    migrate(warehouse_url)
    assert versions() == before
