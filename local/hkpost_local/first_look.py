"""What the demo's warehouse knows from two days ago, so that what changed since is there to be seen.

An answer is an item's whole history as the service gives it on that day. Only between two of them are events taken
back, places filled in later and deliveries undone: so the items that had left by then were asked about once before.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.warehouse.intake.register import register_rows
from hkpost.warehouse.items.terminal import mark_terminal
from hkpost_local.airflow_settings import OPEN_ITEMS_SQL
from hkpost_local.paths import SQL
from hkpost_local.simulated import LOGIN, SimulatorControl

AGO = timedelta(days=2)
ACCOUNT = "hkpost_default"
RUN_SECONDS = 300


def first_look(
    warehouse: Engine, simulator: SimulatorControl, service_url: str, password: str
) -> dict[str, dict[str, Any]]:
    """Ask about every shipment of two days ago, with the simulated clock there, and load what is answered.

    What a run of today asks again is due afterwards: open items, and those delivered within the last days.

    :returns: what the service held then, by item number.
    :raises RuntimeError: the simulated service did not answer.
    """
    then = datetime.now(UTC) - AGO
    simulator.set_clock(then, is_frozen=True)
    with warehouse.connect() as connection:
        result = connection.exec_driver_sql(OPEN_ITEMS_SQL + " AND shipped_at <= %(then)s", {"then": then})
        columns, rows = list(result.keys()), [tuple(row) for row in result]
    register_rows(warehouse, columns, [rows])
    settings = account_settings(ACCOUNT, service_url, LOGIN, password, {})
    summary = fetch_account(
        warehouse, FetchJob(settings, "two_days_ago", max_run_s=RUN_SECONDS), _say_nothing
    )
    if summary.failure:
        raise RuntimeError(f"the simulated service did not answer: {summary.failure}")
    load_pending(warehouse, report=_say_nothing)
    mark_terminal(warehouse)
    with warehouse.begin() as connection:
        connection.exec_driver_sql((SQL / "make_due.sql").read_text(encoding="utf-8"))
    asked = {row[0] for row in rows}
    return {item_no: truth for item_no, truth in simulator.truth().items() if item_no in asked}


def _say_nothing(line: str) -> None:
    """What the run would say of itself stays unsaid: the commands say what became of it."""
