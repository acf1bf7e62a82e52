"""hkpost_track_now through Airflow: pasted numbers are asked at once, whoever holds the account."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.awaiting import await_that
from tests.helpers.connection import connection
from tests.helpers.scripted_service import (
    Items,
    Reply,
    ScriptedService,
    answers,
    code,
    envelope,
    item,
    posted,
)
from tests.pipeline.conftest import PASSWORD, PROJECT, airflow_environment, left_by_airflow

TRACK_NOW = """
import json, sys
from airflow.utils.cli import get_bagged_dag
run = get_bagged_dag(None, "hkpost_track_now").test(logical_date=None, run_conf=json.loads(sys.argv[1]))
sys.exit(run.state != "success")
"""
DELIVERED = ("27-02-2026 11:00", "US", "Delivered.")


@dataclass
class AirflowHarness:
    """A warehouse and a scripted service, with Airflow between them."""

    engine: Engine
    service: ScriptedService
    folder: Path
    base: dict[str, str]
    metadata: Path
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *command: str, home: str = "person") -> subprocess.Popen[str]:
        """Start a process of Airflow's with a home of its own."""
        folder = self.folder / home
        if not folder.exists():
            folder.mkdir()
            shutil.copy(self.metadata, folder)
        run = subprocess.Popen(
            [sys.executable, *command],
            cwd=PROJECT,
            env={**self.base, "AIRFLOW_HOME": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.append(run)
        return run

    def track_now(self, item_nos: str, **form: str) -> tuple[int, str]:
        """Fill the form and run; returns the exit code and what was logged."""
        run = self.start("-c", TRACK_NOW, json.dumps({"item_nos": item_nos, **form}))
        said, _ = run.communicate(timeout=900)
        return run.returncode, said

    def rows(self, sql: str, **parameters: Any) -> list[Any]:
        with self.engine.connect() as db:
            return list(db.execute(text(sql), parameters))

    def execute(self, sql: str) -> None:
        with self.engine.begin() as db:
            db.execute(text(sql))

    def items(self) -> dict[str, Any]:
        return {row.item_no: row for row in self.rows("SELECT * FROM hkpost.mail_item")}


@pytest.fixture
def harness(warehouse_url: str, tmp_path: Path, metadata: Path) -> Iterator[AirflowHarness]:
    service = ScriptedService()
    account = {
        "conn_type": "hkpost",
        "host": service.url,
        "login": "sender",
        "password": PASSWORD,
        "extra": {
            "timeout_s": 900,
            "max_in_flight": 1,
            "daily_quota": 20,
            "quota_reserve": 4,
        },
    }
    base = {
        **airflow_environment(tmp_path),
        "AIRFLOW_CONN_HKPOST_DEFAULT": json.dumps(account),
        "AIRFLOW_CONN_HKPOST_B": json.dumps({**account, "login": "other"}),
        "AIRFLOW_CONN_HKPOST_WAREHOUSE": connection(warehouse_url),
    }
    engine = warehouse_engine(warehouse_url)
    harness = AirflowHarness(engine, service, tmp_path, base, metadata)
    with service.running():
        yield harness
        for run in harness.running:
            run.kill()
            run.communicate()
    engine.dispose()


def test_pasted_numbers_are_asked_at_once_known_and_closed_ones_too(harness: AirflowHarness) -> None:
    # The scheduled runs have used up their part of the day: the reserve is for this.
    harness.execute(
        "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome)"
        " SELECT 'hkpost_default', now(), (now() AT TIME ZONE 'Asia/Hong_Kong')::date, 1, '{X1}', 'unavailable'"
        " FROM generate_series(1, 16)"
    )
    harness.execute(
        "INSERT INTO hkpost.mail_item (item_no, account, state, next_poll_at, closed_at, close_reason, priority) VALUES"
        " ('RB000000001HK', 'hkpost_default', 'in_transit', now() + interval '1 day', NULL, NULL, 0),"
        " ('RB000000002HK', 'hkpost_default', 'delivered', now() + interval '40 hours', now() - interval '8 hours',"
        "  'delivered', 0),"
        " ('RB000000003HK', 'hkpost_default', 'not_found', NULL, now() - interval '8 days', 'not_found', 0),"
        " ('RB000000004HK', 'hkpost_default', 'cancelled', NULL, now() - interval '8 days', 'cancelled', 0),"
        " ('RB000000005HK', 'hkpost_b', 'in_transit', now() + interval '1 day', NULL, NULL, 3),"
        " ('RB000000006HK', 'hkpost_default', 'in_transit', NULL, NULL, NULL, 9)"
    )
    answers: dict[str, str] = {"RB000000002HK": item("RB000000002HK", 0, DELIVERED, milestone="Delivered")}
    harness.service.script = lambda items: Reply(
        envelope("".join(answers.get(number) or posted(number) for number in items))
    )

    status, said = harness.track_now(
        "rb 000 000 001 hk, RB000000002HK；\tRB000000003HK\n'RB000000004HK' RB000000005HK\n"
        "RB000000005HK, EA999580311HK\nRB12345678*HK",
        lang="E",
    )

    assert status == 0, said
    assert dict(harness.service.asked) == {
        f"{number}HK": 1
        for number in (
            "RB000000001",
            "RB000000002",
            "RB000000003",
            "RB000000004",
            "RB000000005",
            "EA999580311",
        )
    }, "what no person asked for waits for its turn, however urgent"
    items = harness.items()
    assert {number: row.state for number, row in items.items()} == {
        "RB000000001HK": "accepted",
        "RB000000002HK": "delivered",
        "RB000000003HK": "accepted",
        "RB000000004HK": "cancelled",
        "RB000000005HK": "accepted",
        "RB000000006HK": "in_transit",
        "EA999580311HK": "accepted",
    }
    assert (items["RB000000005HK"].account, items["RB000000005HK"].priority) == ("hkpost_b", 3)
    assert items["EA999580311HK"].account == "hkpost_default"
    [look] = harness.rows(
        "SELECT next_poll_at - closed_at AS after FROM hkpost.mail_item WHERE item_no = 'RB000000002HK'"
    )
    assert look.after.total_seconds() == 48 * 3600, "the confirming look stays where it was"
    assert items["RB000000004HK"].next_poll_at is None
    assert {
        row.lang for row in harness.rows("SELECT lang FROM hkpost.api_call WHERE outcome = 'answered'")
    } == {"E"}
    [reject] = harness.rows("SELECT source, item_no, reason FROM hkpost.rejected_record")
    assert (reject.source, reject.item_no) == ("track_now", "RB12345678*HK")
    assert "'RB12345678*HK': the item number has characters outside A-Z and 0-9" in said
    assert "EA999580311HK: accepted, latest event 27-02-2026 16:00 HK: Posted, asked" in said
    assert harness.rows("SELECT FROM hkpost.wanted_item") == []
    rendered, left = left_by_airflow(harness.folder / "person")
    steps = ("mark_urgent", "fetch", "load", "mark_terminal", "check_quality", "answer")
    assert rendered >= {("hkpost_track_now", step) for step in steps}
    assert PASSWORD not in said + left


def test_a_service_that_refuses_ends_red_and_the_items_go_back_to_their_turn(harness: AirflowHarness) -> None:
    harness.execute(
        "INSERT INTO hkpost.mail_item (item_no, state, next_poll_at, closed_at, close_reason) VALUES"
        " ('RB000000001HK', 'in_transit', now() + interval '1 day', NULL, NULL),"
        " ('RB000000002HK', 'returned', NULL, now(), 'returned')"
    )
    harness.service.script = lambda items: code(9992)
    status, said = harness.track_now("RB000000001HK RB000000002HK EA999580311HK")
    assert status == 1, said
    assert "9992 Invalid Credential" in said
    assert "ASKING FAILED for 3 of 3 items" in said
    assert harness.rows("SELECT FROM hkpost.wanted_item") == []
    due = harness.rows(
        "SELECT item_no FROM hkpost.mail_item WHERE is_open AND coalesce(next_poll_at, now()) <= now() ORDER BY item_no"
    )
    assert [row.item_no for row in due] == ["EA999580311HK", "RB000000001HK"]
    assert harness.items()["RB000000002HK"].next_poll_at is None


def test_a_scheduled_run_that_holds_the_account_asks_with_its_next_batch_and_once(
    harness: AirflowHarness,
) -> None:
    harness.execute(
        "INSERT INTO hkpost.mail_item (item_no)"
        " SELECT 'RB' || lpad(n::text, 9, '0') || 'HK' FROM generate_series(1, 400) n"
    )
    asked, released = Event(), Event()

    def hold_until_released(items: Items) -> Reply:
        asked.set()
        assert released.wait(900)
        return answers(items)

    harness.service.script = hold_until_released
    scheduled = harness.start("-m", "hkpost_local", "once", home="scheduled")
    await_that(asked.is_set, scheduled, lambda: scheduled.communicate()[0])
    person = harness.start("-c", TRACK_NOW, json.dumps({"item_nos": "EA999580311HK RB000000002HK"}))
    await_that(
        lambda: bool(harness.rows("SELECT FROM hkpost.wanted_item")), person, lambda: person.communicate()[0]
    )
    released.set()
    for run in (person, scheduled):
        said, _ = run.communicate(timeout=900)
        assert run.returncode == 0, said
        if run is person:
            assert "EA999580311HK: accepted, latest event 27-02-2026 16:00 HK: Posted" in said
    assert set(harness.service.asked.values()) == {1}, "each item exactly once"
    assert len(harness.service.asked) == 401
    assert min(harness.service.gaps_ms) >= 100
    [call] = harness.rows("SELECT run_id, lang FROM hkpost.api_call WHERE 'EA999580311HK' = ANY(item_nos)")
    [first] = harness.rows("SELECT run_id FROM hkpost.api_call ORDER BY sent_at LIMIT 1")
    assert call.run_id == first.run_id, "the run that held the account asked"
    place = next(n for n, seen in enumerate(harness.service.seen) if "EA999580311HK" in seen.items)
    assert place <= 5, "with its next claim, before what it had not claimed yet"
    assert harness.rows("SELECT FROM hkpost.wanted_item") == []
