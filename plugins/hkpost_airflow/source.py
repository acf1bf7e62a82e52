"""Reads the business's query row by row: what a driver cannot turn into Python's values stops no other row."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import psycopg

from hkpost.warehouse.intake import Row, UnreadRow

_ROWS_A_BATCH = 10_000
_MOST_UNREAD = 100
"""So many unread rows one after the other, of a driver that does not say where it is, are the same row again."""


class SourceStopped(RuntimeError):
    """The driver does not go past a row that it cannot read; the message says what to change."""


def execute(cursor: Any, sql: str) -> None:
    """Run the query; PostgreSQL writes times as ISO 8601 for it, whatever the server's default is."""
    if isinstance(cursor, psycopg.Cursor):
        cursor.execute("SET LOCAL datestyle = 'ISO'")
    cursor.execute(sql)


def batches(cursor: Any) -> Iterator[list[Row]]:
    """The rows of the query that a cursor has run, ten thousand at a time.

    Raises:
        SourceStopped: the rest cannot be read; the rows before it were given.
    """
    batch: list[Row] = []
    unread, reason = 0, ""
    for number in count(1):
        at = getattr(cursor, "rownumber", None)
        try:
            row = cursor.fetchone()
            unread = 0
        except Exception as error:  # a driver raises what it likes
            reason = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
            row = _unread(cursor, at) or UnreadRow(number, reason)
            unread += at is None
        if row is not None:
            batch.append(tuple(row.values()) if isinstance(row, Mapping) else row)
        if batch and (row is None or unread == _MOST_UNREAD or len(batch) == _ROWS_A_BATCH):
            yield batch
            batch = []
        if row is None:
            return
        if unread == _MOST_UNREAD:
            raise SourceStopped(
                f"row {number - unread + 1} of open_items_sql cannot be read, and none after it: {reason}; "
                "cast its columns in the query, or leave the row out"
            )


def _unread(cursor: Any, at: int | None) -> list[str | None] | None:
    """Go past a row that was not loaded; return it as PostgreSQL's own texts, where they can be had."""
    if at is None:
        return None
    if cursor.rownumber == at:
        cursor.scroll(1)
    if not (isinstance(cursor, psycopg.Cursor) and cursor.pgresult):
        return None
    encoding = cursor.connection.info.encoding
    values = (cursor.pgresult.get_value(at, column) for column in range(cursor.pgresult.nfields))
    return [None if value is None else value.decode(encoding, "backslashreplace") for value in values]
