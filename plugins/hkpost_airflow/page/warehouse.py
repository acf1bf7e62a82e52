"""The warehouse as the page's routes read it, and what is said when it cannot be read."""

from collections.abc import Callable
from functools import cache
from typing import Annotated

from airflow.providers.common.compat.sdk import AirflowNotFoundException, conf
from fastapi import Depends
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from hkpost.warehouse.engine import warehouse_engine
from hkpost_airflow.hooks.warehouse import warehouse_url
from hkpost_airflow.teams import Team

TEAM = Team(conf.get("hkpost", "page_team", fallback=Team().name))
"""Whose warehouse and DAGs the page shows."""
_CONN_ID = TEAM.named("warehouse")
_NOT_DEFINED = f"the connection {_CONN_ID} is not defined: make one of type Postgres in Admin, Connections"
_UNREACHABLE = (
    "it cannot be reached, or the connection was lost. Is the database up, and is the connection right?"
)
_NO_TABLES = (
    f"it has not the tables of this version yet: the next run of {TEAM.named('tracking')} makes them,"
    " or python -m hkpost migrate"
)
_ABSENT = ("42P01", "42703", "42883", "3F000")
"""SQLSTATE: no such table, column, function, schema."""


@cache
def _engine() -> Engine:
    """One pool of connections a process."""
    return warehouse_engine(warehouse_url(_CONN_ID))


def opener() -> Callable[[], Engine]:
    """What opens the warehouse; it raises AirflowNotFoundException where the connection is not defined."""
    return _engine


Opener = Annotated[Callable[[], Engine], Depends(opener)]


def _opened(opens: Opener) -> Engine:
    return opens()


Warehouse = Annotated[Engine, Depends(_opened)]


def kind_of(error: SQLAlchemyError | AirflowNotFoundException) -> str:
    """What keeps the warehouse from being read, in one word: no_connection, never_run (it has not our tables), or
    warehouse_unusable."""
    if isinstance(error, AirflowNotFoundException):
        return "no_connection"
    has_no_tables = isinstance(error, ProgrammingError) and getattr(error.orig, "sqlstate", None) in _ABSENT
    return "never_run" if has_no_tables else "warehouse_unusable"


def trouble(error: SQLAlchemyError | AirflowNotFoundException) -> str:
    """Say why the warehouse cannot be read, in one line; it has no value of any row in it, and no host."""
    if isinstance(error, AirflowNotFoundException):
        return _NOT_DEFINED
    said = _NO_TABLES if kind_of(error) == "never_run" else _said(error)
    return f"the warehouse (connection {_CONN_ID}): {said}"


def _said(error: SQLAlchemyError) -> str:
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().partition("\n")[0]
    if not isinstance(error, OperationalError) or getattr(cause, "sqlstate", None) is not None:
        return said
    # No session: the server's own reason, where it gave one; what the client adds names the host.
    _, refused, reason = said.partition("FATAL:")
    return reason.strip() if refused and "host" not in reason else _UNREACHABLE
