"""Works out events and states again from the archived answers, without one request to the service.

Run it after a wording was added to the ledger, after an upgrade that reads answers better, or when facts were lost.
It changes nothing where there is nothing new to say; twice is once. What persons and rules decided stays, keys
that events were given stay, and facts whose answers are older than the archive (`archive_days`) stay too.

### Form
Leave everything blank to replay all items. *Buckets* are worked on side by side, as many at a time as the Airflow
has room for. `plan` reads the archive, once for all buckets, and says how far it is.

### Triage
- **Red `plan`**: a field of the form cannot be read, or the warehouse's connection fails; the last line says which.
  Clear it: the archive is read from its beginning again.
- **Red `replay`**: clear the task: what was done stays done, the rest is done then.
- **Red `check_quality`**: a table contradicts itself; the message names the query to look with.
- **Warnings about damaged answers**: those answers say nothing any more; what they once said stays in the tables.
- **Blocks nothing**: tracking runs on beside it, a load waits for a fraction of a second at a time.
"""

from datetime import datetime, timedelta

from airflow.sdk import DAG, Param

from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.replay import HkpostReplayOperator, HkpostReplayPlanOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from hkpost_airflow.teams import current_team

TEAM = current_team()

with DAG(
    dag_id=TEAM.named("replay"),
    description="Works out events and states again from the archived answers; sends no request.",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    # Many buckets take long; one of them does not.
    dagrun_timeout=timedelta(days=2),
    default_args={
        "owner": TEAM.name,
        "warehouse_conn_id": TEAM.named("warehouse"),
        "retries": 1,
        "retry_delay": timedelta(seconds=15),
        "execution_timeout": timedelta(hours=2),
    },
    params={
        "buckets": Param(
            None,
            type=["null", "integer"],
            minimum=1,
            maximum=1000,
            title="Buckets",
            description="Into how many buckets the items are split. Blank: one for each 20,000 items.",
        ),
        "since": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Answers received from",
            description="Earlier answers are not read again: what they said is taken from the tables.",
        ),
        "until": Param(
            None,
            type=["null", "string"],
            format="date-time",
            title="Answers received until",
            description="Later answers are not read again: what they said is taken from the tables.",
        ),
        "account": Param(
            None,
            type=["null", "string"],
            title="Account",
            description="Only items of this account: the connection's id, such as hkpost_default.",
        ),
        "item_nos": Param(
            None,
            type=["null", "string"],
            format="multiline",
            title="Item numbers",
            description="Only these items, pasted in any form.",
        ),
    },
    tags=[TEAM.name, "replay"],
) as dag:
    plan = HkpostReplayPlanOperator(
        task_id="plan",
        buckets="{{ params.buckets or '' }}",
        since="{{ params.since or '' }}",
        until="{{ params.until or '' }}",
        account="{{ params.account or '' }}",
        item_nos="{{ params.item_nos or '' }}",
    )
    replay = HkpostReplayOperator.partial(
        task_id="replay", map_index_template="bucket {{ task.selection['bucket'] }}"
    ).expand(selection=plan.output)
    mark_terminal = HkpostMarkTerminalOperator(task_id="mark_terminal")
    check_quality = HkpostQualityOperator(task_id="check_quality", counts=replay.output, asset=TEAM.asset)

    replay >> mark_terminal >> check_quality
