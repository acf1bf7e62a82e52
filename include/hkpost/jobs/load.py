"""Loading: archived answers become facts, item states and what was rejected."""

from collections.abc import Callable

from sqlalchemy import Engine

from hkpost.jobs.chunk import Memory, load_answers
from hkpost.jobs.gc_disabled import gc_disabled
from hkpost.jobs.set_aside import load_one_by_one
from hkpost.jobs.summary import LoadSummary
from hkpost.warehouse.archive.pending import next_chunk
from hkpost.warehouse.errors import concerns_warehouse
from hkpost.warehouse.statements import statement


def load_pending(engine: Engine, *, report: Callable[[str], None]) -> LoadSummary:
    """Load every archived answer that waits, in the order received, some hundreds of answers a transaction.

    Each transaction is all or nothing under one advisory lock, so that it may be interrupted and
    repeated: loading twice changes nothing. Where one fails, its answers are loaded one by one, and what
    cannot be loaded is set aside. `report` gets a line now and then, one for each that is set aside, and at
    the end one for each wording without a meaning.

    Raises whatever concerns the warehouse and no single answer: a lost connection, a full disk, a right
    that is missing.
    """
    summary, memory = LoadSummary(), Memory()
    while _load_next(engine, memory, summary, report):
        report(
            f"loaded {summary.answers:,} answers about {summary.items:,} items:"
            f" {summary.events_new:,} new events, {summary.items_changed:,} items changed"
        )
    if summary.unanswered:
        report(f"{summary.unanswered:,} of them got no answer that can be used: they stay due")
    for line in summary.unclassified_lines():
        report(line)
    return summary


def _load_next(engine: Engine, memory: Memory, summary: LoadSummary, report: Callable[[str], None]) -> bool:
    chunk = LoadSummary()
    try:
        with gc_disabled(), engine.begin() as connection:
            connection.execute(statement("archive/lock_load"))
            answers = next_chunk(connection)
            if answers:
                load_answers(connection, answers, memory, chunk)
    except Exception as error:  # whatever it is: one by one shows which answer raises it
        if concerns_warehouse(error):
            raise
        memory.forget()
        return load_one_by_one(engine, summary, report)
    summary.add(chunk)
    return bool(answers)
