"""What the demo's warehouse knows from two days ago, and what the business told it."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from hkpost.commands.show import query
from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.demo import agrees
from hkpost_local.first_look import AGO, first_look
from hkpost_local.paths import SQL
from hkpost_local.shop import fill_shop
from hkpost_local.simulated import LOGIN, SimulatedWorld, SimulatorControl
from hkpost_simulator import Simulator


def test_two_days_ago_is_asked_with_what_the_business_promised_and_is_due_again_now(
    warehouse_url: str,
) -> None:
    now = datetime.now(UTC)
    world = SimulatedWorld(seed=7, items=300, anchor=now.isoformat())
    engine = warehouse_engine(warehouse_url)
    fill_shop(engine, world)
    with Simulator(seed=7, items=300, anchor=now, frozen=True, users={LOGIN: "credential"}) as service:
        control = SimulatorControl(service.base_url)
        held = first_look(engine, control, service.url, "credential")
        control.close()
        assert now - AGO <= service.clock.now() < now - AGO + timedelta(minutes=5)
    with engine.connect() as connection:
        columns, rows = query(connection, SQL / "item_states.sql")
        items = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
        promises = connection.execute(
            text("SELECT count(*), count(promised_on), count(destination) FROM hkpost.item_promise")
        ).one()
        statuses = set(connection.scalars(text("SELECT DISTINCT status FROM hkpost.item_promise")))
        due = connection.scalar(
            text("SELECT count(*) FROM hkpost.mail_item WHERE is_open AND next_poll_at > now()")
        )
    engine.dispose()
    assert held.keys() == items.keys()
    assert 200 < len(held) < 300, "what has left since is not known yet"
    assert [item_no for item_no in held if not agrees(items[item_no], held[item_no])] == []
    assert set(promises) == {len(held)}
    assert statuses >= {"kept", "broken", "overdue", "on_track"}
    assert due == 0
