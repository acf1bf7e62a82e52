"""Rows of `mail_item`: held, read, and counted as asked."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.history.item import ITEM_COLUMNS, Item
from hkpost.history.polling import PollPolicy
from hkpost.warehouse.statements import statement


class HeldItem(NamedTuple):
    """An item whose row is held: what decides whether an answer says anything new, and when it is asked again."""

    item_no: str
    state: str
    closed_at: datetime | None
    registered_at: datetime | None
    last_changed_at: datetime | None
    last_answered_at: datetime | None
    last_event_at: datetime | None
    api_status: int | None
    content_hash: str | None


class Unchanged(NamedTuple):
    """An item whose answer reads as the one before."""

    item_no: str
    received_at: datetime
    next_poll_at: datetime | None


def lock_items(connection: Connection, item_nos: Sequence[str]) -> dict[str, HeldItem]:
    """Hold items until the end of the transaction, in one order in every transaction; by number."""
    rows = connection.execute(statement("items/lock_items"), {"item_nos": list(item_nos)})
    return {row[0]: HeldItem(*row) for row in rows}


def lock_free_items(connection: Connection, item_nos: Sequence[str]) -> list[str]:
    """Hold those items that no other transaction holds; their numbers."""
    rows = connection.execute(statement("items/lock_free_items"), {"item_nos": list(item_nos)})
    return list(rows.scalars())


def read_items(connection: Connection, item_nos: Sequence[str]) -> dict[str, Item]:
    """Read items by number; the caller's transaction holds them."""
    rows = connection.execute(statement("items/read_items"), {"item_nos": list(item_nos)})
    if tuple(rows.keys()) != ITEM_COLUMNS:
        raise TypeError("read_items.sql gives other columns than an Item has, or in another order")
    return {row[0]: Item(*row) for row in rows}


def count_unchanged(connection: Connection, items: Sequence[Unchanged]) -> None:
    """Note that items were asked about, which say nothing new."""
    if items:
        item_nos, received_at, next_poll_at = zip(*items, strict=True)
        connection.execute(
            statement("items/count_unchanged"),
            {
                "item_nos": list(item_nos),
                "received_at": list(received_at),
                "next_poll_at": list(next_poll_at),
            },
        )


def poll_policies(connection: Connection) -> Mapping[str, PollPolicy]:
    """How often each state is asked again."""
    rows = connection.execute(statement("items/poll_policies"))
    return {row.state: PollPolicy(row.poll_after, float(row.silence_share), row.poll_at_most) for row in rows}
