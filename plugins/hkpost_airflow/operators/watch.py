"""What a person must act on is found, logged, and sent: the only place where this is done."""

from collections.abc import Sequence
from typing import Any, ClassVar

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import BaseNotifier, BaseOperator, Context
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.requests.lease import known_accounts
from hkpost.warehouse.revision import UnfitDatabaseError, check_current, revision
from hkpost.warehouse.watch.alerts import (
    TRACKING,
    AccountQuota,
    Alert,
    Freshness,
    find_alerts,
    latest_freshness,
    unusable,
    warehouse_unusable,
)
from hkpost_airflow.accounts import Accounts, read_accounts
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, warehouse_url
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.metrics import report_backlog
from hkpost_airflow.notifications.hkpost import HkpostNotifier, NotifierError, notifiers_of

VARIABLE = "hkpost_notifiers"


class HkpostWatchOperator(OpenLineageMixin, BaseOperator):
    """Looks for what a person must act on, by the limits in `hkpost.setting`: it needs nothing of the run it watches.

    Each alert is a warning in the log and a row of `hkpost.alert` while it lasts, and is sent by the notifiers. It does
    not fail the task; a notifier that fails does, and a warehouse that cannot be used, which is reported first.

    Args:
        notifiers: a JSON list such as the Variable `hkpost_notifiers` holds; blank: no message is sent.
        tracking_dag_id: the DAG whose runs are watched.
        warehouse_conn_id: where to look.
    """

    template_fields: Sequence[str] = ("notifiers", "warehouse_conn_id")
    ui_color = "#f4cccc"
    reads = (
        "account_answer",
        "account_lease",
        "alert",
        "api_call",
        "applied_file",
        "chart_series",
        "fact_tracking_event",
        "freshness_snapshot",
        "lane_risk_day",
        "mail_item",
        "rejected_record",
        "run",
        "setting",
    )
    writes: ClassVar[tuple[str, ...]] = ("alert",)

    def __init__(
        self,
        *,
        notifiers: str = "",
        tracking_dag_id: str = TRACKING,
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.notifiers = notifiers
        self.tracking_dag_id = tracking_dag_id
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> None:
        """Find, log, send.

        Raises:
            AirflowFailException: the notifiers are not configured as they must be.
        """
        # Not opened as by others, who bring an older schema to its newest: that may take long, and wait for a load.
        engine = warehouse_engine(warehouse_url(self.warehouse_conn_id))
        try:
            with engine.connect() as connection:
                if revision(connection) is None:
                    self.log.info("there is no schema hkpost yet: the first run of hkpost_tracking makes it")
                    return
                check_current(connection)
        except (OperationalError, UnfitDatabaseError) as error:
            self._tell_unusable(context, error)
            raise
        freshness = latest_freshness(engine)
        alerts = find_alerts(engine, *self._accounts(engine, freshness), tracking_dag_id=self.tracking_dag_id)
        report_backlog(freshness, alerts)
        for alert in alerts:
            self.log.warning("%s: %s", alert.subject, alert.text)
        if not alerts:
            self.log.info("nothing that a person must act on")
        HkpostNotifier(*self._via(), warehouse_conn_id=self.warehouse_conn_id)(context)

    def _via(self) -> list[BaseNotifier]:
        try:
            return notifiers_of(self.notifiers)
        except NotifierError as error:
            raise AirflowFailException(f"the Variable {VARIABLE} {error}") from None

    def _tell_unusable(self, context: Context, error: Exception) -> None:
        """Send it without the table that keeps what was sent: when the last try fails, and the run before did not."""
        ti = context["ti"]
        before = ti.get_previous_dagrun()
        if ti.try_number > ti.max_tries and (before is None or before.state != "failed"):
            why = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
            HkpostNotifier(*self._via()).send(context, warehouse_unusable(self.warehouse_conn_id, why))

    def _accounts(
        self, engine: Engine, freshness: Sequence[Freshness]
    ) -> tuple[list[AccountQuota], list[Alert]]:
        """The accounts that may have something to say, and alerts of those that have items due and cannot ask."""
        due = {one.account: one.due_items for one in freshness}
        accounts = read_accounts(engine, dict.fromkeys(known_accounts(engine), 0) | due)
        quotas = [
            AccountQuota(account, settings.scheduled_quota, settings.quota_timezone)
            for account, settings in accounts.usable.items()
        ]
        alerts = [
            unusable(
                account,
                f"{due[account]:,} items are due, and nothing can be asked: {problem}",
                due[account],
                problem,
            )
            for account, problem in accounts.unreadable.items()
            if due.get(account)
        ]
        if refused := {account: why for account, why in accounts.refused.items() if due.get(account)}:
            accounts = Accounts(refused=refused)
            items = sum(due[account] for account in refused)
            alerts.append(unusable("", accounts.refusal(due), items, accounts.refused_examples))
        return quotas, alerts
