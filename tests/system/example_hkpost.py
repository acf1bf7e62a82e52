"""The parts for a DAG of one's own that no DAG of the package uses: the hook, one account's plan, the sensor.

    AIRFLOW__CORE__DAGS_FOLDER=$PWD/tests/system airflow dags test example_hkpost --conf '{"item_no": "RB123456785HK"}'

Needs the connections `hkpost_default` and `hkpost_warehouse`, and an item that is delivered: the sensor waits for it.
`make compat` runs it against the simulator.
"""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, Param, TriggerRule, task

from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator
from hkpost_airflow.sensors.delivered import HkpostDeliveredSensor


@task
def look_at_once(item_no: str) -> str:
    """Ask outside of any plan, and return the item's state."""
    return str(HkpostHook().track([item_no])["state"].iloc[0])


with DAG(
    dag_id="example_hkpost",
    doc_md=__doc__,
    schedule=None,
    start_date=datetime(2026, 1, 1),
    catchup=False,
    dagrun_timeout=timedelta(minutes=30),
    default_args={"execution_timeout": timedelta(minutes=10)},
    params={"item_no": Param("RB123456785HK", type="string")},
    tags=["hkpost", "example"],
) as dag:
    sync = HkpostSyncOperator(
        task_id="sync",
        open_items_sql="SELECT '{{ params.item_no }}' AS item_no",
        source_conn_id="hkpost_warehouse",
    )
    plan = HkpostPlanOperator(task_id="plan", account="hkpost_default")
    fetch = HkpostFetchOperator.partial(task_id="fetch").expand(plan=plan.output)
    load = HkpostLoadOperator(task_id="load", trigger_rule=TriggerRule.ALL_DONE)
    mark_terminal = HkpostMarkTerminalOperator(task_id="mark_terminal")
    check_quality = HkpostQualityOperator(task_id="check_quality", counts=load.output)
    delivered = HkpostDeliveredSensor(
        task_id="delivered", item_nos="{{ params.item_no }}", deferrable=True, poke_interval=5, timeout=60
    )
    # Providers' system tests call it the watcher: without it a run whose last task is green ends green.
    watcher = EmptyOperator(task_id="watcher", trigger_rule=TriggerRule.NONE_FAILED)

    look_at_once("{{ params.item_no }}") >> sync >> plan
    fetch >> load >> mark_terminal >> check_quality >> delivered
    [step for step in dag.tasks if step is not watcher] >> watcher
