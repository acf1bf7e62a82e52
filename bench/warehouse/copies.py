"""Copies of the originals, made by the server: two years of mail, as many events as asked for."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from hkpost.warehouse.engine import run_script
from hkpost.warehouse.facts.journeys import rebuild_journeys

OLDEST_DAYS = 690
"""The oldest copies were posted this number of days ago: the fact has a partition for each of its 24 last months."""
DAYS_A_CHUNK = 10
SESSIONS = 2

STEPS = ("copy_items", "copy_events", "copy_changes", "copy_states", "copy_calls")
"""The statements of one chunk, in one transaction. They read the temporary table `copied`
(`item_no`, `original`, `shift` …). The journeys follow from the facts in the end."""

_MEAN_EVENTS = "SELECT avg(event_count) FROM bench.pool JOIN bench.original USING (item_no) WHERE days = 60"
_SQL = Path(__file__).with_name("sql")


@dataclass(frozen=True, slots=True)
class Copied:
    """What a warehouse holds after copying."""

    items: int
    events: int


def copy_originals(
    engine: Engine, events: int, anchor: datetime, report: Callable[[int, int], None]
) -> Copied:
    """Copy the originals of a warehouse until it has about `events` events, then VACUUM ANALYZE it.

    Args:
        engine: a warehouse with originals and no copies yet.
        events: how many; at least what one item a day for 690 days brings.
        anchor: the instant of `plant_originals`.
        report: gets the chunks done and all of them, after each.
    """
    with engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('bench.anchor', :anchor, true)"), {"anchor": anchor.isoformat()}
        )
        run_script(connection, _SQL / "prepare_copies.sql")
        mean = float(connection.execute(text(_MEAN_EVENTS)).scalar_one())
        items_a_day = max(1, round(events / mean / OLDEST_DAYS))
        calls = (OLDEST_DAYS + 1) * (items_a_day // 30 + 1) * 2
        first_call = connection.execute(
            text(
                "SELECT setval('hkpost.api_call_id_seq', nextval('hkpost.api_call_id_seq') + :calls) - :calls"
            ),
            {"calls": calls},
        ).scalar_one()
    done, lock = 0, threading.Lock()
    chunks = list(_chunks())

    def copy(ages: tuple[int, int]) -> None:
        nonlocal done
        with engine.begin() as connection:
            connection.execute(text("SET LOCAL timezone = 'UTC'"))
            _number_copies(connection, ages, items_a_day, first_call)
            for step in STEPS:
                run_script(connection, _SQL / f"{step}.sql")
        with lock:
            done += 1
            report(done, len(chunks))

    with ThreadPoolExecutor(SESSIONS) as sessions:
        list(sessions.map(copy, chunks))
    with engine.begin() as connection:
        rebuild_journeys(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("DROP SCHEMA bench CASCADE"))
        connection.execute(text("VACUUM ANALYZE"))
        row = connection.execute(text("SELECT count(*), sum(event_count) FROM hkpost.mail_item")).one()
    return Copied(int(row[0]), int(row[1]))


def _chunks() -> Iterator[tuple[int, int]]:
    """Ages in days, from the oldest to the youngest of each chunk."""
    for oldest in range(OLDEST_DAYS, 0, -DAYS_A_CHUNK):
        yield oldest - 1, max(oldest - DAYS_A_CHUNK, 0)


def _number_copies(connection: Connection, ages: tuple[int, int], items_a_day: int, first_call: int) -> None:
    numbers = text((_SQL / "copy_numbers.sql").read_text(encoding="utf-8"))
    connection.execute(
        numbers,
        {
            "oldest": OLDEST_DAYS,
            "items_a_day": items_a_day,
            "first_call": first_call,
            "from_age": ages[0],
            "to_age": ages[1],
        },
    )
    connection.execute(text("ANALYZE copied"))
