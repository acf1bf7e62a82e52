"""Last step of hkpost_track_now: what is known of each item now, in the log."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import BaseOperator, Context

from hkpost.ecship.pasted_numbers import pasted_numbers
from hkpost.warehouse.intake.rejected import SHOWN_LENGTH, shown
from hkpost.warehouse.items.urgent import latest_known, release_urgent, still_urgent
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.links import page_address


class HkpostAnswerOperator(OpenLineageMixin, BaseOperator):
    """Prints each pasted item's state and latest event, and gives items without an answer their usual turn.

    Args:
        item_nos: the numbers as they were pasted.
        warehouse_conn_id: where the items are.
    """

    template_fields: Sequence[str] = ("item_nos", "warehouse_conn_id")
    ui_color = "#cfe2f3"
    reads = (
        "wanted_item",
        "mail_item",
        "setting",
        "tracking_event",
        "fact_tracking_event",
        "dim_place",
        "dim_event_text",
        "dim_event_type",
    )
    writes = ("mail_item", "wanted_item")

    def __init__(self, *, item_nos: str, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.item_nos = item_nos
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> None:
        """Print, then end what was asked at once.

        Raises:
            AirflowFailException: items were not answered; the message names them.
        """
        engine, run_id = open_warehouse(self.warehouse_conn_id), str(context["run_id"])
        pasted = pasted_numbers(self.item_nos)
        unanswered = still_urgent(engine, run_id)
        release_urgent(engine, run_id, pasted.item_nos)
        known = latest_known(engine, pasted.item_nos)
        for item_no in pasted.item_nos:
            line = known[item_no].line() if item_no in known else f"{item_no}: not registered"
            self.log.info("%s%s", "NOT ANSWERED NOW: " if item_no in unanswered else "", line)
        for refused in pasted.refused:
            self.log.warning("not asked: %r: %s", shown(refused.text, SHOWN_LENGTH), refused.reason)
        self.log.info("on the page: %s", page_address(self.item_nos))
        if unanswered:
            raise AirflowFailException(
                f"ASKING FAILED for {len(unanswered):,} of {len(pasted.item_nos):,} items: "
                f"{', '.join(list(unanswered)[:30])}{' …' if len(unanswered) > 30 else ''}. "
                "The tasks mark_urgent and fetch say why. "
                "Open ones are due and asked by the next scheduled run; run this again when the cause is gone"
            )
