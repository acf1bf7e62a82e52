"""Reading the warehouse for a page: read-only, bounded in time, one `.sql` file a query."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, TextClause

from hkpost.warehouse.statements import statement

TIMEOUT_S = 15
"""A page that takes longer is given up: a page must not slow the runs."""


def query(name: str) -> TextClause:
    """Return the query in `<name>.sql`."""
    return statement(name, room="reports")


@contextmanager
def read_only(engine: Engine) -> Iterator[Connection]:
    """A read-only transaction that sees one state of the warehouse, given up after `TIMEOUT_S` a statement."""
    with engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{TIMEOUT_S}s'")
        yield connection


def rows(connection: Connection, name: str, **values: object) -> list[dict[str, Any]]:
    """The rows of a query, a dict each."""
    return [dict(row) for row in connection.execute(query(name), values).mappings()]
