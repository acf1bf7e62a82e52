"""A generated warehouse keeps every promise that a loaded one keeps."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from bench.warehouse.fill import fill_warehouse
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.watch.quality import check_quality

IS_COPY = "item_no ~ '^.Z'"
"""The simulator has no such prefix."""


@pytest.fixture(scope="module")
def generated(pg_url: str) -> Iterator[Engine]:
    """Originals of every age, enough that copies have all that is rare (a retracted event), and a copy a day."""
    admin = warehouse_engine(pg_url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE generated"))
    url = admin.url.set(database="generated").render_as_string(hide_password=False)
    fill_warehouse(url, 1, datetime.now(UTC) - timedelta(hours=3), lambda line: None, originals=1200)
    engine = warehouse_engine(url)
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE generated WITH (FORCE)"))
    admin.dispose()


def value(engine: Engine, sql: str) -> object:
    with engine.connect() as connection:
        return connection.execute(text(sql)).scalar_one()


def test_no_promise_of_the_tables_is_broken(generated: Engine) -> None:
    assert [finding for finding in check_quality(generated) if finding.is_broken] == []


def test_no_request_to_come_gets_the_number_of_a_copied_one(generated: Engine) -> None:
    assert value(generated, "SELECT count(*) = count(DISTINCT call_id) FROM hkpost.api_call")
    newest = value(generated, "SELECT max(call_id) FROM hkpost.api_call")
    assert newest is not None
    assert value(generated, f"SELECT nextval('hkpost.api_call_id_seq') > {newest}")


def test_each_item_agrees_with_its_events(generated: Engine) -> None:
    assert value(generated, f"SELECT count(*) FROM hkpost.mail_item WHERE {IS_COPY}") == 690
    differing = value(
        generated,
        """
        WITH reported AS (
            SELECT item_no, count(*) AS events, min(event_time) AS first, max(event_time) AS last,
                   bool_or(sequence_no <> place) AS is_out_of_order
            FROM (
                SELECT *, row_number() OVER (PARTITION BY item_no ORDER BY event_time, event_key) AS place
                FROM hkpost.fact_tracking_event WHERE retracted_at IS NULL
            ) AS fact
            GROUP BY item_no
        )
        SELECT count(*) FROM hkpost.mail_item AS item LEFT JOIN reported USING (item_no)
        WHERE (item.event_count, item.first_event_at, item.last_event_at)
              IS DISTINCT FROM (coalesce(reported.events, 0), reported.first, reported.last) OR is_out_of_order
        """,
    )
    assert differing == 0


def test_items_are_open_or_closed_as_their_age_makes_them(generated: Engine) -> None:
    states = str(
        value(generated, f"SELECT string_agg(DISTINCT state, ' ') FROM hkpost.mail_item WHERE {IS_COPY}")
    )
    assert {"delivered", "returned", "in_transit", "expired"} <= set(states.split())
    assert (
        value(generated, "SELECT count(*) FROM hkpost.mail_item WHERE is_open = (closed_at IS NOT NULL)") == 0
    )
    assert (
        value(generated, "SELECT count(*) FROM hkpost.mail_item WHERE is_open AND next_poll_at IS NULL") == 0
    )


def test_nothing_lies_in_the_future(generated: Engine) -> None:
    assert value(generated, "SELECT max(last_polled_at) < now() FROM hkpost.mail_item") is True
    assert value(generated, "SELECT max(event_time) < now() FROM hkpost.fact_tracking_event") is True
    assert value(generated, "SELECT max(sent_at) < now() FROM hkpost.api_call") is True


def test_events_lie_in_their_months(generated: Engine) -> None:
    assert value(generated, "SELECT count(*) FROM hkpost.fact_tracking_event_default") == 0
    assert value(generated, "SELECT count(*) FROM hkpost.tracking_event_change_default") == 0


def test_messages_name_the_item_itself_and_its_own_days(generated: Engine) -> None:
    foreign = value(
        generated,
        "SELECT count(*) FROM hkpost.fact_tracking_event, unnest(text_params) AS param"
        " WHERE param ~ '^[A-Z]{2}[0-9]{9}HK$' AND param <> item_no",
    )
    assert foreign == 0
    far = value(
        generated,
        "SELECT count(*) FROM hkpost.fact_tracking_event, unnest(text_params) AS param"
        " WHERE param ~ '^[0-9]{2}-' AND abs(to_date(param, 'DD-Mon-YYYY') - event_date) > 1",
    )
    assert far == 0


@pytest.mark.parametrize(
    "table", ["mail_item", "fact_tracking_event", "tracking_event_change", "item_state_change"]
)
def test_what_the_load_fills_a_copy_has_too(generated: Engine, table: str) -> None:
    """A column that a newer schema adds is missed here, and not in a benchmark's figures."""
    with generated.connect() as connection:
        names = list(
            connection.scalars(
                text(
                    "SELECT column_name FROM information_schema.columns"
                    " WHERE table_schema = 'hkpost' AND table_name = :table"
                ),
                {"table": table},
            )
        )
        counts = ", ".join(f"count({name}) > 0 AS {name}" for name in names)
        loaded, copied = (
            dict(
                connection.execute(text(f"SELECT {counts} FROM hkpost.{table} WHERE {which}"))
                .mappings()
                .one()
            )
            for which in (f"NOT {IS_COPY}", IS_COPY)
        )
    assert {name for name in names if loaded[name]} <= {name for name in names if copied[name]}
