"""The ends of items' stories: closed by the rules in `mark_terminal.sql`, opened again by a person."""

from sqlalchemy import Connection, Engine

from hkpost.warehouse.plans import seqscan_disabled
from hkpost.warehouse.statements import statement


def mark_terminal(engine: Engine) -> dict[str, int]:
    """Close the items whose story is over and stamp those that are closed already; doing it twice is once.

    Returns how many were closed for each reason (a word of `mail_item.close_reason`).
    """
    with engine.begin() as connection:
        connection.execute(statement("archive/lock_load"))
        return {row.close_reason: row.items for row in connection.execute(statement("items/mark_terminal"))}


def reopen(engine: Engine) -> int:
    """Make the items due that a person reopened with an UPDATE of their state; returns how many."""
    with engine.begin() as connection:
        connection.execute(statement("archive/lock_load"))
        return reopen_now(connection)


def reopen_now(connection: Connection) -> int:
    """The same in the caller's transaction, which holds the lock of the loads."""
    with seqscan_disabled(connection):
        return int(connection.execute(statement("items/reopen")).scalar_one())
