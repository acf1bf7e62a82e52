"""Waits in the triggerer until items are delivered."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID


def still_undelivered(item_nos: Sequence[str], warehouse_conn_id: str) -> list[str]:
    """Look once: those of the items that are on their way.

    Raises:
        NeverDeliveredError: some came to another end, or are not registered.
    """
    from hkpost.warehouse.engine import warehouse_engine
    from hkpost.warehouse.items.delivered import undelivered
    from hkpost_airflow.hooks.warehouse import warehouse_url

    engine = warehouse_engine(warehouse_url(warehouse_conn_id))
    try:
        return undelivered(engine, item_nos)
    finally:
        engine.dispose()


class HkpostDeliveredTrigger(BaseTrigger):
    """Fires when all items are delivered, or when one of them never will be.

    Args:
        item_nos: their numbers, canonical.
        warehouse_conn_id: where they are.
        poll_interval: seconds between two looks.
    """

    def __init__(
        self,
        item_nos: Sequence[str],
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        poll_interval: float = 300.0,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.item_nos = list(item_nos)
        self.warehouse_conn_id = warehouse_conn_id
        self.poll_interval = poll_interval

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return the class's path and its arguments."""
        return (
            "hkpost_airflow.triggers.delivered.HkpostDeliveredTrigger",
            {
                "item_nos": self.item_nos,
                "warehouse_conn_id": self.warehouse_conn_id,
                "poll_interval": self.poll_interval,
            },
        )

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look now and then."""
        from hkpost.warehouse.items.delivered import NeverDeliveredError

        look = sync_to_async(still_undelivered)
        try:
            while await look(self.item_nos, self.warehouse_conn_id):
                await asyncio.sleep(self.poll_interval)
        except NeverDeliveredError as error:
            yield TriggerEvent({"problem": str(error)})  # type: ignore[no-untyped-call]
        else:
            yield TriggerEvent({"problem": ""})  # type: ignore[no-untyped-call]
