"""Waits until items are delivered."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, conf
from airflow.sdk import BaseSensorOperator, Context

from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID
from hkpost_airflow.links import HkpostPageLink
from hkpost_airflow.triggers.delivered import HkpostDeliveredTrigger, still_undelivered


class HkpostDeliveredSensor(BaseSensorOperator):
    """Waits until all of some items are delivered, as `hkpost_tracking` finds it; sends no request itself.

    Args:
        item_nos: one number or several; they must be registered.
        warehouse_conn_id: where they are.
        deferrable: wait in the triggerer, without a worker's slot.
        poke_interval: seconds between two looks.

    Fails without a retry when an item comes to another end (returned, expired, …) or is not registered.
    """

    template_fields: Sequence[str] = ("item_nos", "warehouse_conn_id")
    ui_color = "#d8f0ea"
    operator_extra_links = (HkpostPageLink(),)

    def __init__(
        self,
        *,
        item_nos: str | Sequence[str],
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        deferrable: bool = conf.getboolean("operators", "default_deferrable", fallback=False),
        poke_interval: float = 300.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(poke_interval=poke_interval, **kwargs)
        self.item_nos = item_nos
        self.warehouse_conn_id = warehouse_conn_id
        self.deferrable = deferrable

    def poke(self, context: Context) -> bool:
        """Whether all of them are delivered.

        Raises:
            AirflowFailException: one of them never will be.
        """
        from hkpost.warehouse.items.delivered import NeverDeliveredError

        try:
            waiting = still_undelivered(self._numbers(), self.warehouse_conn_id)
        except NeverDeliveredError as error:
            raise AirflowFailException(str(error)) from None
        self.log.info("%s items are on their way", f"{len(waiting):,}")
        return not waiting

    def execute(self, context: Context) -> None:
        """Wait: here, or in the triggerer when `deferrable`."""
        if not self.deferrable:
            super().execute(context)
        elif not self.poke(context):
            self.defer(
                trigger=HkpostDeliveredTrigger(self._numbers(), self.warehouse_conn_id, self.poke_interval),
                method_name="execute_complete",
                timeout=timedelta(seconds=self.timeout),
            )

    def execute_complete(self, context: Context, event: Mapping[str, str]) -> None:
        """Go on when the trigger has fired.

        Raises:
            AirflowFailException: one of the items never will be delivered.
        """
        if event["problem"]:
            raise AirflowFailException(event["problem"])

    def _numbers(self) -> list[str]:
        from hkpost.ecship.item_number import canonical

        given = [self.item_nos] if isinstance(self.item_nos, str) else self.item_nos
        return sorted({canonical(item_no) for item_no in given})
