"""Loading: archived answers become facts, item states and what was rejected."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from hkpost.warehouse.load.chunk import load_chunk
from hkpost.warehouse.load.summary import LoadSummary

__all__ = ["LoadSummary", "collector_paused", "load_pending"]


def load_pending(engine: Engine, *, report: Callable[[str], None]) -> LoadSummary:
    """Load every archived answer that waits, in the order received, some 100 answers a transaction.

    Each transaction is all or nothing under one advisory lock, so that it may be interrupted and
    repeated: loading twice changes nothing. `report` gets a line now and then, and at the end one for
    each wording without a meaning.
    """
    summary = LoadSummary()
    while _load_next(engine, summary):
        report(
            f"loaded {summary.answers:,} answers about {summary.items:,} items:"
            f" {summary.events_new:,} new events, {summary.items_changed:,} items changed"
        )
    if summary.unanswered:
        report(f"{summary.unanswered:,} of them got no answer that can be used: they stay due")
    for line in summary.unclassified_lines():
        report(line)
    return summary


def _load_next(engine: Engine, summary: LoadSummary) -> bool:
    with collector_paused(), engine.begin() as connection:
        return load_chunk(connection, summary)


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
