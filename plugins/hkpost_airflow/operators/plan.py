"""Second step: one small plan an account, saying how much is due and what may be asked today."""

from collections.abc import Sequence
from typing import Any

from airflow.providers.common.compat.sdk import AirflowFailException, DownstreamTasksSkipped
from airflow.sdk import BaseOperator, Context

from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST
from hkpost.warehouse.items.queue import due_items
from hkpost.warehouse.requests.ledger import quota_use
from hkpost.warehouse.snapshots.backlog import is_idle
from hkpost_airflow.accounts import read_accounts
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.runs import run_of


class HkpostPlanOperator(OpenLineageMixin, BaseOperator):
    """Counts the due items of each account against what is left of its quota today.

    Returns one `{"account", "due", "quota_left"}` for each account with due items: how many, not which. An account
    that is no connection of type `hkpost`, or not allowed, is named in the log and left out.

    Args:
        account: only this account, so that a DAG of its own may ask for it; blank: all.
        skip_when_idle: tasks of this DAG, by their ids, that are skipped in a run that has nothing to do: nothing is
            due, nothing waits to be loaded or closed, no task of the run before failed, and the last counts stand,
            for half an hour. Each task costs a process and a round of the scheduler.
        warehouse_conn_id: where the due items are.
    """

    template_fields: Sequence[str] = ("account", "warehouse_conn_id")
    ui_color = "#d8f0ea"
    reads = (
        "mail_item",
        "wanted_item",
        "api_call",
        "account_lease",
        "setting",
        "raw_response",
        "run",
        "freshness_snapshot",
    )

    def __init__(
        self,
        *,
        account: str = "",
        skip_when_idle: Sequence[str] = (),
        warehouse_conn_id: str = WAREHOUSE_CONN_ID,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.account = account
        self.skip_when_idle = skip_when_idle
        self.warehouse_conn_id = warehouse_conn_id

    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Plan every account that has due items.

        Raises:
            AirflowFailException: items are due, and none of their accounts can be asked with.
            DownstreamTasksSkipped: how Airflow is told which tasks to skip; this one succeeds.
        """
        engine = open_warehouse(self.warehouse_conn_id)
        due = due_items(engine)
        if only := self.account.strip():
            due = {account: count for account, count in due.items() if account == only}
        accounts = read_accounts(engine, due)
        plans: list[dict[str, Any]] = []
        for account, settings in accounts.usable.items():
            used = quota_use(engine, account, settings.quota_timezone).used
            quota_left = max(settings.scheduled_quota - used, 0)
            plans.append({"account": account, "due": due[account], "quota_left": quota_left})
            self.log.info(
                "%s: %s items due, %s requests needed, %s left today",
                account,
                f"{due[account]:,}",
                f"{-(-due[account] // MAX_ITEMS_PER_REQUEST):,}",
                f"{quota_left:,}",
            )
        for account, problem in accounts.unreadable.items():
            # Its fetch says so and fails, the others go on.
            plans.append({"account": account, "due": due[account], "quota_left": None})
            self.log.warning("%s", problem)
        if accounts.refused and not plans:
            raise AirflowFailException(accounts.refusal(due))
        if accounts.refused:
            self.log.warning("%s", accounts.refusal(due))
        if not due:
            self.log.info("nothing is due")
            if self.skip_when_idle and is_idle(engine, run_of(context)):
                self.log.info(
                    "nothing changed, and the counts of the last half hour stand: %s would do nothing",
                    ", ".join(self.skip_when_idle),
                )
                # The types are right: Airflow's exception has no annotations, as its triggers have none.
                raise DownstreamTasksSkipped(tasks=list(self.skip_when_idle))  # type: ignore[no-untyped-call]
        return plans
