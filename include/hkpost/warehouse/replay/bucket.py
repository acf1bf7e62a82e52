"""One bucket of a replay: the archive is read once, day by day, then the items are told again, some at a time."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine

from hkpost.warehouse.load import collector_paused
from hkpost.warehouse.load.stage import make_stage
from hkpost.warehouse.replay.progress import Progress
from hkpost.warehouse.replay.rebuild import rebuild_items, write_rejects
from hkpost.warehouse.replay.recollection import Recollection
from hkpost.warehouse.replay.selection import Selection, selected_items
from hkpost.warehouse.replay.summary import ReplaySummary
from hkpost.warehouse.statements import statement

ITEMS_PER_CHUNK = 500
"""Items told again in one transaction: a load or a fetch that wants one of them waits no longer than that."""


def replay_bucket(
    engine: Engine,
    selection: Selection,
    *,
    report: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> ReplaySummary:
    """Work out a bucket's events and states again from the archive, without a request to the service.

    It may run beside loads, fetches and other buckets, be interrupted and be repeated: each transaction leaves
    some items as the whole replay would. `report` gets a line now and then.
    """
    summary = ReplaySummary()
    name = f"bucket {selection.bucket + 1} of {selection.buckets}"
    with engine.connect() as connection:
        mark: datetime = connection.execute(statement("replay_mark")).scalar_one()
    item_nos = selected_items(engine, selection)
    recollection = Recollection(frozenset(item_nos))
    if item_nos:
        _read_archive(engine, selection, recollection, summary, Progress(f"{name}: answers", report, clock))
    items = Progress(f"{name}: items", report, clock)
    items.total = len(item_nos)
    left: list[str] = []
    for chunk in _chunks(item_nos):
        left += _rebuild(engine, chunk, recollection, selection, mark, summary, wait=False)
        items.advance(len(chunk))
    for item_no in left:
        _rebuild(engine, [item_no], recollection, selection, mark, summary, wait=True)
    with engine.begin() as connection:
        make_stage(connection)
        connection.execute(statement("stage_replay"))
        summary.rejected += write_rejects(connection, recollection.rejects)
    items.say()
    summary.damaged, summary.orphaned = len(recollection.damaged), recollection.orphaned
    return summary


def _read_archive(
    engine: Engine, selection: Selection, recollection: Recollection, summary: ReplaySummary, done: Progress
) -> None:
    with engine.connect() as connection:
        days = connection.execute(statement("replay_days"), selection.parameters).all()
    done.total = sum(day.answers for day in days)
    for day in days:
        # A transaction a day: dropping old days of the archive waits no longer than that.
        with engine.connect().execution_options(stream_results=True, max_row_buffer=200) as connection:
            rows = connection.execute(statement("replay_answers"), {**selection.parameters, "day": day.day})
            for row in rows:
                summary.answers += recollection.take(row)
                done.advance()
    done.say()


def _rebuild(
    engine: Engine,
    item_nos: Sequence[str],
    recollection: Recollection,
    selection: Selection,
    mark: datetime,
    summary: ReplaySummary,
    *,
    wait: bool,
) -> list[str]:
    with collector_paused(), engine.begin() as connection:
        return rebuild_items(connection, item_nos, recollection, selection, mark, summary, wait=wait)


def _chunks(item_nos: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(item_nos), ITEMS_PER_CHUNK):
        yield item_nos[start : start + ITEMS_PER_CHUNK]
