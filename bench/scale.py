"""The warehouse at size: what loading, claiming and the views cost beside the same on an empty one."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine, text

from bench.answers import ITEMS, answer_about, item_number
from bench.archive import Load, archive, cpu_s_of, register, timed_load
from bench.floor import Floor
from bench.questions import Asked, ask_all
from bench.table import Section
from bench.warehouse.fill import ORIGINALS, fill_warehouse
from bench.warehouse.originals import ACCOUNT
from hkpost.dispatch.batches import BATCHES_AHEAD
from hkpost.jobs.lanes import refresh_forecasts
from hkpost.warehouse.items.queue import claim_items, due_items
from hkpost.warehouse.snapshots.backlog import count_backlog
from hkpost.warehouse.snapshots.charts import refresh_charts
from hkpost.warehouse.snapshots.lanes import refresh_lanes
from hkpost.warehouse.snapshots.queue import refresh_queue

COLUMNS = ("what", "measured", "beside it", "ratio")
ROUNDS = 3
_FIRST_SERIAL = 50_000_000
_SNAPSHOTS: Final = {"usual on lanes": refresh_lanes, "charts": refresh_charts}
_A_DAY_AGO = """
    WITH curve AS (UPDATE hkpost.lane_curve SET made_at = made_at - interval '1 day')
    UPDATE hkpost.polling_price SET counted_until = counted_until - interval '1 day'
"""
_ALL_ANSWERED = """
    UPDATE hkpost.mail_item SET last_polled_at = now(), last_answered_at = now()
    WHERE is_open AND closed_at IS NULL AND last_polled_at IS NOT NULL
"""
MANY_OPEN: Final = 1_000_000
_MANY_OPEN = """
    WITH more AS MATERIALIZED (
        SELECT item_no FROM hkpost.item_journey WHERE NOT is_open ORDER BY week_start DESC
        LIMIT (SELECT greatest(:many - count(*) FILTER (WHERE is_open), 0) FROM hkpost.item_journey)
    ), item AS (
        UPDATE hkpost.mail_item AS item
        SET state = 'in_transit', closed_at = NULL, close_reason = NULL, next_poll_at = now()
        FROM more WHERE more.item_no = item.item_no
    )
    UPDATE hkpost.item_journey AS journey SET state = 'in_transit' FROM more WHERE more.item_no = journey.item_no
