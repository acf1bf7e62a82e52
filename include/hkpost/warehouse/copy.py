"""Rows by COPY: into a table where none of them can be yet, else into a temporary one for a merge."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

import psycopg
from psycopg.adapt import Dumper
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


class _SharedValue(Dumper):
    """Writes what many rows of a chunk share (dates, instants, words of a list): each is put into text once."""

    def dump(self, obj: date | StrEnum) -> bytes:
        return _text(obj)


@lru_cache(maxsize=1 << 14)
def _text(value: date | StrEnum) -> bytes:
    return str(value).encode()


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows into a table (`table` and `columns` are ours, never an answer's).

    Raises:
        DBAPIError: the server refuses them.
    """
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    cursor = connection.connection.cursor()
    for kind in (date, datetime, StrEnum):
        cursor.adapters.register_dumper(kind, _SharedValue)
    try:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error
