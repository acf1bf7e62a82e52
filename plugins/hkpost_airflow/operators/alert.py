"""Last step but the verdict: what a person must act on is found, logged, and told to whoever wants to know."""

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowFailException, AirflowNotFoundException
from sqlalchemy import Engine

from hkpost.client.settings import SettingsError
from hkpost.warehouse.alerts import AccountQuota, Freshness, find_alerts, latest_freshness
from hkpost.warehouse.lease import known_accounts
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import NamesItsTables
from hkpost_airflow.metrics import gauge_end
from hkpost_airflow.notifications.hkpost import HkpostNotifier, NotifierError, notifiers_of

VARIABLE = "hkpost_notifiers"


class HkpostAlertOperator(NamesItsTables, BaseOperator):
    """Looks at the end of a run for what a person must act on, by the limits in `hkpost.setting`.

    Each alert is a warning in the log and a row of `hkpost.alert` while it lasts, and is sent by the notifiers. It does
    not fail the run; a notifier that fails does.

    Args:
        notifiers: a JSON list such as the Variable `hkpost_notifiers` holds; blank: nobody is told.
        warehouse_conn_id: where to look.
    """

    template_fields: Sequence[str] = ("notifiers", "warehouse_conn_id")
    ui_color = "#f4cccc"
    reads = ("account_lease", "api_call", "freshness_snapshot", "fact_tracking_event", "setting")
    writes = ("alert",)

    def __init__(
        self, *, notifiers: str = "", warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.notifiers = notifiers
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> None:
        """Find, log, tell.

        Raises:
            AirflowFailException: the notifiers are not configured as they must be.
        """
        engine = open_warehouse(self.warehouse_conn_id)
        freshness = latest_freshness(engine)
        alerts = find_alerts(engine, self._quotas(engine, freshness))
        gauge_end(freshness, alerts)
        for alert in alerts:
            self.log.warning("%s: %s", alert.subject, alert.text)
        if not alerts:
            self.log.info("nothing that a person must act on")
        try:
            via = notifiers_of(self.notifiers)
        except NotifierError as error:
            raise AirflowFailException(f"the Variable {VARIABLE} {error}") from None
        HkpostNotifier(*via, warehouse_conn_id=self.warehouse_conn_id)(context)

    def _quotas(self, engine: Engine, freshness: Sequence[Freshness]) -> list[AccountQuota]:
        """The accounts that may have something to say; one whose connection cannot be read fails its own fetch."""
        quotas = []
        for account in sorted({*known_accounts(engine), *(one.account for one in freshness)}):
            try:
                settings = HkpostHook(account).settings
            except (SettingsError, AirflowNotFoundException) as error:
                self.log.info("%s: not looked at: %s", account, error)
                continue
            quotas.append(AccountQuota(account, settings.scheduled_quota, settings.quota_timezone))
        return quotas