"""
_FORECASTS_OLD = "UPDATE hkpost.item_forecast SET forecast_at = forecast_at - interval '30 days'"


def scale_section(
    engine: Engine,
    empty: Engine,
    events: int,
    answers: int,
    report: Callable[[str], None],
    *,
    originals: int = ORIGINALS,
) -> Section:
    """Fill one warehouse, and measure it beside an empty one.

    Args:
        engine: an empty database, which gets about `events` events.
        empty: a migrated warehouse without items.
        events: how many.
        answers: how many answers of 30 new items are loaded into each, three times in turn.
        report: gets a line now and then.
        originals: how many items the copies are made from.
    """
    url = engine.url.render_as_string(hide_password=False)
    filled = fill_warehouse(url, events, datetime.now(UTC) - timedelta(hours=3), report, originals=originals)
    report("loading into it and into an empty warehouse in turn")
    rows = [*_loading(engine, empty, answers), *_claiming(engine), *_computing(engine)]
    report("asking every view and every question of the cookbook")
    asked = list(ask_all(engine))
    report(f"opening items until {MANY_OPEN:,} are open, or all")
    rows += _with_many_open(engine)
    plans = {one.name: f"{one.question}\n\n{one.plan}" for one in asked}
    notes = (
        f"{filled.items:,} items with {filled.events:,} events over 690 days: simulated items whose answers went"
        " through the real load, copied by the server under other numbers and days. Loading: the best of"
        f" {ROUNDS} rounds of {answers * ITEMS:,} new items. Times of the server (EXPLAIN ANALYZE) for the questions.",
    )
    return Section(
        f"At size: {filled.events / 1e6:,.1f} million events",
        COLUMNS,
        [*rows, *map(_answered, asked)],
        notes,
        plans,
    )


def _loading(engine: Engine, empty: Engine, answers: int) -> Iterator[list[str]]:
    at_size: list[Load] = []
    on_empty: list[Load] = []
    floor = Floor(answer_about([item_number(serial) for serial in range(ITEMS)]))
    for turn in range(ROUNDS):
        for target, loads in ((engine, at_size), (empty, on_empty)):
            batches = register(target, _FIRST_SERIAL + turn * answers * ITEMS, answers)
            archive(target, batches, lambda number: 8)
            loads.append(timed_load(target, floor))
    items = answers * ITEMS
    seconds, beside = (min(load.seconds for load in loads) for loads in (at_size, on_empty))
    yield [
        "load: new items",
        f"{items / seconds:,.0f} items/s",
        f"empty {items / beside:,.0f} items/s",
        f"{beside / seconds:.0%}",
    ]
    cpu, beside = (min(load.cpu_s for load in loads) * 1000 / items for loads in (at_size, on_empty))
    yield [
        "load: CPU, ours and the server's",
        f"{cpu:.2f} s/1,000 items",
        f"empty {beside:.2f}",
        f"{beside / cpu:.0%}",
    ]


def _claiming(engine: Engine) -> Iterator[list[str]]:
    began = time.perf_counter()
    due = sum(due_items(engine).values())
    yield ["count what is due", _ms(time.perf_counter() - began), f"{due:,} items", ""]
    at_most = BATCHES_AHEAD * ITEMS
    began = time.perf_counter()
    claimed = claim_items(engine, ACCOUNT, at_most, except_items=())
    yield ["claim the next items", _ms(time.perf_counter() - began), f"{len(claimed)} items", ""]


def _computing(engine: Engine) -> Iterator[list[str]]:
    """What the end of a run computes: curves for the first time, nothing new, a day's events, answers about all."""
    for what, compute in (
        ("backlog", count_backlog),
        *((name, _inside(one)) for name, one in _SNAPSHOTS.items()),
    ):
        yield _computed(engine, f"a run's end: {what}", compute)
    yield _computed(engine, "a run's end: the first curves and forecasts", refresh_forecasts)
    yield _computed(engine, "a run's end: queues", _inside(refresh_queue))
    yield _computed(engine, "a run's end: forecasts, nothing new", refresh_forecasts)
    with engine.begin() as connection:
        connection.execute(text(_A_DAY_AGO))
    yield _computed(engine, "a run's end: curves with a day's events, all forecasts", refresh_forecasts)
    with engine.begin() as connection:
        connection.execute(text(_ALL_ANSWERED))
    yield _computed(engine, "a run's end: forecasts and next questions of all open items", refresh_forecasts)


def _with_many_open(engine: Engine) -> Iterator[list[str]]:
    """What forecasts cost where a million items are open, or all where there are fewer."""
    with engine.begin() as connection:
        connection.execute(text(_MANY_OPEN), {"many": MANY_OPEN})
    _vacuum(engine)
    yield _computed(
        engine, "a run's end: forecasts and next questions, a million items open", refresh_forecasts
    )
    with engine.begin() as connection:
        connection.execute(text(_FORECASTS_OLD))
    _vacuum(engine)
    yield _computed(engine, "a run's end: all forecasts again, a million items open", refresh_forecasts)


def _vacuum(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in ("mail_item", "item_journey", "item_forecast"):
            connection.execute(text(f"VACUUM ANALYZE hkpost.{table}"))


def _inside(compute: Callable[[Connection], None]) -> Callable[[Engine], None]:
    def inside(engine: Engine) -> None:
        with engine.begin() as connection:
            compute(connection)

    return inside


def _computed(engine: Engine, name: str, compute: Callable[[Engine], int | None]) -> list[str]:
    began, cpu, ours = time.perf_counter(), cpu_s_of(engine), time.process_time()
    many = compute(engine)
    took, ours, cpu = time.perf_counter() - began, time.process_time() - ours, cpu_s_of(engine) - cpu
    beside = f"CPU {cpu:,.1f} s, {ours:,.1f} of it ours"
    return [name, _ms(took), beside if many is None else f"{beside}; {many:,} forecasts", ""]


def _answered(asked: Asked) -> list[str]:
    took = "given up" if asked.milliseconds is None else _ms(asked.milliseconds / 1000)
    return [asked.name, took, "", ""]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"
