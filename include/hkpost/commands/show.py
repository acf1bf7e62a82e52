"""Results of `.sql` files as tables on the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

SQL = Path(__file__).with_name("sql")


def console() -> Console:
    """Return the terminal; where there is none, one wide enough for a table in a file."""
    found = Console()
    return found if found.is_terminal else Console(width=160)


def query(
    connection: Connection, file: Path, parameters: Mapping[str, Any] | None = None
) -> tuple[list[str], list[Any]]:
    """Run an `.sql` file and return the names of its columns and its rows.

    `parameters` are values for psql's `:'name'` in the file.
    """
    text = file.read_text(encoding="utf-8")
    for parameter in parameters or {}:
        text = text.replace(f":'{parameter}'", f"%({parameter})s")
    options = {} if parameters else {"no_parameters": True}
    given = dict(parameters) if parameters else None
    result = connection.exec_driver_sql(text, given, execution_options=options)
    return list(result.keys()), [tuple(row) for row in result]


def print_query(on: Console, connection: Connection, file: Path) -> None:
    """Run an `.sql` file and print its first comment as the title above its rows."""
    columns, rows = query(connection, file)
    first_line = file.read_text(encoding="utf-8").partition("\n")[0]
    print_rows(on, first_line.removeprefix("-- "), columns, rows)


def print_rows(on: Console, title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print rows as a table, numbers to the right."""
    body = [[as_text(value) for value in row] for row in rows]
    table = Table(header_style="bold")
    for index, column in enumerate(columns):
        is_number = all(
            row[index].replace(",", "").replace(".", "").isdigit() or not row[index] for row in body
        )
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in body:
        table.add_row(*map(escape, row))
    on.print(f"\n[bold]{escape(title)}[/bold]")
    on.print(table)


def as_text(value: Any) -> str:
    """A value as a person reads it: nothing for null, instants to the minute."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return str(value)
