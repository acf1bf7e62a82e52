"""Loading: archived answers become facts, item states and what was rejected."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from hkpost.warehouse.load.aside import load_one_by_one
from hkpost.warehouse.load.chunk import load_chunk
from hkpost.warehouse.load.summary import LoadSummary
from hkpost.warehouse.load.trouble import is_of_the_warehouse

__all__ = ["LoadSummary", "collector_paused", "load_pending"]


def load_pending(engine: Engine, *, report: Callable[[str], None]) -> LoadSummary:
    """Load every archived answer that waits, in the order received, some 100 answers a transaction.

    Each transaction is all or nothing under one advisory lock, so that it may be interrupted and
    repeated: loading twice changes nothing. Where one fails, its answers are loaded one by one, and what
    cannot be loaded is set aside. `report` gets a line now and then, one for each that is set aside, and at
    the end one for each wording without a meaning.

    Raises whatever concerns the warehouse and no single answer: a lost connection, a full disk, a right
    that is missing.
    """
    summary = LoadSummary()
    while _load_next(engine, summary, report):
        report(
            f"loaded {summary.answers:,} answers about {summary.items:,} items:"
            f" {summary.events_new:,} new events, {summary.items_changed:,} items changed"
        )
    if summary.unanswered:
        report(f"{summary.unanswered:,} of them got no answer that can be used: they stay due")
    for line in summary.unclassified_lines():
        report(line)
    return summary


def _load_next(engine: Engine, summary: LoadSummary, report: Callable[[str], None]) -> bool:
    chunk = LoadSummary()
    try:
        with collector_paused(), engine.begin() as connection:
            is_any = load_chunk(connection, chunk)
    except Exception as trouble:
        if is_of_the_warehouse(trouble):
            raise
        return load_one_by_one(engine, summary, report)
    summary.add(chunk)
    return is_any


@contextmanager
def collector_paused() -> Iterator[None]:
    """No search for cycles in the meantime: a chunk makes none, and looking costs a third of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
