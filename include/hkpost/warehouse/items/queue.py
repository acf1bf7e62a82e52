"""The queue of due items: how many there are, and which ones come next."""

from collections.abc import Collection

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def due_items(engine: Engine, *, only: Collection[str] | None = None) -> dict[str, int]:
    """Count the due items of each account; those of `only` when it is given."""
    with engine.connect() as connection:
        rows = connection.execute(statement("items/due_items"), {"only": _array(only)})
        return {row.account: row.due for row in rows}


def claim_items(
    engine: Engine,
    account: str,
    at_most: int,
    *,
    except_items: Collection[str],
    only: Collection[str] | None = None,
) -> list[str]:
    """Return the most urgent due items of an account, other than those this run has already in hand.

    Only the holder of the account's lease claims, so what it has in hand need not be written down.
    With `only`, no other item is claimed.
    """
    with engine.connect() as connection:
        parameters = {
            "account": account,
            "at_most": at_most,
            "except": list(except_items),
            "only": _array(only),
        }
        return list(connection.scalars(statement("items/claim_items"), parameters))


def deprioritise(engine: Engine, item_nos: Collection[str]) -> None:
    """Put due items behind all that are due already."""
    with engine.begin() as connection:
        connection.execute(statement("items/deprioritise"), {"item_nos": list(item_nos)})


def _array(item_nos: Collection[str] | None) -> list[str] | None:
    return None if item_nos is None else list(item_nos)
