"""Third step: the service is asked about an account's due items, and its answers are archived."""

from asyncio import CancelledError
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.common.compat.sdk import AirflowException, AirflowFailException
from airflow.sdk import BaseOperator, Context
from sqlalchemy import Engine

from hkpost.ecship.settings import SettingsError
from hkpost.warehouse.requests.lease import note_problem
from hkpost.warehouse.setting import number
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.hooks.warehouse import WAREHOUSE_CONN_ID, open_warehouse
from hkpost_airflow.lineage import OpenLineageMixin
from hkpost_airflow.metrics import count_fetch

if TYPE_CHECKING:
    from hkpost.dispatch.account import FetchJob, Interruption

_TO_END_S = 600.0
"""Of a task's time limit: for waiting for the account, and for what is under way at the end."""


class HkpostFetchOperator(OpenLineageMixin, BaseOperator):
    """Asks the service about the due items of one account, many requests in flight, one pace.

    Args:
        plan: `{"account": …}` as `HkpostPlanOperator` returns it; the account is the connection's id.
        warehouse_conn_id: where the due items are and the answers go.
    """

    template_fields: Sequence[str] = ("plan", "warehouse_conn_id")
    ui_color = "#f6e0b5"
    reads = ("mail_item", "wanted_item", "api_call", "setting")
    writes = ("account_lease", "api_call", "raw_response", "mail_item", "wanted_item", "rejected_record")

    def __init__(
        self, *, plan: Mapping[str, Any], warehouse_conn_id: str = WAREHOUSE_CONN_ID, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.plan = plan
        self.warehouse_conn_id = warehouse_conn_id
        self._interruption: Interruption | None = None

    def execute(self, context: Context) -> None:
        """Fetch until nothing is due, time or quota is up, or the run must stop.

        Raises:
            AirflowFailException: the run must be called failed and a retry would not help.
        """
        # Here, as below: a DAG file does not wait for it.
        from hkpost.dispatch.account import AccountHeld, Interruption, fetch_account

        engine = open_warehouse(self.warehouse_conn_id)
        try:
            job = self.job(engine, context)
        except SettingsError as error:
            raise AirflowFailException(str(error)) from None
        try:
            self._interruption = Interruption()
            summary = fetch_account(engine, job, self.log.info, self._interruption)
        except CancelledError:
            raise AirflowException(
                f"{job.settings.account}: the task was stopped; what had left is noted, the account is free"
            ) from None
        except SettingsError as error:
            # The WSDL: what is wrong with the connection itself, a watch sees by looking at it.
            note_problem(engine, job.settings.account, str(error))
            raise AirflowFailException(str(error)) from None
        except AccountHeld as error:
            raise AirflowFailException(str(error)) from None
        note_problem(engine, job.settings.account, None)
        count_fetch(summary)
        if summary.failure:
            raise AirflowFailException(f"{summary.account}: {summary.failure}")

    def on_kill(self) -> None:
        """End the asking at once and give the account's lease back, so that the next run need not wait for it."""
        if self._interruption is not None:
            self._interruption.stop()

    def job(self, engine: Engine, context: Context) -> "FetchJob":
        """What is fetched: whatever is due, within the quota of scheduled runs."""
        from hkpost.dispatch.account import FetchJob

        return FetchJob(
            settings=HkpostHook(self.plan["account"], warehouse_conn_id=self.warehouse_conn_id).settings,
            run_id=str(context["run_id"]),
            max_run_s=self._max_run_s(engine),
        )

    def _max_run_s(self, engine: Engine) -> float:
        """The setting, but no longer than the task's own time limit lets it come to an orderly end."""
        wanted_s = number(engine, "max_run_minutes") * 60
        if self.execution_timeout is None:
            return wanted_s
        task_s = self.execution_timeout.total_seconds()
        limit_s = max(task_s - _TO_END_S, task_s / 2)
        if wanted_s > limit_s:
            self.log.warning(
                "max_run_minutes (hkpost.setting) is cut to %.0f: the task's execution_timeout ends it otherwise",
                limit_s / 60,
            )
        return min(wanted_s, limit_s)
