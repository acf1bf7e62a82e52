"""The demo's world in a warehouse: its items asked twice, two simulated days apart, the second time now, and loaded."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake.register import register_rows
from hkpost.warehouse.items.terminal import mark_terminal
from hkpost_local.first_look import AGO
from hkpost_local.simulated import FIRST_SEED, new_world
from hkpost_simulator import Simulator
from hkpost_simulator.truth import EventTruth, ItemTruth

PROJECT = Path(__file__).resolve().parents[2]
ITEMS = 3_000
TARGETS = (("US", 14), ("GB", 12), ("JP", 8), ("AU", 14), ("CN", 7))


@dataclass(frozen=True)
class Expected:
    """What the service expected: each item as it was answered last, the events it took back, its requests."""

    items: Mapping[str, ItemTruth]
    taken_back: Mapping[str, EventTruth]
    requests: int


def quiet(line: str) -> None:
    """The demo's runs print nothing here."""


@pytest.fixture(scope="session")
def story(pg_url: str, migrated_template: str) -> Iterator[tuple[Engine, Expected]]:
    """A warehouse after two runs over the demo's world, and what the service reported."""
    name = "demo_of_the_docs"
    server = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {migrated_template}")
    url = make_url(pg_url).set(database=name).render_as_string(hide_password=False)
    engine = warehouse_engine(url)
    try:
        yield engine, _fill(engine)
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


@pytest.fixture(scope="session")
def demo(story: tuple[Engine, Expected]) -> Engine:
    return story[0]


@pytest.fixture(scope="session")
def expected(story: tuple[Engine, Expected]) -> Expected:
    return story[1]


def _fill(engine: Engine) -> Expected:
    world = new_world()
    with Simulator(
        items=ITEMS,
        seed=FIRST_SEED,
        anchor=datetime.fromisoformat(world.anchor),
        start=datetime.fromisoformat(world.anchor) - AGO,
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
        _run(engine, service, "first")
        before = service.truth()
        service.clock.advance(AGO)
        with engine.begin() as connection:
            asked = list(
                connection.scalars(
                    text("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open RETURNING item_no")
                )
            )
        _run(engine, service, "second")
        now = service.truth(asked)
        return Expected(before | now, _taken_back(before, now), len(service.requests()))


def _run(engine: Engine, service: Simulator, run_id: str) -> None:
    settings = account_settings("hkpost_default", service.url, "demo", "demo-demo", {})
    fetch_account(engine, FetchJob(settings, run_id, max_run_s=600), quiet)
    load_pending(engine, report=quiet)
    mark_terminal(engine)
    refresh_snapshots(engine)


def _taken_back(before: Mapping[str, ItemTruth], now: Mapping[str, ItemTruth]) -> dict[str, EventTruth]:
    """The event of each item that was reported before and is no longer, whatever its place is by now."""
    return {
        item_no: event
        for item_no, item in now.items()
        for event in before[item_no].events
        if (event.at, event.message) not in {(still.at, still.message) for still in item.events}
    }


@contextmanager
def analyst(engine: Engine) -> Iterator[Connection]:
    """A connection with an analyst's rights and no more, its changes taken back."""
    with engine.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql("SET LOCAL ROLE hkpost_analyst")
        yield connection
        transaction.rollback()
