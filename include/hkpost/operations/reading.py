"""Reading the warehouse for a page: read-only, bounded in time, one `.sql` file a question."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, text

_FOLDER = Path(__file__).with_name("sql")
TIMEOUT_S = 15
"""A page that takes longer is given up: somebody's question must not slow the runs."""


def source(name: str) -> str:
    """Return what is in `sql/<name>.sql`."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


@cache
def question(name: str) -> TextClause:
    """Return the query in `sql/<name>.sql`."""
    return text(source(name))


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A read-only transaction that sees one state of the warehouse, given up after `TIMEOUT_S` a statement."""
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{TIMEOUT_S}s'")
        yield connection


def rows(connection: Connection, name: str, **values: object) -> list[dict[str, Any]]:
    """The answer to a question, a dict a row."""
    return [dict(row) for row in connection.execute(question(name), values).mappings()]
