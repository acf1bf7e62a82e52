"""Whether items are delivered, as the warehouse knows it."""

from collections.abc import Sequence

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


class NeverDeliveredError(RuntimeError):
    """Items will not be delivered, or are not tracked: there is nothing to wait for."""


def undelivered(engine: Engine, item_nos: Sequence[str]) -> list[str]:
    """Return those of some items (canonical numbers) that are still on their way.

    Raises:
        NeverDeliveredError: some came to another end, or are not registered; the message names them.
    """
    with engine.connect() as connection:
        rows = connection.execute(statement("items/item_ends"), {"item_nos": list(item_nos)}).all()
    ended = [f"{row.item_no} is {row.state}" for row in rows if not row.is_open and row.state != "delivered"]
    unknown = sorted(set(item_nos) - {row.item_no for row in rows})
    if ended or unknown:
        raise NeverDeliveredError(
            "; ".join([*ended, *(f"{item_no} is not registered" for item_no in unknown)])
        )
    return [row.item_no for row in rows if row.is_open]
