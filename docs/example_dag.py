"""The shop's open parcels every hour, and what became of them written back to its table in the same database."""

from datetime import datetime

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG, TriggerRule

from hkpost_airflow.operators.fetch import HkpostFetchOperator
from hkpost_airflow.operators.load import HkpostLoadOperator
from hkpost_airflow.operators.plan import HkpostPlanOperator
from hkpost_airflow.operators.quality import HkpostQualityOperator
from hkpost_airflow.operators.sync import HkpostSyncOperator
from hkpost_airflow.operators.terminal import HkpostMarkTerminalOperator

with DAG(
    dag_id="shop_parcels",
    schedule="@hourly",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
):
    sync = HkpostSyncOperator(
        task_id="sync",
        open_items_sql="SELECT item_no, order_no AS source_ref FROM shop.parcel WHERE delivered_at IS NULL",
    )
    plan = HkpostPlanOperator(task_id="plan")
    fetch = HkpostFetchOperator.partial(
        task_id="fetch", map_index_template="{{ task.plan['account'] }}"
    ).expand(plan=plan.output)
    # What was answered is loaded even when fetching failed.
    load = HkpostLoadOperator(task_id="load", trigger_rule=TriggerRule.ALL_DONE)
    mark_terminal = HkpostMarkTerminalOperator(task_id="mark_terminal")
    check_quality = HkpostQualityOperator(task_id="check_quality", counts=load.output)
    tell_the_shop = SQLExecuteQueryOperator(
        task_id="tell_the_shop",
        conn_id="hkpost_warehouse",
        sql="UPDATE shop.parcel SET delivered_at = item.delivered_at FROM hkpost.mail_item AS item "
        "WHERE item.item_no = parcel.item_no AND item.state = 'delivered' AND parcel.delivered_at IS NULL",
    )
    # Without it a run whose fetch failed would end green, because what comes after is green.
    verdict = EmptyOperator(task_id="verdict", trigger_rule=TriggerRule.NONE_FAILED)

    sync >> plan
    fetch >> load >> mark_terminal >> check_quality >> tell_the_shop
    [sync, plan, fetch, load, mark_terminal, check_quality, tell_the_shop] >> verdict
