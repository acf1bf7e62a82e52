"""Rows by COPY into the temporary tables of a chunk."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement


def make_stage(connection: Connection) -> None:
    """Create the temporary tables; they go with the transaction."""
    connection.execute(statement("stage_load"))


def copy_rows(
    connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Write rows into a temporary table by COPY (`table` and `columns` are ours, never an answer's)."""
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
