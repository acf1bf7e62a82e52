"""hkpost_tracking through Airflow, where items name what is no account: nothing is borrowed, and the others go on."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.helpers.scripted_service import ScriptedService
from tests.pipeline.conftest import Pipeline, left_by_airflow

SHOPS_PASSWORD = "the-shops-own-word-7"


def everything(pipeline: Pipeline) -> str:
    """All that the tables of the warehouse hold."""
    tables = pipeline.rows(
        "SELECT oid::regclass::text AS name FROM pg_class"
        " WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('r', 'p')"
    )
    return "".join(str(pipeline.rows(f"SELECT t::text FROM {table.name} AS t")) for table in tables)


def test_the_connection_of_another_is_not_used_its_password_is_in_nothing_and_the_others_are_asked(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    shop = ScriptedService()
    with shop.running():
        borrowed = {"conn_type": "http", "host": shop.url, "login": "shop", "password": SHOPS_PASSWORD}
        extra = {"wsdl": f"{shop.url}?wsdl"}
        run = pipeline.once(
            AIRFLOW_CONN_SHOP_API=json.dumps({**borrowed, "extra": extra}),
            AIRFLOW_VAR_HKPOST_OPEN_ITEMS_SQL="SELECT item_no, CASE WHEN row_number() OVER (ORDER BY item_no) <= 60"
            " THEN 'hkpost_default' WHEN row_number() OVER (ORDER BY item_no) % 2 = 0 THEN 'shop_api'"
            " ELSE 'customer-' || item_no END AS account FROM shop.shipment WHERE carrier = 'HKPOST'",
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert shop.seen == []
    asked = pipeline.rows(
        "SELECT account, count(*) FILTER (WHERE poll_count > 0) AS asked, count(*) AS items FROM hkpost.mail_item"
        " WHERE account IN ('hkpost_default', 'shop_api') GROUP BY account ORDER BY account"
    )
    assert [tuple(row) for row in asked] == [("hkpost_default", 60, 60), ("shop_api", 0, 270)]
    assert "540 items are not asked about: their accounts (271) cannot be used" in run.stdout + run.stderr
    assert "warning accounts_never_asked: 271" in run.stdout + run.stderr
    with closing(sqlite3.connect(tmp_path / "airflow" / "airflow.db")) as metadata:
        mapped = metadata.execute(
            "SELECT rendered_map_index FROM task_instance WHERE task_id = 'fetch'"
        ).fetchall()
    assert mapped == [("hkpost_default",)], "a mapped task goes by its account"
    _, left = left_by_airflow(tmp_path / "airflow")
    tables = everything(pipeline)
    assert "shop_api" in tables
    assert SHOPS_PASSWORD not in run.stdout + run.stderr + left + tables
