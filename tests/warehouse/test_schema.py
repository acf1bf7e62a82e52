"""The tables that `migrate` makes: commented, seeded once, and safe to repeat."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import create_engine, make_url, text

from hkpost.warehouse import view_writer
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost.warehouse.revision import UnfitDatabaseError, known_revisions
from hkpost.warehouse.view_writer import FUNCTIONS, VIEWS
from tests.helpers.warehouse_by_hand import Warehouse

OPEN = [
    "registered",
    "accepted",
    "in_transit",
    "customs",
    "arrived",
    "out_for_delivery",
    "delivery_attempted",
    "awaiting_collection",
    "exception",
]
CLOSED = ["delivered", "returned", "expired", "invalid_number", "not_permitted", "not_found", "cancelled"]
NEWEST = f"schema hkpost is at {known_revisions()[0]}"
GROWING_WITH_ITEMS = (
    "mail_item",
    "item_journey",
    "item_state_change",
    "fact_tracking_event",
    "tracking_event_change",
    "item_forecast",
    "item_forecast_history",
    "queue_item",
)


def value(url: str, sql: str) -> object:
    """Run one statement, commit it, and give the first value of its result (None without one)."""
    engine = warehouse_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(sql))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def renewed(url: str) -> list[str]:
    """Migrate as if the seed and view files had changed."""
    value(url, "DELETE FROM hkpost.applied_file")
    return migrate(url)


# --- the tables -------------------------------------------------------------------------------------------


def test_every_table_view_and_column_has_a_comment(warehouse_url: str) -> None:
    silent = value(
        warehouse_url,
        """
        SELECT string_agg(c.relname || coalesce('.' || a.attname, ''), ', ')
          FROM pg_class c
          LEFT JOIN LATERAL (
                SELECT attname, attnum FROM pg_attribute
                 WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
                UNION ALL SELECT NULL, 0) a ON true
         WHERE c.relnamespace = 'hkpost'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
           AND col_description(c.oid, a.attnum) IS NULL AND obj_description(c.oid, 'pg_class') IS NULL
            OR c.relnamespace = 'hkpost'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND NOT c.relispartition
           AND a.attnum > 0 AND col_description(c.oid, a.attnum) IS NULL
        """,
    )
    assert silent is None


def test_every_function_has_a_comment(warehouse_url: str) -> None:
    silent = value(
        warehouse_url,
        "SELECT string_agg(proname, ', ') FROM pg_proc"
        " WHERE pronamespace = 'hkpost'::regnamespace AND obj_description(oid, 'pg_proc') IS NULL",
    )
    assert silent is None


def test_no_function_looks_names_up_in_its_callers_search_path(warehouse_url: str) -> None:
    led_astray = value(
        warehouse_url,
        "SELECT string_agg(proname, ', ') FROM pg_proc"
        " WHERE pronamespace = 'hkpost'::regnamespace AND prosqlbody IS NULL"
        " AND NOT coalesce(proconfig, '{}') @> ARRAY['search_path=pg_catalog, pg_temp']",
    )
    assert led_astray is None


def test_keys_of_tables_that_grow_with_the_items_contain_the_item(warehouse_url: str) -> None:
    engine = warehouse_engine(warehouse_url)
    for table in GROWING_WITH_ITEMS:
        for index in sa.inspect(engine).get_indexes(table, schema="hkpost"):
            assert not index["unique"] or "item_no" in index["column_names"], index
        assert "item_no" in sa.inspect(engine).get_pk_constraint(table, "hkpost")["constrained_columns"]
    engine.dispose()


def test_an_item_number_alone_is_enough_to_register_an_item(warehouse_url: str) -> None:
    value(warehouse_url, "INSERT INTO hkpost.mail_item (item_no) VALUES ('RB000000010HK')")
    assert (
        value(
            warehouse_url,
            "SELECT (account, state, is_open, event_count, poll_count, priority, next_poll_at)::text"
            " FROM hkpost.mail_item WHERE registered_at <= now()",
        )
        == "(hkpost_default,registered,t,0,0,0,)"
    )


def test_is_open_follows_from_the_state(warehouse: Warehouse) -> None:
    for state in (*OPEN, *CLOSED):
        warehouse.item(state[:13], state=state)
    found = {
        row["state"]: row["is_open"] for row in warehouse.rows("SELECT state, is_open FROM hkpost.mail_item")
    }
    assert found == dict.fromkeys(OPEN, True) | dict.fromkeys(CLOSED, False)


def test_a_state_that_does_not_exist_is_refused(warehouse_url: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="mail_item_state_check"):
        value(warehouse_url, "INSERT INTO hkpost.mail_item (item_no, state) VALUES ('RB000000010HK', 'lost')")


def test_a_text_may_be_of_any_length(warehouse_url: str) -> None:
    long = secrets.token_hex(50_000)
    for table, column in (("dim_event_text", "message_e"), ("dim_place", "location_e")):
        value(warehouse_url, f"INSERT INTO hkpost.{table} ({column}) VALUES ('{long}')")
        with pytest.raises(sa.exc.IntegrityError, match=f"{table}_key"):
            value(warehouse_url, f"INSERT INTO hkpost.{table} ({column}) VALUES ('{long}')")


def test_a_template_is_filled_by_its_parameters(warehouse: Warehouse) -> None:
    for template, params, filled in (
        ("Delivered.", None, "Delivered."),
        ("With a {brace} of its own {1}", None, "With a {brace} of its own {1}"),
        ("The item {1} left on {2}", ["RB1", "29-Jul-2014"], "The item RB1 left on 29-Jul-2014"),
        ("{11} before {1}", list("abcdefghijk"), "k before a"),
    ):
        assert warehouse.value("SELECT hkpost.fill_template(:t, :p)", t=template, p=params) == filled


# --- migrating --------------------------------------------------------------------------------------------


def test_an_empty_database_is_brought_to_the_newest_schema_and_a_second_time_has_nothing_to_do(
    empty_database: str,
) -> None:
    assert NEWEST in migrate(empty_database)
    applied = value(empty_database, "SELECT max(applied_at) FROM hkpost.applied_file")
    assert migrate(empty_database) == []
    assert value(empty_database, "SELECT max(applied_at) FROM hkpost.applied_file") == applied


def test_two_migrations_at_once_do_the_work_once(empty_database: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = sorted(pool.map(migrate, [empty_database, empty_database]))
    assert done[0] == []
    assert NEWEST in done[1]


@pytest.mark.parametrize("name", ['od"d %s na:me@', "郵政"])
def test_a_database_and_a_user_may_have_any_name(pg_url: str, name: str) -> None:
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    quoted = server.dialect.identifier_preparer.quote_identifier(name).replace("%%", "%")
    url = make_url(pg_url).set(database=name, username=name, password="p@s/s:w%rd")
    literal = str(url.password)
    with server.connect() as connection:
        run = connection.execution_options(no_parameters=True).exec_driver_sql
        run(f"CREATE ROLE {quoted} LOGIN PASSWORD '{literal}'")
        run(f"CREATE DATABASE {quoted} OWNER {quoted} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            assert NEWEST in migrate(url.render_as_string(hide_password=False))
        finally:
            run(f"DROP DATABASE {quoted} WITH (FORCE)")
            run(f"DROP ROLE {quoted}")
    server.dispose()


def test_a_database_that_cannot_hold_chinese_is_refused(pg_url: str) -> None:
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(
            "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C'"
        )
        try:
            with pytest.raises(UnfitDatabaseError, match="ENCODING 'UTF8'"):
                migrate(make_url(pg_url).set(database="latin").render_as_string(hide_password=False))
        finally:
            connection.exec_driver_sql("DROP DATABASE latin WITH (FORCE)")
    server.dispose()


@pytest.mark.parametrize("url", ["postgresql://u:s3cret@host:port/db", "s3cret", "mysql://u:s3cret@host/db"])
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError) as raised:
        warehouse_engine(url)
    assert "s3cret" not in str(raised.value)


# --- seeds ------------------------------------------------------------------------------------------------


def test_the_seeded_tables_are_full(warehouse_url: str) -> None:
    for table in (
        "dim_event_type",
        "dim_wording",
        "dim_country",
        "dim_country_alias",
        "setting",
        "poll_policy",
    ):
        assert value(warehouse_url, f"SELECT count(*) > 0 FROM hkpost.{table}"), table
    assert value(warehouse_url, "SELECT bool_and(in_ledger) FROM hkpost.dim_wording")
    assert (
        value(
            warehouse_url,
            "SELECT (name_e, single_zone, time_zones)::text FROM hkpost.dim_country WHERE country_code = 'HK'",
        )
        == '("Hong Kong",t,{Asia/Hong_Kong})'
    )


def test_a_setting_that_is_missing_comes_back(warehouse_url: str) -> None:
    value(warehouse_url, "DELETE FROM hkpost.setting WHERE name = 'archive_days'")
    renewed(warehouse_url)
    assert value(warehouse_url, "SELECT value FROM hkpost.setting WHERE name = 'archive_days'") == "90"


def test_a_setting_is_a_whole_number(warehouse_url: str) -> None:
    with pytest.raises(sa.exc.IntegrityError, match="setting_value_check"):
        value(warehouse_url, "UPDATE hkpost.setting SET value = 'thirty' WHERE name = 'not_found_after_days'")


def test_the_ledger_decides_what_its_wordings_mean(warehouse_url: str) -> None:
    value(
        warehouse_url,
        "UPDATE hkpost.dim_wording SET event_type = 'EMH' WHERE (kind, lang, template) = ('event', 'e', 'Delivered')",
    )
    value(
        warehouse_url,
        "INSERT INTO hkpost.dim_wording (kind, lang, template, event_type, in_ledger) VALUES"
        " ('event', 'e', 'DELIVERED', 'unclassified', false),"
        " ('event', 'e', 'Never seen before', 'unclassified', false),"
        " ('event', 'e', 'A line that left the file', 'EMI', true)",
    )
    renewed(warehouse_url)
    assert value(
        warehouse_url,
        "SELECT string_agg(template || ' ' || event_type || ' ' || in_ledger, ', ' ORDER BY wording_id)"
        " FROM hkpost.dim_wording WHERE kind = 'event' AND lower(template) IN"
        " ('delivered', 'never seen before', 'a line that left the file')",
    ) == (
        "Delivered EMI true, DELIVERED EMI false, Never seen before unclassified false,"
        " A line that left the file unclassified false"
    )


# --- views ------------------------------------------------------------------------------------------------


def test_a_view_whose_columns_changed_is_written_anew(warehouse_url: str) -> None:
    value(warehouse_url, "DROP VIEW hkpost.stuck_item")
    value(warehouse_url, "CREATE VIEW hkpost.stuck_item AS SELECT 1 AS one")
    assert renewed(warehouse_url)[-1] == f"{len(VIEWS)} views written"
    assert value(warehouse_url, "SELECT count(silent_days) FROM hkpost.stuck_item") == 0


def test_a_view_that_somebody_built_on_is_not_dropped_under_them(warehouse_url: str) -> None:
    value(warehouse_url, "DROP VIEW hkpost.stuck_item")
    value(warehouse_url, "CREATE VIEW hkpost.stuck_item AS SELECT 1 AS one")
    value(warehouse_url, "CREATE VIEW public.mine AS SELECT * FROM hkpost.stuck_item")
    with pytest.raises(UnfitDatabaseError, match=r"public\.mine|view mine"):
        renewed(warehouse_url)


def test_a_view_that_is_missing_comes_back(warehouse_url: str) -> None:
    value(warehouse_url, "DROP VIEW hkpost.item_status")
    assert migrate(warehouse_url) == [f"{len(VIEWS)} views written"]


def test_a_view_that_others_of_ours_read_is_dropped_with_them_and_all_come_back(warehouse_url: str) -> None:
    value(warehouse_url, "DROP VIEW hkpost.tracking_event_absence CASCADE")
    value(
        warehouse_url,
        "CREATE VIEW hkpost.tracking_event_absence AS SELECT 1 AS one, item_no, event_key, retracted_at, returned_at"
        " FROM hkpost.fact_tracking_event CROSS JOIN (SELECT now() AS returned_at) AS now",
    )
    value(warehouse_url, FUNCTIONS[0].read_text())
    renewed(warehouse_url)
    assert value(warehouse_url, "SELECT count(*) FROM hkpost.tracking_event_as_of('infinity')") == 0


def test_a_view_is_made_after_those_that_it_reads(
    empty_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_by_name = tmp_path / "views" / "a_view.sql"
    first_by_name.parent.mkdir()
    first_by_name.write_text(
        "-- Beside hkpost.z_view, which reads this one.\n"
        "CREATE OR REPLACE VIEW hkpost.a_view AS SELECT item_no FROM hkpost.tracking_event;\n"
        "COMMENT ON VIEW hkpost.a_view IS 'What hkpost.z_view reads.';"
    )
    last_by_name = tmp_path / "views" / "z_view.sql"
    last_by_name.write_text("CREATE OR REPLACE VIEW hkpost.z_view AS SELECT * FROM hkpost.a_view")
    monkeypatch.setattr(view_writer, "VIEWS", [first_by_name, *VIEWS, last_by_name])
    migrate(empty_database)
    assert value(empty_database, "SELECT count(*) FROM hkpost.z_view") == 0


def test_a_function_that_is_missing_comes_back(warehouse_url: str) -> None:
    value(warehouse_url, "DROP FUNCTION hkpost.tracking_event_as_of(timestamptz)")
    migrate(warehouse_url)
    assert value(warehouse_url, "SELECT count(*) FROM hkpost.tracking_event_as_of(now())") == 0


def test_a_function_that_somebody_built_on_is_not_dropped_under_them(warehouse_url: str) -> None:
    value(warehouse_url, "DROP FUNCTION hkpost.tracking_event_as_of")
    value(
        warehouse_url,
        "CREATE FUNCTION hkpost.tracking_event_as_of(instant timestamptz) RETURNS TABLE (one integer)"
        " LANGUAGE sql AS 'SELECT 1'",
    )
    value(warehouse_url, "CREATE VIEW public.mine AS SELECT * FROM hkpost.tracking_event_as_of('2026-01-01')")
    with pytest.raises(UnfitDatabaseError, match=r"public\.mine|view mine"):
        renewed(warehouse_url)


def test_a_function_that_keeps_its_columns_is_replaced_under_a_view_that_reads_it(warehouse_url: str) -> None:
    value(warehouse_url, "CREATE VIEW public.mine AS SELECT * FROM hkpost.tracking_event_as_of('infinity')")
    renewed(warehouse_url)
    assert value(warehouse_url, "SELECT count(*) FROM public.mine") == 0
