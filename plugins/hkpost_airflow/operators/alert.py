"""Last step but the verdict: that the run has come to its end is noted, and what a person must act on is sent."""

from airflow.sdk import Context

from hkpost.warehouse.watch.runs import note_ended
from hkpost_airflow.hooks.warehouse import open_warehouse
from hkpost_airflow.operators.watch import HkpostWatchOperator
from hkpost_airflow.runs import failed_tasks, run_of


class HkpostAlertOperator(HkpostWatchOperator):
    """Notes in `hkpost.run` that its run has come to its end, and which of its tasks failed; then does what
    `HkpostWatchOperator` does, so that what the run brought is sent at once.

    Args:
        notifiers: a JSON list such as the Variable `hkpost_notifiers` holds; blank: no message is sent.
        tracking_dag_id: the DAG whose runs are watched.
        warehouse_conn_id: where to look.
    """

    writes = ("alert", "run")

    def execute(self, context: Context) -> None:
        """Note the end, find, log, send.

        Raises:
            AirflowFailException: the notifiers are not configured as they must be.
        """
        note_ended(open_warehouse(self.warehouse_conn_id), run_of(context), failed_tasks(context))
        super().execute(context)
