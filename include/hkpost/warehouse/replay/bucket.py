"""One bucket of a replay: the archive is read once, day by day, then the items are told again, some at a time."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Final

from sqlalchemy import Engine

from hkpost.warehouse.load import collector_paused
from hkpost.warehouse.load.rejects import Rejected, note_rejects
from hkpost.warehouse.load.stage import make_stage
from hkpost.warehouse.load.trouble import in_words, is_of_the_warehouse
from hkpost.warehouse.replay.progress import Progress
from hkpost.warehouse.replay.rebuild import rebuild_items
from hkpost.warehouse.replay.recollection import Recollection
from hkpost.warehouse.replay.selection import Selection, selected_items
from hkpost.warehouse.replay.summary import ReplaySummary
from hkpost.warehouse.statements import statement

ITEMS_PER_CHUNK = 500
"""Items told again in one transaction: a load or a fetch that wants one of them waits no longer than that."""
SET_ASIDE: Final = "set aside, could not be replayed: "
"""What the reason begins with; the alert `set_aside` looks for it."""


def replay_bucket(
    engine: Engine,
    selection: Selection,
    *,
    report: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
) -> ReplaySummary:
    """Work out a bucket's events and states again from the archive, without a request to the service.

    It may run beside loads, fetches and other buckets, be interrupted and be repeated: each transaction leaves
    some items as the whole replay would. Where one fails, its items are told again one by one; one that
    cannot be stays as it is, with the reason among the rejects. `report` gets a line now and then.
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
        summary.rejected += note_rejects(connection, recollection.rejects, "merge_replayed_rejects")
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
    own = ReplaySummary()
    try:
        with collector_paused(), engine.begin() as connection:
            left = rebuild_items(connection, item_nos, recollection, selection, mark, own, wait=wait)
    except Exception as trouble:
        if is_of_the_warehouse(trouble) or not item_nos:
            raise
        # Where not even nothing can be written, no item is to blame.
        _rebuild(engine, [], recollection, selection, mark, summary, wait=wait)
        if len(item_nos) == 1:
            summary.set_aside += 1
            recollection.rejects.append(_set_aside(item_nos[0], recollection, trouble))
            return []
        alone = (
            _rebuild(engine, [item_no], recollection, selection, mark, summary, wait=wait)
            for item_no in item_nos
        )
        return list(chain.from_iterable(alone))
    summary.add(own)
    recollection.forget(set(item_nos) - set(left))
    return left


def _set_aside(item_no: str, recollection: Recollection, trouble: Exception) -> Rejected:
    """Why an item that cannot be told again stays as it is."""
    told = recollection.of(item_no)
    account, call_id = (told[-1].account, told[-1].call_id) if told else (None, None)
    return Rejected("load", account, item_no, call_id, SET_ASIDE + in_words(trouble), None)


def _chunks(item_nos: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(item_nos), ITEMS_PER_CHUNK):
        yield item_nos[start : start + ITEMS_PER_CHUNK]
