"""Answers put into the archive as fetching leaves them, so that loading can be measured alone."""

import gzip
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Engine, text

from bench.answers import ITEMS, answer_about, item_number
from bench.floor import Floor
from hkpost.jobs.load import load_pending

_ARCHIVE = Path(__file__).with_name("warehouse") / "sql" / "archive_original.sql"
_SESSIONS = """
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
"""
_REGISTER = "INSERT INTO hkpost.mail_item (item_no) SELECT unnest(CAST(:item_nos AS varchar[]))"


def register(engine: Engine, first_serial: int, answers: int) -> list[list[str]]:
    """Make items for this number of answers known; returns their numbers, 30 an answer."""
    batches = [
        [item_number(first_serial + answer * ITEMS + place) for place in range(ITEMS)]
        for answer in range(answers)
    ]
    with engine.begin() as connection:
        for batch in batches:
            connection.execute(text(_REGISTER), {"item_nos": batch})
    return batches


def archive(engine: Engine, batches: Sequence[Sequence[str]], events: Callable[[int], int]) -> None:
    """Archive an answer about each batch; `events` says how many events the n-th item of all has."""
    statement = text(_ARCHIVE.read_text(encoding="utf-8"))
    with engine.begin() as connection:
        for number, batch in enumerate(batches):
            body = answer_about(batch, [events(number * ITEMS + place) for place in range(len(batch))])
            connection.execute(
                statement,
                {
                    "account": "hkpost_default",
                    "asked_at": datetime.now(UTC),
                    "item_nos": list(batch),
                    "body": gzip.compress(body, 6, mtime=0),
                    "body_size": len(body),
                },
            )


@dataclass(frozen=True, slots=True)
class Load:
    """What a load took: seconds on the clock, and CPU seconds of this process and its server sessions together."""

    seconds: float
    cpu_s: float


def timed_load(engine: Engine, floor: Floor) -> Load:
    """Load what waits in a warehouse on this machine; the floor is sampled before and after each transaction."""
    floor.sample()
    sampled, cpu_s, began = floor.spent_s, cpu_s_of(engine), time.perf_counter()
    load_pending(engine, report=floor.sample)
    sampled = floor.spent_s - sampled
    return Load(time.perf_counter() - began - sampled, cpu_s_of(engine) - cpu_s - sampled)


def cpu_s_of(engine: Engine) -> float:
    """CPU seconds that this process and its server have taken so far, on this machine: sessions, and what has ended."""
    with engine.connect() as connection:
        sessions = [psutil.Process(session) for session in connection.execute(text(_SESSIONS)).scalars()]
    spent = [session.cpu_times() for session in sessions]
    server = psutil.Process(sessions[0].ppid()).cpu_times()
    ended = server.children_user + server.children_system
    return time.process_time() + ended + sum(each.user + each.system for each in spent)
