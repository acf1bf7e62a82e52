"""The steps of the daily maintenance."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowSkipException
from airflow.sdk import BaseOperator, Context

from hkpost.warehouse.maintenance.daily import (
    apply_retention,
    make_partitions,
    refresh_statistics,
    table_sizes,
    unloaded_answers,
)
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin


class _WarehouseOperator(OpenLineageMixin, BaseOperator):
    """A step that needs nothing but the warehouse.

    Args:
        is_enabled: the step is skipped when this renders to "False".
        warehouse_conn_id: the warehouse.
    """

    template_fields: Sequence[str] = ("is_enabled", "warehouse_conn_id")

    def __init__(
        self, *, is_enabled: str = "True", warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.is_enabled = is_enabled
        self.warehouse_conn_id = warehouse_conn_id

    def pre_execute(self, context: Any) -> None:
        """Leave the step out where the form says so."""
        if self.is_enabled == "False":
            raise AirflowSkipException("left out by the form")


class HkpostPartitionsOperator(_WarehouseOperator):
    """Makes the partitions of the coming time, and those of rows that lie in a default partition.

    Returns the names of those that were missing.
    """

    ui_color = "#d8f0ea"
    reads = (
        "fact_tracking_event",
        "tracking_event_change",
        "item_state_change",
        "item_forecast_history",
        "api_call",
        "raw_response",
    )
    writes = reads

    def execute(self, context: Context) -> list[str]:
        """Make them."""
        made = make_partitions(open_warehouse(self.warehouse_conn_id))
        self.log.info("%s partitions made%s", len(made), "".join(f"\n  {name}" for name in made))
        return made


class HkpostRetentionOperator(_WarehouseOperator):
    """Drops what is older than `archive_days` (answers), `ledger_days` (requests) and `forecast_days`, by partitions.

    Returns the names of the partitions.
    """

    ui_color = "#f6e0b5"
    reads = ("raw_response",)
    writes = ("raw_response", "api_call", "rejected_record", "item_forecast_history")

    def execute(self, context: Context) -> list[str]:
        """Drop them."""
        engine = open_warehouse(self.warehouse_conn_id)
        dropped = apply_retention(engine)
        self.log.info("%s partitions dropped%s", len(dropped), "".join(f"\n  {name}" for name in dropped))
        if waiting := unloaded_answers(engine):
            self.log.info("%s answers wait to be loaded: their days stay", f"{waiting:,}")
        return dropped


class HkpostStatisticsOperator(_WarehouseOperator):
    """Vacuums the tables whose rows change, and analyzes the partitioned ones as wholes."""

    ui_color = "#cfe2f3"

    def execute(self, context: Context) -> None:
        """Do it; what the server refuses is a warning."""
        for line in refresh_statistics(open_warehouse(self.warehouse_conn_id)):
            self.log.warning("%s", line)


class HkpostSizesOperator(_WarehouseOperator):
    """Reports the size of every table.

    Returns bytes by table.
    """

    ui_color = "#cfe2f3"

    def execute(self, context: Context) -> dict[str, int]:
        """Log a line a table."""
        sizes = table_sizes(open_warehouse(self.warehouse_conn_id))
        for size in sizes:
            self.log.info("%s", size.line())
        self.log.info("all tables: %s MB", f"{sum(size.total_bytes for size in sizes) / 1e6:,.1f}")
        return {size.table: size.total_bytes for size in sizes}
