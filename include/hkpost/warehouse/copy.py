"""Rows by COPY: into a table where none of them can be yet, else into a temporary one for a merge."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


@lru_cache(maxsize=1 << 14)
def shared_text(value: date | None) -> str | None:
    """A date or an instant that many rows share, as text for `copy_rows`: the driver would write it for each row."""
    return None if value is None else str(value)


def text_array(texts: Sequence[str] | None) -> str | None:
    """Texts as PostgreSQL writes an array of them, for `copy_rows`: the driver takes as long for one as for a row."""
    if texts is None:
        return None
    quoted = (text.replace("\\", r"\\").replace('"', r"\"") for text in texts)
    return '{"' + '","'.join(quoted) + '"}' if texts else "{}"


def copy_rows(
    connection: Connection,
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    types: Sequence[str] | None = None,
) -> None:
    """Write rows into a table (`table`, `columns` and `types` are ours, never an answer's).

    With the `types` of the columns they are sent in binary: numbers cost a third of what they cost as text.

    Raises:
        DBAPIError: the server refuses them.
    """
    form = "" if types is None else " (FORMAT binary)"
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN{form}"
    try:
        with connection.connection.cursor().copy(statement) as copy:
            if types is not None:
                copy.set_types(types)
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error, hide_parameters=True) from error
