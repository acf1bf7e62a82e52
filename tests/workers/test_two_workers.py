"""Past one machine nothing changes but the executor: two accounts, two Celery workers, one of them killed."""

from collections import Counter
from itertools import pairwise

import pytest

from hkpost.simulator.request_log import RequestRecord
from hkpost_local.simulated import LOGIN

from .conftest import ITEMS, SECOND_ACCOUNT, SECOND_LOGIN, Office

USERS = (LOGIN, SECOND_LOGIN)
GAP_MS = 100


@pytest.fixture(scope="module")
def first_run(office: Office) -> str:
    """A finished run over all items of both accounts."""
    office.slow(2)
    run_id = office.system.api.trigger("hkpost_tracking")
    office.wait(
        "a request of each account", lambda: {record["user"] for record in office.log()} == set(USERS)
    )
    office.slow(0)
    assert office.wait("the run's end", lambda: _ended(office, run_id)) == "success"
    return run_id


def _ended(office: Office, run_id: str) -> str | None:
    state = office.system.api.run_state("hkpost_tracking", run_id)
    return state if state in ("success", "failed") else None


def _arrivals(office: Office, user: str) -> list[float]:
    assert "arrival" in RequestRecord.__slots__
    return sorted(record["arrival"] for record in office.log() if record["user"] == user)


def test_each_item_is_asked_once_with_its_own_account(office: Office, first_run: str) -> None:
    asked = Counter(number for record in office.log() if record["code"] == 0 for number in record["item_nos"])
    assert len(asked) == ITEMS
    assert set(asked.values()) == {1}
    of_account = {
        row.item_no: row.account for row in office.rows("SELECT item_no, account FROM hkpost.mail_item")
    }
    for record in office.log():
        account = SECOND_ACCOUNT if record["user"] == SECOND_LOGIN else "hkpost_default"
        assert {of_account[number] for number in record["item_nos"]} == {account}


def test_both_accounts_send_at_the_same_time_on_two_workers(office: Office, first_run: str) -> None:
    one, two = (_arrivals(office, user) for user in USERS)
    assert max(one[0], two[0]) < min(one[-1], two[-1])


def test_neither_account_is_ever_too_fast(office: Office, first_run: str) -> None:
    for user in USERS:
        assert [gap for a, b in pairwise(_arrivals(office, user)) if (gap := (b - a) * 1000) < GAP_MS] == []


def test_one_account_is_held_by_one_task_at_a_time(office: Office, first_run: str) -> None:
    fences = office.rows(
        "SELECT account, count(DISTINCT fence) AS fences FROM hkpost.api_call WHERE run_id = :r GROUP BY account",
        r=first_run,
    )
    assert {row.account: row.fences for row in fences} == {"hkpost_default": 1, SECOND_ACCOUNT: 1}


def test_a_killed_workers_account_is_taken_up_again_by_the_other(office: Office, first_run: str) -> None:
    office.execute(
        "UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open AND pending_call_id IS NULL"
    )
    due = {row.item_no for row in office.rows("SELECT item_no FROM hkpost.mail_item WHERE is_open")}
    run_id = office.system.api.trigger("hkpost_tracking")
    held = (
        "SELECT lease.holder FROM hkpost.account_lease AS lease JOIN hkpost.api_call AS call USING (account, fence)"
        " WHERE lease.holder IS NOT NULL AND call.run_id = :r AND account = :a AND call.outcome = 'answered' LIMIT 1"
    )
    [row] = office.wait("the second account's answers", lambda: office.rows(held, r=run_id, a=SECOND_ACCOUNT))
    office.system.kill_worker_of(int(row.holder.rpartition(":")[2]))
    assert office.wait("the run's end", lambda: _ended(office, run_id)) == "success"
    asked = {
        row.item_no
        for row in office.rows(
            "SELECT DISTINCT unnest(item_nos) AS item_no FROM hkpost.api_call"
            " WHERE run_id = :r AND outcome = 'answered'",
            r=run_id,
        )
    }
    assert due <= asked
    for user in USERS:
        assert [gap for a, b in pairwise(_arrivals(office, user)) if (gap := (b - a) * 1000) < GAP_MS] == []
    waiting = office.rows("SELECT 1 FROM hkpost.raw_response WHERE loaded_at IS NULL")
    assert waiting == []
    in_flight = office.rows("SELECT 1 FROM hkpost.api_call WHERE outcome = 'in_flight'")
    assert in_flight == []
