"""Fifth step: items whose story is over are closed by the rules kept in SQL."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context
from sqlalchemy import Engine

from hkpost.warehouse.items.terminal import mark_terminal
from hkpost.warehouse.snapshots.backlog import is_unchanged
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.metrics import count_closed


class HkpostMarkTerminalOperator(OpenLineageMixin, BaseOperator):
    """Closes items by the rules in `mark_terminal.sql`, and computes what pages and views read, forecasts included.

    Where nothing was asked or closed since the last count and nothing is due, that count stands, for half an hour.

    Returns how many were closed for each reason.

    Args:
        warehouse_conn_id: where the items are.
    """

    template_fields: Sequence[str] = ("warehouse_conn_id",)
    ui_color = "#cfe2f3"
    reads = (
        "mail_item",
        "item_state_change",
        "dim_state",
        "item_journey",
        "account_lease",
        "setting",
        "journey",
        "lead_time_count",
        "milestone_funnel",
        "dim_country",
        "dim_event_type",
        "lane_history",
        "lane_curve",
        "lane_news",
        "news_curve",
        "news_week",
        "polling_price",
        "poll_policy",
        "item_forecast_history",
        "fact_tracking_event",
        "tracking_event_change",
        "item_forecast",
        "delivery_target",
        "stuck_item",
        "freshness_snapshot",
        "lane_alert",
        "on_time",
        "queue_item",
    )
    writes = (
        "mail_item",
        "item_state_change",
        "item_journey",
        "backlog_snapshot",
        "freshness_snapshot",
        "lane_history",
        "chart_series",
        "lane_curve",
        "lane_news",
        "news_curve",
        "news_week",
        "polling_price",
        "forecast_quality",
        "lane_risk_day",
        "item_forecast",
        "item_forecast_history",
        "queue_item",
        "queue_day",
    )

    def __init__(self, *, warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> dict[str, int]:
        """Close what is over, and count what stays open, compute what is usual, and the charts."""
        engine = open_warehouse(self.warehouse_conn_id)
        closed = mark_terminal(engine)
        for reason, count in closed.items():
            self.log.info("closed as %s: %s", reason, f"{count:,}")
        count_closed(closed)
        if not closed and is_unchanged(engine):
            self.log.info(
                "nothing was asked or closed, and nothing is due: the counts of the last half hour stand"
            )
        else:
            self._compute(engine)
        return closed

    def _compute(self, engine: Engine) -> None:
        # Here: pandas loads where it computes, and not with each DAG file.
        from hkpost.jobs.snapshots import refresh_snapshots

        self.log.info("forecasts made: %s", f"{refresh_snapshots(engine):,}")
