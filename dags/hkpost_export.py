"""Writes facts, items, changes of state and dimensions as Parquet for Spark, Trino, BigQuery, DuckDB (docs/export.md).

Only months whose rows changed since the last export are written; all files show the warehouse at one moment.

### Triage
- **Red**: the warehouse or the store cannot be reached, or the store's connection may not write. What was there is
  there still, each file whole; clear the task, and the next export writes what is missing.
- **"pyarrow is not installed here"**: `pip install 'hkpost-tracking[parquet]'` on the workers.
- **It takes long**: the first export reads everything once. Later ones count every row, and send what changed.
- **Blocks nothing**: nothing waits for it, and it locks nothing.
"""

from datetime import datetime, timedelta

from airflow.sdk import DAG, Param

from hkpost_airflow.operators.export import HkpostExportOperator
from hkpost_airflow.teams import current_team

TEAM = current_team()

with DAG(
    dag_id=TEAM.named("export"),
    description="Writes facts, items, changes of state and dimensions as Parquet; only months that changed.",
    doc_md=__doc__,
    # 05:15 in Hong Kong: an hour after the maintenance.
    schedule="15 21 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=13),
    default_args={
        "owner": TEAM.name,
        "warehouse_conn_id": TEAM.named("warehouse"),
        "retries": 1,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=6),
    },
    params={
        "folder": Param(
            None,
            type=["null", "string"],
            title="Folder",
            description="A path, file:///…, s3://connection@bucket/…, gs://…, abfs://…. Blank: the Variable "
            f"{TEAM.named('export_folder')}; where that is missing, hkpost_export in Airflow's own folder.",
        )
    },
    tags=[TEAM.name, "export"],
) as dag:
    HkpostExportOperator(
        task_id="export",
        folder=f"{{{{ params.folder or {TEAM.variable('export_folder')} }}}}",
    )
