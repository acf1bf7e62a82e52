"""The queue of due items: how many there are, and which ones come next."""

from collections.abc import Collection

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def due_items(engine: Engine) -> dict[str, int]:
    """Count the due items of each account."""
    with engine.connect() as connection:
        return {row.account: row.due for row in connection.execute(statement("due_items"))}


def claim_items(engine: Engine, account: str, at_most: int, *, except_items: Collection[str]) -> list[str]:
    """Return the most urgent due items of an account, other than those this run has already in hand.

    Only the holder of the account's lease claims, so what it has in hand need not be written down.
    """
    with engine.connect() as connection:
        parameters = {"account": account, "at_most": at_most, "except": list(except_items)}
        return list(connection.scalars(statement("claim_items"), parameters))
