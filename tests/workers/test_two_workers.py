"""Past one machine nothing changes but the executor: two accounts, two Celery workers, one of them killed."""

import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import pytest

from hkpost_local.simulated import LOGIN
from hkpost_simulator.request_log import RequestRecord

from .conftest import (
    ITEMS,
    LATENCY_S,
    SECOND_ACCOUNT,
    SECOND_LOGIN,
    TEAM,
    TEAM_ITEMS,
    TEAM_LOGIN,
    Workers,
)

USERS = (LOGIN, SECOND_LOGIN)
GAP_MS = 100


@dataclass(frozen=True)
class FirstRun:
    """A finished run over all items of both accounts; from `both_at` (Unix seconds) on both had requests in flight."""

    run_id: str
    both_at: float


@pytest.fixture(scope="module")
def first_run(workers: Workers) -> FirstRun:
    workers.slow(LATENCY_S)
    workers.hold(True)
    run_id = workers.system.api.trigger("hkpost_tracking")
    workers.wait(
        "a request of each account", lambda: {record["user"] for record in workers.log()} == set(USERS)
    )
    both_at = time.time()
    workers.hold(False)
    assert workers.wait("the run's end", lambda: _ended(workers, run_id)) == "success"
    return FirstRun(run_id, both_at)


def _ended(workers: Workers, run_id: str, dag_id: str = "hkpost_tracking") -> str | None:
    state = workers.system.api.run_state(dag_id, run_id)
    return state if state in ("success", "failed") else None


def _arrivals(workers: Workers, user: str) -> list[float]:
    assert "arrival" in RequestRecord.__slots__
    return sorted(record["arrival"] for record in workers.log() if record["user"] == user)


def test_each_item_is_asked_once_with_its_own_account(workers: Workers, first_run: FirstRun) -> None:
    asked = Counter(
        number for record in workers.log() if record["code"] == 0 for number in record["item_nos"]
    )
    assert len(asked) == ITEMS
    assert set(asked.values()) == {1}
    of_account = {
        row.item_no: row.account for row in workers.rows("SELECT item_no, account FROM hkpost.mail_item")
    }
    for record in workers.log():
        account = SECOND_ACCOUNT if record["user"] == SECOND_LOGIN else "hkpost_default"
        assert {of_account[number] for number in record["item_nos"]} == {account}


def test_both_accounts_send_at_the_same_time_on_two_workers(
    workers: Workers, first_run: FirstRun, capsys: pytest.CaptureFixture[str]
) -> None:
    arrivals = {user: _arrivals(workers, user) for user in USERS}
    begins, ends = first_run.both_at, min(times[-1] for times in arrivals.values())
    assert begins < ends
    shared = {user: [at for at in times if begins <= at <= ends] for user, times in arrivals.items()}
    for user, times in shared.items():
        assert len(times) > 1, "neither waits for the other's end"
        rate = (len(times) - 1) / (times[-1] - times[0])
        with capsys.disabled():
            print(f"\n{user}: {rate:.2f} requests/s beside the other account, over {ends - begins:.1f} s")


def test_neither_account_is_ever_too_fast(workers: Workers, first_run: FirstRun) -> None:
    for user in USERS:
        assert [gap for a, b in pairwise(_arrivals(workers, user)) if (gap := (b - a) * 1000) < GAP_MS] == []


def test_one_account_is_held_by_one_task_at_a_time(workers: Workers, first_run: FirstRun) -> None:
    fences = workers.rows(
        "SELECT account, count(DISTINCT fence) AS fences FROM hkpost.api_call WHERE run_id = :r GROUP BY account",
        r=first_run.run_id,
    )
    assert {row.account: row.fences for row in fences} == {"hkpost_default": 1, SECOND_ACCOUNT: 1}


def test_two_teams_with_a_warehouse_and_an_account_each_run_side_by_side_and_never_meet(
    workers: Workers, first_run: FirstRun
) -> None:
    seen = len(workers.log())
    workers.execute(
        "UPDATE hkpost.mail_item SET next_poll_at = NULL"
        " WHERE item_no IN (SELECT item_no FROM hkpost.mail_item WHERE is_open ORDER BY item_no LIMIT 90)"
    )
    due = "SELECT item_no FROM hkpost.mail_item WHERE is_open AND coalesce(next_poll_at, now()) <= now()"
    ours = {row.item_no for row in workers.rows(due)}
    dag_ids = ("hkpost_tracking", f"{TEAM}_tracking")
    run_ids = {dag_id: workers.system.api.trigger(dag_id) for dag_id in dag_ids}

    def ended() -> list[str] | None:
        states = [_ended(workers, run_id, dag_id) for dag_id, run_id in run_ids.items()]
        return [state for state in states if state] if all(states) else None

    assert workers.wait("both runs' ends", ended) == ["success", "success"]
    theirs = workers.team_rows(
        "SELECT item_no, account, last_polled_at IS NOT NULL AS is_asked FROM hkpost.mail_item"
    )
    assert {(row.account, row.is_asked) for row in theirs} == {(f"{TEAM}_default", True)}
    assert len(theirs) == TEAM_ITEMS
    assert {row.dag_id for row in workers.team_rows("SELECT dag_id FROM hkpost.run")} == {f"{TEAM}_tracking"}
    assert {row.dag_id for row in workers.rows("SELECT dag_id FROM hkpost.run")} == {"hkpost_tracking"}
    asked: dict[str, set[str]] = {login: set() for login in (*USERS, TEAM_LOGIN)}
    for record in workers.log()[seen:]:
        asked[record["user"]].update(record["item_nos"])
    assert asked[TEAM_LOGIN] == {row.item_no for row in theirs}
    assert asked[LOGIN] | asked[SECOND_LOGIN] == ours
    assert workers.team_rows("SELECT DISTINCT account FROM hkpost.api_call") == [(f"{TEAM}_default",)]


def test_a_killed_workers_account_is_taken_up_again_by_the_other(
    workers: Workers, first_run: FirstRun
) -> None:
    workers.slow(2)
    workers.execute(
        "UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open AND pending_call_id IS NULL"
    )
    due = {row.item_no for row in workers.rows("SELECT item_no FROM hkpost.mail_item WHERE is_open")}
    run_id = workers.system.api.trigger("hkpost_tracking")
    held = (
        "SELECT lease.holder FROM hkpost.account_lease AS lease JOIN hkpost.api_call AS call USING (account, fence)"
        " WHERE lease.holder IS NOT NULL AND call.run_id = :r AND account = :a AND call.outcome = 'answered' LIMIT 1"
    )
    [row] = workers.wait(
        "the second account's answers", lambda: workers.rows(held, r=run_id, a=SECOND_ACCOUNT)
    )
    workers.system.kill_worker_of(int(row.holder.rpartition(":")[2]))
    workers.slow(LATENCY_S)
    assert workers.wait("the run's end", lambda: _ended(workers, run_id)) == "success"
    asked = {
        row.item_no
        for row in workers.rows(
            "SELECT DISTINCT unnest(item_nos) AS item_no FROM hkpost.api_call"
            " WHERE run_id = :r AND outcome = 'answered'",
            r=run_id,
        )
    }
    assert due <= asked
    for user in USERS:
        assert [gap for a, b in pairwise(_arrivals(workers, user)) if (gap := (b - a) * 1000) < GAP_MS] == []
    waiting = workers.rows("SELECT 1 FROM hkpost.raw_response WHERE loaded_at IS NULL")
    assert waiting == []
    in_flight = workers.rows("SELECT 1 FROM hkpost.api_call WHERE outcome = 'in_flight'")
    assert in_flight == []
