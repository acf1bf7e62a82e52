"""What went wrong while writing: whether a row can be the cause, and the words for it."""

from typing import Final

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

_OF_THE_WAREHOUSE: Final = frozenset(
    (
        *("08", "28"),  # the connection, the login
        *("25", "40", "55"),  # a read-only or idle transaction, a deadlock, a lock that was not to be had
        *("53", "57", "58"),  # no room, a stop or a time limit, the machine
    )
)
"""Classes of SQLSTATE that say nothing of the rows that were to be written."""
_LONGEST: Final = 500
"""Characters of a message that are kept."""


def concerns_warehouse(error: Exception) -> bool:
    """Whether it concerns the warehouse or the way to it, so that no answer is to blame."""
    cause = _cause(error)
    if isinstance(cause, psycopg.Error):
        if cause.sqlstate is None:
            return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError)
        return cause.sqlstate[:2] in _OF_THE_WAREHOUSE
    return isinstance(cause, SQLAlchemyError | OSError)


def in_words(error: Exception) -> str:
    """The error in a line, without the rows that a database shows beside it."""
    cause = _cause(error)
    said = cause.diag.message_primary if isinstance(cause, psycopg.Error) else None
    line = " ".join((said or str(cause)).split())[:_LONGEST]
    return line if said else f"{type(cause).__name__}: {line}"


def _cause(error: Exception) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
