"""Reading the archived answers that wait to be loaded."""

import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement

ANSWERS_PER_CHUNK = 100
"""Answers loaded in one transaction, at most."""


class DamagedArchive(ValueError):
    """The archived bytes are not what was put there."""


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

    The second answer about an item opens the next chunk, so that it is laid upon what the first one left.
    With a `call_id`, the answer to that request, if it waits.
    """
    rows = connection.execute(
        statement("pending_answers"), {"at_most": ANSWERS_PER_CHUNK, "call_id": call_id}
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


def unpacked(body: bytes) -> bytes:
    """An archived body as it was received.

    Raises:
        DamagedArchive: the bytes cannot be unpacked.
    """
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as damage:
        raise DamagedArchive(f"the archived bytes are damaged: {damage}") from damage


def mark_loaded(connection: Connection, answers: Sequence[PendingAnswer], loaded_at: datetime) -> None:
    """Note that these answers need not be loaded again."""
    keys = [
        {"call_id": answer.call_id, "received_at": answer.received_at, "loaded_at": loaded_at}
        for answer in answers
    ]
    if keys:
        connection.execute(statement("mark_loaded"), keys)
