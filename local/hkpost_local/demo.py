"""`make demo`: the whole way once, from an empty machine to results in SQL; then everything stops."""

import time
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine

from hkpost.commands.show import console, print_query, query
from hkpost_local.airflow_api import AirflowApi
from hkpost_local.lock import BusyError, exclusive
from hkpost_local.paths import SQL, state_folder
from hkpost_local.progress import Progress
from hkpost_local.shared_postgres import running_postgres
from hkpost_local.simulated import known_world, new_world
from hkpost_local.state import saved_addresses
from hkpost_local.system import DAG_ID, System

RESULTS = ("demo_1_states", "demo_2_latest_events", "demo_3_lead_time", "demo_4_failures", "demo_5_quota")
RUN_SECONDS = 900
POLL_SECONDS = 1.0
LOG_LINES = 40
FINISHED = {"success", "failed", "skipped", "upstream_failed", "removed"}


def demo() -> int:
    """Run the demo; returns the exit code."""
    say = Progress()
    with exclusive("demo"):
        if saved_addresses():
            raise BusyError("the system of `make up` is running here: end it with `make down` first")
        with running_postgres() as postgres:
            say(f"PostgreSQL runs, its data in {postgres.data}")
            known = known_world(state_folder())
            if known:
                say(
                    "going on from the last demo: what happened in the simulated world since then is asked for"
                )
            system = System(postgres, known or new_world(), say, is_scheduled=False)
            try:
                system.start(is_frozen=True, looks_back=known is None)
                code = _run_and_show(system, say)
            finally:
                say("everything stops")
                system.stop()
    say("done: `make demo` again goes on from here, `make up` keeps it running with Airflow's UI")
    return code


def _run_and_show(system: System, say: Progress) -> int:
    with system.warehouse.begin() as connection:
        connection.exec_driver_sql((SQL / "make_due.sql").read_text(encoding="utf-8"))
    closed_before = _closed(system.warehouse)
    began = datetime.now(UTC)
    run_id = system.api.trigger(DAG_ID)
    system.api.pause(DAG_ID, paused=False)
    say(f"run {run_id} of {DAG_ID} is triggered")
    state = follow_run(system.api, system.warehouse, run_id, say)
    if state != "success":
        say(f"the run ended as {state}")
        _print_failures(system.api, run_id)
        return 1
    on = console()
    with system.warehouse.connect() as connection:
        for name in RESULTS:
            print_query(on, connection, SQL / f"{name}.sql")
    return _compare(system, closed_before, began, say)


def follow_run(api: AirflowApi, warehouse: Engine, run_id: str, say: Progress) -> str:
    """Wait for a run's end, printing each task's state and the items asked; returns the run's state."""
    printed: dict[str, str | None] = {}
    asked_told = 0
    deadline = time.monotonic() + RUN_SECONDS
    while True:
        state = api.run_state(DAG_ID, run_id)
        for task in api.task_runs(DAG_ID, run_id):
            if task.state != printed.get(task.label) and task.state in {*FINISHED, "running", "up_for_retry"}:
                printed[task.label] = task.state
                say(f"  {task.label}: {task.state}")
        asked = _asked(warehouse, run_id)
        if asked != asked_told:
            asked_told = asked
            say(f"  {asked:,} items asked")
        if state in {"success", "failed"}:
            return state
        if time.monotonic() > deadline:
            return f"unfinished after {RUN_SECONDS} s ({state})"
        time.sleep(POLL_SECONDS)


def _asked(warehouse: Engine, run_id: str) -> int:
    with warehouse.connect() as connection:
        return int(query(connection, SQL / "items_asked.sql", {"run_id": run_id})[1][0][0])


def _closed(warehouse: Engine) -> set[str]:
    with warehouse.connect() as connection:
        return {row[0] for row in query(connection, SQL / "closed_items.sql")[1]}


def _print_failures(api: AirflowApi, run_id: str) -> None:
    for task in api.task_runs(DAG_ID, run_id):
        if task.state == "failed":
            print(f"--- the end of the log of {task.label} ---")
            print("\n".join(api.log_of(DAG_ID, run_id, task)[-LOG_LINES:]))


def _compare(system: System, closed_before: set[str], began: datetime, say: Progress) -> int:
    """Compare each item with what the simulator held when it was asked last; its clock stands still."""
    truth = system.simulator.truth()
    with system.warehouse.connect() as connection:
        items = _items(connection)
    asked_now = {
        item_no
        for item_no, item in items.items()
        if item["last_polled_at"] and item["last_polled_at"] > began
    }
    held = system.known_before | {item_no: truth[item_no] for item_no in asked_now}
    differing = [item_no for item_no in sorted(held) if not agrees(items[item_no], held[item_no])]
    say(f"{len(held) - len(differing):,} of {len(held):,} items asked agree with what the service holds")
    if system.known_before:
        say(f"  {len(asked_now):,} of them asked now, the others closed by what it held two days ago")
    for item_no in differing[:10]:
        say(f"  {item_no} is {items[item_no]['state']}, the service says {held[item_no]['state']}")
    asked_again = closed_before & asked_now
    if closed_before:
        say(f"{len(closed_before):,} items were closed before; {len(asked_again):,} of them were asked again")
    return 1 if differing or asked_again or len(items) != len(truth) else 0


def _items(connection: Connection) -> dict[str, dict[str, Any]]:
    columns, rows = query(connection, SQL / "item_states.sql")
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}


def agrees(item: dict[str, Any], truth: dict[str, Any]) -> bool:
    """Whether an item's state is the one that the service's answer means.

    How long an item may be unknown to the service is ours to decide: after that it is `not_found`.
    """
    if truth["status"] != (item["api_status"] or 0):
        return False
    is_given_up = item["state"] == "not_found" and truth["state"] == "registered"
    return is_given_up or bool(item["state"] == truth["state"])
