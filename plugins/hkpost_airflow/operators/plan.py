"""Second step: one small plan an account, saying how much is due and what may be asked today."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowNotFoundException
from sqlalchemy import Engine

from hkpost.client.settings import SettingsError
from hkpost.contract.limits import MAX_ITEMS_PER_REQUEST
from hkpost.warehouse.ledger import quota_use
from hkpost.warehouse.queue import due_items
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import NamesItsTables


class HkpostPlanOperator(NamesItsTables, BaseOperator):
    """Counts the due items of each account against what is left of its quota today.

    Returns one `{"account", "due", "quota_left"}` for each account with due items: how many, not which.

    Args:
        warehouse_conn_id: where the due items are.
    """

    template_fields: Sequence[str] = ("warehouse_conn_id",)
    ui_color = "#d8f0ea"
    reads = ("mail_item", "wanted_item", "api_call")

    def __init__(self, *, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Plan every account that has due items."""
        engine = open_warehouse(self.warehouse_conn_id)
        plans: list[dict[str, Any]] = []
        for account, due in due_items(engine).items():
            quota_left = self._quota_left(engine, account)
            plans.append({"account": account, "due": due, "quota_left": quota_left})
            self.log.info(
                "%s: %s items due, %s requests needed, %s left today",
                account,
                f"{due:,}",
                f"{-(-due // MAX_ITEMS_PER_REQUEST):,}",
                "unknown" if quota_left is None else f"{quota_left:,}",
            )
        if not plans:
            self.log.info("nothing is due")
        return plans

    def _quota_left(self, engine: Engine, account: str) -> int | None:
        """None when the account's connection cannot be read: its fetch says so and fails, the others go on."""
        try:
            settings = HkpostHook(account).settings
        except (SettingsError, AirflowNotFoundException) as error:
            self.log.warning("%s", error)
            return None
        used = quota_use(engine, account, settings.quota_timezone).used
        return max(settings.scheduled_quota - used, 0)
