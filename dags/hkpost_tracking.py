"""Tracks the open mail items with Hongkong Post.

### Triage
- **Red `fetch`, the others green**: what was answered is loaded, nothing is lost, and the items stay due. The task's
  last line says what to do: *credential refused* or *HTTP 403* need a person (connection, or the IP address at
  Hongkong Post); *requests in a row failed* and *nothing was answered* usually heal by the next run.
- **Red `check_quality`**: a table contradicts itself; the message names the query to look with. Analysts are concerned.
- **Red `sync_open_items`**: the business's query or its connection `hkpost_source` fails, or the query takes longer
  than `open_items_seconds`; known items are still tracked. Odd rows do not make it red: they are in
  `hkpost.rejected_record`.
- **Red `plan`**: items are due, and the account of none of them is a connection that may be used; the message names
  some. Where only some of them are none, `plan` is green and warns.
- **Red `alert`**: a notifier of the Variable `hkpost_notifiers` fails; what it should have sent is in the task's log
  and in `hkpost.alert`.
- **Red with *timed out*, or skipped tasks in a red run**: something hung: a lock in the warehouse, a network that
  loses what is sent. A task has an hour, a run three, and the next run goes on from what is due. What took longer for
  good reason (a migration of many millions of events) is better done by `python -m hkpost migrate`.
- **Skipped `fetch`, `load`, `mark_terminal` and `check_quality` in a green run**: nothing was due and nothing waited.
- **No action is needed** when one run is red and the next is green.
- **Nothing runs at all**: `hkpost_watch` reports it.
- **Blocks nothing**: each run stands for itself and starts from what is due.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param, TriggerRule

from hkpost_airflow.operators.alert import HkpostAlertOperator
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from hkpost_airflow.teams import current_team

TEAM = current_team()

with DAG(
    dag_id=TEAM.named("tracking"),
    description="Asks Hongkong Post about the open mail items and loads their tracking events.",
    doc_md=__doc__,
    schedule="*/15 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    # What hangs ends, and the next run goes on from there: with one run at a time it would stop tracking for good.
    dagrun_timeout=timedelta(hours=3),
    default_args={
        "owner": TEAM.name,
        "warehouse_conn_id": TEAM.named("warehouse"),
        "retries": 1,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(hours=1),
    },
    params={
        "open_items_sql": Param(
            None,
            type=["null", "string"],
            title="Query for the open items",
            description="Gives item_no, and may give account, source_ref, registered_at, priority, destination, "
            "service_name, promised_on, pieces. "
            f"Blank: the Variable {TEAM.named('open_items_sql')}.",
        )
    },
    tags=[TEAM.name, "tracking"],
) as dag:
    sync_open_items = HkpostSyncOperator(
        task_id="sync_open_items",
        open_items_sql=f"{{{{ params.open_items_sql or {TEAM.variable('open_items_sql')} }}}}",
        account=TEAM.named("default"),
        source_conn_id=TEAM.named("source"),
    )
    # Where the business's table cannot be read, what is known is tracked all the same.
    plan = HkpostPlanOperator(
        task_id="plan",
        trigger_rule=TriggerRule.ALL_DONE,
        skip_when_idle=["fetch", "load", "mark_terminal", "check_quality"],
    )
    fetch = HkpostFetchOperator.partial(
        task_id="fetch", map_index_template="{{ task.plan['account'] }}"
    ).expand(plan=plan.output)
    # What was answered is loaded even when fetching failed or there was nothing to fetch.
    load = HkpostLoadOperator(task_id="load", trigger_rule=TriggerRule.ALL_DONE)
    mark_terminal = HkpostMarkTerminalOperator(task_id="mark_terminal")
    check_quality = HkpostQualityOperator(task_id="check_quality", counts=load.output, asset=TEAM.asset)
    # That the run has come to its end, and what a person must act on, is sent whatever came before.
    alert = HkpostAlertOperator(
        task_id="alert",
        notifiers=f"{{{{ {TEAM.variable('notifiers')} }}}}",
        tracking_dag_id=TEAM.named("tracking"),
        execution_timeout=timedelta(minutes=10),
        trigger_rule=TriggerRule.ALL_DONE,
    )
    # A failed step never ends green, whatever ran after it.
    verdict = EmptyOperator(task_id="verdict", trigger_rule=TriggerRule.NONE_FAILED)

    sync_open_items >> plan
    fetch >> load >> mark_terminal >> check_quality >> alert
    [sync_open_items, plan, fetch, load, mark_terminal, check_quality, alert] >> verdict
