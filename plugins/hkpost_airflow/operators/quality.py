"""Last check: the invariants of the tables hold, and the fact's asset is updated with counts."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException

from hkpost.warehouse.quality import check_quality
from hkpost_airflow.assets import FACT_TRACKING_EVENT
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import NamesItsTables


class HkpostQualityOperator(NamesItsTables, BaseOperator):
    """Runs the checks of `check_quality.sql`: a warning is logged, a broken invariant fails the run.

    Updates the asset `hkpost://fact_tracking_event` with the counts that `counts` renders to.
    """

    template_fields: Sequence[str] = ("counts", "warehouse_conn_id")
    ui_color = "#cfe2f3"
    reads = (
        "fact_tracking_event",
        "mail_item",
        "api_call",
        "raw_response",
    )

    def __init__(self, *, counts: Any, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any) -> None:
        super().__init__(outlets=[FACT_TRACKING_EVENT], **kwargs)
        self.counts = counts
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> None:
        """Check, then update the asset.

        Raises:
            AirflowFailException: an invariant is broken; the message names the query to look with.
        """
        findings = check_quality(open_warehouse(self.warehouse_conn_id))
        for finding in findings:
            self.log.warning("%s", finding.line())
        broken = [finding.line() for finding in findings if finding.is_broken]
        if broken:
            raise AirflowFailException("; ".join(broken))
        context["outlet_events"][FACT_TRACKING_EVENT].extra = dict(self.counts or {})
