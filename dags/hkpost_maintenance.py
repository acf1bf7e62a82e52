"""Keeps the warehouse in shape: partitions ahead, what is too old dropped, statistics, sizes.

Each run of `hkpost_tracking` makes the partitions that it needs as well, so a day without this DAG does no harm.

### What is dropped
Answers (`raw_response`) older than `archive_days`, requests (`api_call`) older than `ledger_days` and forecasts older
than `forecast_days`, by whole days and months, and rejects (`rejected_record`) that were last met more than
`rejected_days` ago; the numbers are in `hkpost.setting`. An answer that is not loaded yet keeps its day. Facts, items
and their changes are never dropped.

### Triage
- **Red**: the warehouse's connection fails, or its user may not do what is needed (docs/roles.md). Clear the task.
- **"is made next time: the table is in use"**: somebody held the table for more than 5 seconds; the next day does it.
- **"permission denied to vacuum"**: the connection's user does not own the tables; autovacuum does most of it anyway.
- **Blocks nothing**: rows for which there is no partition yet lie in a default one.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param, TriggerRule

from hkpost_airflow.operators.maintenance import (
    HkpostPartitionsOperator,
    HkpostRetentionOperator,
    HkpostSizesOperator,
    HkpostStatisticsOperator,
)
from hkpost_airflow.teams import current_team

TEAM = current_team()

with DAG(
    dag_id=TEAM.named("maintenance"),
    description="Makes partitions ahead, drops old answers and requests, refreshes statistics, reports sizes.",
    doc_md=__doc__,
    # 04:15 in Hong Kong: after the day's first requests, before the day's first questions.
    schedule="15 20 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=20),
    default_args={
        "owner": TEAM.name,
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=6),
    },
    params={
        "drop": Param(
            True,
            type="boolean",
            title="Drop what is too old",
            description="What is older than archive_days, ledger_days and rejected_days (hkpost.setting).",
        ),
        "vacuum": Param(
            True,
            type="boolean",
            title="Vacuum and analyze",
            description="Cleans the tables whose rows change, and updates the planner's statistics.",
        ),
        "warehouse_conn_id": Param(
            TEAM.named("warehouse"),
            type="string",
            minLength=1,
            title="Connection",
            description="Vacuum needs a login that owns the tables, where hkpost_warehouse has the loader's.",
        ),
    },
    tags=[TEAM.name, "maintenance"],
) as dag:
    # No step waits for another to succeed: each is good on its own.
    conn_id = "{{ params.warehouse_conn_id }}"
    partitions = HkpostPartitionsOperator(task_id="partitions", warehouse_conn_id=conn_id)
    retention = HkpostRetentionOperator(
        task_id="retention", is_enabled="{{ params.drop }}", warehouse_conn_id=conn_id
    )
    statistics = HkpostStatisticsOperator(
        task_id="statistics",
        is_enabled="{{ params.vacuum }}",
        warehouse_conn_id=conn_id,
        trigger_rule=TriggerRule.ALL_DONE,
    )
    sizes = HkpostSizesOperator(task_id="sizes", warehouse_conn_id=conn_id, trigger_rule=TriggerRule.ALL_DONE)
    verdict = EmptyOperator(task_id="verdict", trigger_rule=TriggerRule.NONE_FAILED)

    partitions >> retention >> statistics >> sizes
    [partitions, retention, statistics, sizes] >> verdict
