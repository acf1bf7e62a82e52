"""Reads the business's query row by row: what a driver cannot turn into Python's values stops no other row."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

import psycopg

from hkpost.warehouse.intake.register import Row, UnreadRow

_ROWS_A_BATCH = 10_000
_MOST_UNREAD = 100
"""This number of unread rows one after the other, of a driver that does not say where it is, are the same row again."""


class SourceStopped(RuntimeError):
    """The query takes too long, or its driver does not go past a row; the message says what to change."""


def execute(cursor: Any, sql: str, limit_s: float) -> None:
    """Run the query; PostgreSQL writes times as ISO 8601 for it, and ends it after `limit_s` seconds (0: never).

    Raises:
        SourceStopped: it was ended.
    """
    if isinstance(cursor, psycopg.Cursor):
        cursor.execute("SET LOCAL datestyle = 'ISO'")
        cursor.execute(f"SET LOCAL statement_timeout = {limit_s * 1000:.0f}")
    try:
        cursor.execute(sql)
    except psycopg.errors.QueryCanceled as error:
        raise SourceStopped(
            f"open_items_sql was ended: {str(error).strip()}. It may take {limit_s:,.0f} s (open_items_seconds in "
            "hkpost.setting): make it quicker, or give it more time"
        ) from None


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
