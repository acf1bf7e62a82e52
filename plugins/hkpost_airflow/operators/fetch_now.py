"""Second step of hkpost_track_now: the urgent items are asked about, or the holder of the account does it."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowFailException
from airflow.sdk import Context
from sqlalchemy import Engine

from hkpost.warehouse.items.urgent import still_urgent
from hkpost_airflow.hooks.warehouse import open_warehouse
from hkpost_airflow.operators.fetch import HkpostFetchOperator

if TYPE_CHECKING:
    from hkpost.dispatch.account import FetchJob

HOLDER_WAIT_S = 300.0
"""How long another run that holds the account is given to ask about the items with its next batches."""


class HkpostFetchNowOperator(HkpostFetchOperator):
    """Asks about the urgent items of one account and its run, with all of the day's quota.

    Args:
        plan: `{"account": …}` as `HkpostMarkUrgentOperator` returns it.
        lang: the language of this run's requests (A, E, C, S); blank: as the connection says.
    """

    template_fields: Sequence[str] = (*HkpostFetchOperator.template_fields, "lang")

    def __init__(self, *, lang: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lang = lang

    def execute(self, context: Context) -> None:
        """Fetch, or wait until the run that holds the account has done so.

        Raises:
            AirflowFailException: asking failed, or items were left without an answer; the message says why.
        """
        super().execute(context)
        unanswered = self._urgent(open_warehouse(self.warehouse_conn_id), context)
        if unanswered:
            raise AirflowFailException(
                f"{self.plan['account']}: {len(unanswered):,} items were not answered: {', '.join(unanswered[:30])}"
                f"{' …' if len(unanswered) > 30 else ''}; the summary above says how the asking ended"
            )

    def job(self, engine: Engine, context: Context) -> "FetchJob":
        """What is fetched: this run's urgent items of the account, reserve included."""
        job = super().job(engine, context)
        return replace(
            job,
            settings=replace(job.settings, lang=self.lang or job.settings.lang),
            lease_wait_s=HOLDER_WAIT_S,
            item_nos=tuple(self._urgent(engine, context)),
            may_use_reserve=True,
        )

    def _urgent(self, engine: Engine, context: Context) -> list[str]:
        urgent = still_urgent(engine, str(context["run_id"]))
        return [item_no for item_no, account in urgent.items() if account == self.plan["account"]]
