"""Finds what a person must act on and sends it, also when `hkpost_tracking` hangs, fails or never runs.

What it finds is in `hkpost.alert` while it lasts, and is sent by the notifiers of the Variable `hkpost_notifiers`
(docs/signals.md has every alert and its limit). It reads the warehouse alone, and asks the service nothing. The task
`alert` of `hkpost_tracking` does the same at the end of each run; an alert is sent once all the same.

### Triage
- **Red `watch`, *connection failed* or *the schema hkpost is at revision …***: the warehouse is down, or of another
  version than the code. It was sent once, when this began.
- **Red `watch`, anything about a notifier**: one of `hkpost_notifiers` fails; what it should have sent is in the task's
  log and in `hkpost.alert`, and is sent again by the next run.
- **Red `watch`, *timed out***: the warehouse or a notifier answers too slowly. Look at what the warehouse is doing.
- **Nothing is sent, and something is wrong**: is this DAG paused, is `hkpost_notifiers` set, is the limit 0?
- **Blocks nothing**, and nothing blocks it: give it a free slot, and it runs.
"""

from datetime import datetime, timedelta

from airflow.sdk import DAG

from hkpost_airflow.operators.watch import HkpostWatchOperator
from hkpost_airflow.teams import current_team

TEAM = current_team()

with DAG(
    dag_id=TEAM.named("watch"),
    description="Sends what a person must act on: a stuck or failing hkpost_tracking, a refused account.",
    doc_md=__doc__,
    schedule="*/10 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(minutes=15),
    default_args={
        "owner": TEAM.name,
        "warehouse_conn_id": TEAM.named("warehouse"),
        "retries": 1,
        "retry_delay": timedelta(minutes=1),
        "execution_timeout": timedelta(minutes=5),
    },
    tags=[TEAM.name, "tracking"],
) as dag:
    # Before whatever else waits for a slot.
    HkpostWatchOperator(
        task_id="watch",
        notifiers=f"{{{{ {TEAM.variable('notifiers')} }}}}",
        tracking_dag_id=TEAM.named("tracking"),
        priority_weight=1000,
    )
