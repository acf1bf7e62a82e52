"""First step: the schema at its newest, and the business's new item numbers registered."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, AirflowNotFoundException
from airflow.sdk import BaseHook, BaseOperator, Context

from hkpost.warehouse.intake.register import DEFAULT_ACCOUNT, IntakeError, canonicalise, register_rows
from hkpost.warehouse.items.terminal import reopen
from hkpost.warehouse.setting import number
from hkpost.warehouse.watch.runs import note_started
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, migrate_warehouse, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.runs import run_of
from hkpost_airflow.source import SourceStopped, batches, execute

SOURCE_CONN_ID = "hkpost_source"


class HkpostSyncOperator(OpenLineageMixin, BaseOperator):
    """Brings the warehouse to the newest schema and registers what `open_items_sql` gives.

    Items that a person reopened are made due. That the run has begun is noted in `hkpost.run`.

    Args:
        open_items_sql: a query that gives `item_no` and, where the business has them, `account`, `source_ref`,
            `registered_at`, `priority`, `destination`, `service_name`, `promised_on`, `pieces`; or the name of an
            `.sql` file; blank: nothing is registered.
        account: that of an item whose row names none.
        source_conn_id: where the query runs; where there is no such connection: on the warehouse.
        warehouse_conn_id: where the items are registered.
    """

    template_fields: Sequence[str] = ("open_items_sql", "account", "source_conn_id", "warehouse_conn_id")
    template_ext: Sequence[str] = (".sql",)
    template_fields_renderers = {"open_items_sql": "sql"}  # noqa: RUF012 - Airflow's own form
    ui_color = "#d8f0ea"
    reads = ("mail_item", "item_state_change", "rejected_record", "setting")
    writes = ("mail_item", "item_state_change", "item_journey", "rejected_record", "run")

    def __init__(
        self,
        *,
        open_items_sql: str,
        account: str = DEFAULT_ACCOUNT,
        source_conn_id: str = SOURCE_CONN_ID,
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.open_items_sql = open_items_sql
        self.account = account
        self.source_conn_id = source_conn_id
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> None:
        """Migrate, register, refuse, reopen.

        Raises:
            AirflowFailException: `open_items_sql` is no query, or gives no `item_no`, or a column of another kind, or
                its driver stops at a row, or takes longer than `open_items_seconds` of `hkpost.setting`.
        """
        for applied in migrate_warehouse(self.warehouse_conn_id):
            self.log.info("schema: %s", applied)
        engine = open_warehouse(self.warehouse_conn_id)
        note_started(engine, run_of(context))
        if self.open_items_sql.strip():
            try:
                self._register(engine)
            except (IntakeError, SourceStopped) as error:
                raise AirflowFailException(str(error)) from None
        else:
            self.log.info(
                "no query is configured (parameter open_items_sql, Variable hkpost_open_items_sql): "
                "nothing is registered; what is in hkpost.mail_item already is tracked"
            )
        tidied = canonicalise(engine)
        if tidied.refused:
            self.log.warning(
                "%s item numbers cannot be asked: closed as invalid_number", f"{tidied.refused:,}"
            )
        if reopened := reopen(engine):
            self.log.info("%s items were reopened by a person and are due", f"{reopened:,}")

    def _register(self, engine: Any) -> None:
        with closing(self._source_hook().get_conn()) as connection, closing(connection.cursor()) as cursor:
            execute(cursor, self.open_items_sql, number(engine, "open_items_seconds"))
            if cursor.description is None:
                raise AirflowFailException(
                    "open_items_sql gives no rows: it must be a SELECT that gives item_no"
                )
            columns = [column[0] for column in cursor.description]
            summary = register_rows(engine, columns, batches(cursor), account=self.account)
        self.log.info(
            "%s item numbers read, %s new; %s that cannot be used newly in hkpost.rejected_record",
            f"{summary.read:,}",
            f"{summary.registered:,}",
            f"{summary.rejected:,}",
        )

    def _source_hook(self) -> Any:
        try:
            return BaseHook.get_hook(self.source_conn_id)
        except AirflowNotFoundException:
            self.log.info(
                "no connection %s: the query runs on %s", self.source_conn_id, self.warehouse_conn_id
            )
            return BaseHook.get_hook(self.warehouse_conn_id)
