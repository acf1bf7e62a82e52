"""Last check: the invariants of the tables hold; then the fact's asset is updated if anything changed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.providers.common.sql.operators.sql import SQLTableCheckOperator
from airflow.sdk import Asset, Context
from sqlalchemy import Engine

from hkpost.warehouse.watch.quality import INVARIANTS, WARNINGS, check_quality
from hkpost_airflow.assets import FACT_TRACKING_EVENT, NEWS
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin

_CHANGES = ("items_changed", "events_new", "events_changed", "retracted", "returned")
"""The counts that say of a load or a replay that the tables are not what they were."""


class HkpostQualityOperator(OpenLineageMixin, SQLTableCheckOperator):
    """Checks the view `hkpost.quality_check`: a warning is logged, a broken invariant fails the run.

    Each invariant is a check of Airflow's own table check, so that lineage carries its result. When the tables
    hold and the counts say that something changed, the asset is updated.

    Args:
        counts: what the asset's update carries: the output of the load or of the replay; that of mapped tasks
            is summed.
        asset: the URI of what is updated.
        warehouse_conn_id: whose tables are checked.
    """

    template_fields: Sequence[str] = ("counts", *SQLTableCheckOperator.template_fields)
    ui_color = "#cfe2f3"
    reads = (
        "quality_check",
        "forecast_quality",
        "account_answer",
        "account_lease",
        "fact_tracking_event",
        "tracking_event_change",
        "mail_item",
        "item_journey",
        "api_call",
        "raw_response",
        "freshness_snapshot",
        "account_lease",
        "dim_wording",
        "setting",
    )

    def __init__(
        self,
        *,
        counts: Any,
        asset: str = FACT_TRACKING_EVENT,
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            table="hkpost.quality_check",
            checks={
                name: {"check_statement": "found <= allowed", "partition_clause": f"name = '{name}'"}
                for name in INVARIANTS
            },
            conn_id=warehouse_conn_id,
            retry_on_failure=False,
            **kwargs,
        )
        self.add_outlets([NEWS])
        self.counts = counts
        self.asset = asset

    def execute(self, context: Context) -> None:
        """Check, then update the asset if something changed.

        Raises:
            AirflowFailException: an invariant is broken; the message names the query to look with.
        """
        for finding in check_quality(self._engine(), WARNINGS):
            self.log.warning("%s", finding.line())
        super().execute(context)
        counts = summed(self.counts)
        if any(counts.get(name) for name in _CHANGES):
            context["outlet_events"][NEWS].add(Asset(self.asset), extra=counts)
        else:
            self.log.info("nothing changed: %s is not updated", self.asset)

    def _raise_exception(self, exception_string: str) -> NoReturn:
        broken = tuple(name for name, check in self.checks.items() if not check.get("success"))
        lines = [finding.line() for finding in check_quality(self._engine(), broken)]
        raise AirflowFailException("; ".join(lines) or exception_string)

    @property
    def warehouse_conn_id(self) -> str:  # type: ignore[override]
        """The connection as the other operators call it."""
        return self.conn_id or WAREHOUSE_CONN_ID

    def get_openlineage_facets_on_complete(self, task_instance: Any) -> Any:
        """Name the tables, with the result of each check."""
        return self._attach_check_facets(super().get_openlineage_facets_on_complete(task_instance))

    def get_db_hook(self) -> Any:
        """Airflow's check asks through our own engine, whose transactions set what the views' SQL relies on."""
        return _Records(self._engine())

    def _engine(self) -> Engine:
        return open_warehouse(self.warehouse_conn_id)


@dataclass(frozen=True, slots=True)
class _Records:
    """What Airflow's check needs of a hook."""

    engine: Engine

    def get_records(self, sql: str) -> list[tuple[Any, ...]]:
        with self.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]


def summed(counts: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None) -> dict[str, Any]:
    """Counts as one mapping: those of several tasks added up, counts by name inside of them too."""
    if counts is None or isinstance(counts, Mapping):
        return dict(counts or {})
    total: dict[str, Any] = {}
    for one in counts:
        for name, value in one.items():
            if isinstance(value, Mapping):
                total[name] = dict(Counter(total.get(name, {})) + Counter(value))
            else:
                total[name] = total.get(name, 0) + value
    return total
