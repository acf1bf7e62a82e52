"""Reading the archived answers that wait to be loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement

ANSWERS_PER_CHUNK = 200
"""Answers loaded in one transaction, at most."""


@dataclass(frozen=True, slots=True)
class PendingAnswer:
    """One archived answer: `body` as it is kept (gzip), `item_nos` what the request asked about."""

    call_id: int
    received_at: datetime
    account: str
    body: bytes
    content_type: str
    item_nos: tuple[str, ...]


def next_chunk(connection: Connection, call_id: int | None = None) -> list[PendingAnswer]:
    """Return the oldest answers that wait, at most `ANSWERS_PER_CHUNK`, no item asked about in two of them.

    The second answer about an item opens the next chunk, so that it is applied to what the first one left.
    With a `call_id`, the answer to that request, if it waits.
    """
    rows = connection.execute(
        statement("archive/pending_answers"), {"at_most": ANSWERS_PER_CHUNK, "call_id": call_id}
    )
    chunk: list[PendingAnswer] = []
    asked: set[str] = set()
    for row in rows:
        item_nos = tuple(dict.fromkeys(row.item_nos or ()))
        if not asked.isdisjoint(item_nos):
            break
        asked.update(item_nos)
        chunk.append(
            PendingAnswer(
                row.call_id,
                row.received_at,
                row.account,
                bytes(row.body or b""),
                row.content_type or "",
                item_nos,
            )
        )
    return chunk


def mark_loaded(connection: Connection, answers: Sequence[PendingAnswer], loaded_at: datetime) -> None:
    """Note that these answers need not be loaded again."""
    keys = [
        {"call_id": answer.call_id, "received_at": answer.received_at, "loaded_at": loaded_at}
        for answer in answers
    ]
    if keys:
        connection.execute(statement("archive/mark_loaded"), keys)
