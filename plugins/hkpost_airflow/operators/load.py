"""Fourth step: what was archived and not yet loaded becomes facts and item states."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context

from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.metrics import count_load


class HkpostLoadOperator(OpenLineageMixin, BaseOperator):
    """Parses, normalises and merges every archived answer that is not yet loaded.

    Returns the counts of the load, which the asset's update carries.

    Args:
        warehouse_conn_id: where the archive is and the facts go.
    """

    template_fields: Sequence[str] = ("warehouse_conn_id",)
    ui_color = "#cfe2f3"
    reads = (
        "raw_response",
        "api_call",
        "mail_item",
        "fact_tracking_event",
        "item_state_change",
        "dim_place",
        "dim_event_text",
        "dim_event_type",
        "dim_state",
        "dim_wording",
        "poll_policy",
    )
    writes = (
        "fact_tracking_event",
        "tracking_event_change",
        "mail_item",
        "item_state_change",
        "item_journey",
        "dim_place",
        "dim_event_text",
        "dim_wording",
        "rejected_record",
        "raw_response",
    )

    def __init__(self, *, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> dict[str, Any]:
        """Load; doing it twice changes nothing."""
        from hkpost.jobs.load import load_pending  # here: a DAG file does not wait for it

        summary = load_pending(open_warehouse(self.warehouse_conn_id), report=self.log.info)
        counts = summary.counts()
        count_load(counts)
        return counts
