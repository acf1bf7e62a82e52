"""The demo's world in a warehouse: its items asked twice, two simulated days apart, and loaded."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from hkpost.client.settings import account_settings
from hkpost.fetch.account import FetchJob, fetch_account
from hkpost.operations.reckoning import reckon
from hkpost.simulator import Simulator
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake import register_rows
from hkpost.warehouse.load import load_pending
from hkpost.warehouse.terminal import mark_terminal
from hkpost_local.simulated import FIRST_SEED, new_world

PROJECT = Path(__file__).resolve().parents[2]
ITEMS = 3_000
TARGETS = (("US", 14), ("GB", 12), ("JP", 8), ("AU", 14), ("CN", 7))


def quiet(line: str) -> None:
    """Nobody reads what the demo's runs say."""


@pytest.fixture(scope="session")
def demo(pg_url: str, migrated_template: str) -> Iterator[Engine]:
    """A warehouse after two runs over the demo's world; the second saw what two days brought."""
    name = "demo_of_the_docs"
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    url = make_url(pg_url).set(database=name).render_as_string(hide_password=False)
    engine = warehouse_engine(url)
    try:
        _fill(engine)
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


def _fill(engine: Engine) -> None:
    world = new_world()
    with Simulator(
        items=ITEMS,
        seed=FIRST_SEED,
        anchor=datetime.fromisoformat(world.anchor),
        start=datetime.fromisoformat(world.clock),
        frozen=True,
        users={"demo": "demo-demo"},
        gap_ms=0,
    ) as service:
        rows = [
            (shipment.item_no, shipment.order_ref, shipment.shipped_at) for shipment in service.shipments()
        ]
        register_rows(engine, ("item_no", "source_ref", "registered_at"), [rows])
        with engine.begin() as connection:
            for destination, days in TARGETS:
                connection.execute(
                    text(
                        "INSERT INTO hkpost.delivery_target (destination, target_days, source) VALUES (:d, :n, 'ours')"
                    ),
                    {"d": destination, "n": days},
                )
        for run in ("first", "second"):
            if run == "second":
                service.clock.advance(timedelta(days=2))
                with engine.begin() as connection:
                    connection.exec_driver_sql(
                        "UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open"
                    )
            settings = account_settings("hkpost_default", service.url, "demo", "demo-demo", {})
            fetch_account(engine, FetchJob(settings, run, max_run_s=600), quiet)
            load_pending(engine, report=quiet)
            mark_terminal(engine)
            reckon(engine)


@contextmanager
def analyst(engine: Engine) -> Iterator[Connection]:
    """A connection with an analyst's rights and no more, its changes taken back."""
    with engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("SET LOCAL ROLE hkpost_analyst")
        yield connection
        transaction.rollback()
