"""One sender an account: leases, fencing, and what a killed run leaves behind."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from hkpost.dispatch.account import AccountHeld
from hkpost.warehouse.requests import lease as leases
from hkpost.warehouse.requests.ledger import Ledger
from tests.dispatch.conftest import PASSWORD, FetchHarness
from tests.helpers.awaiting import await_that
from tests.helpers.scripted_service import Items, Reply, answers

MakeDesk = Callable[..., FetchHarness]

RUN = """
import sys
from hkpost.ecship.settings import account_settings
from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.warehouse.engine import warehouse_engine
warehouse, host, password = sys.argv[1:]
settings = account_settings("hkpost_default", host, "integrator", password, {"timeout_s": 60})
fetch_account(warehouse_engine(warehouse), FetchJob(settings, "some-run", 600), lambda line: print(line, flush=True))
"""


def start(d: FetchHarness, warehouse_url: str) -> subprocess.Popen[str]:
    """Start a run in a process of its own."""
    command = [sys.executable, "-c", RUN, warehouse_url, d.service.url, PASSWORD]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def age_lease(d: FetchHarness) -> None:
    """Let the time pass after which a silent holder counts as dead."""
    with d.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE hkpost.account_lease SET heartbeat_at = heartbeat_at - interval '1 hour'"
        )


def test_a_second_run_says_who_holds_the_account_and_asks_nothing(harness: MakeDesk) -> None:
    d = harness()
    d.register(5)
    assert isinstance(leases.acquire(d.engine, "hkpost_default", "first-run"), leases.Lease)
    with pytest.raises(AccountHeld, match=r"another run holds the account hkpost_default: .*first-run"):
        d.fetch()
    assert d.service.seen == []


def test_two_runs_at_once_ask_no_item_twice_and_never_break_the_gap(
    harness: MakeDesk, warehouse_url: str
) -> None:
    d = harness()
    numbers = d.register(600)
    other_waits = threading.Event()

    def once_both_are_there(items: Items) -> Reply:
        assert other_waits.wait(60)
        return answers(items)

    def listen(run: subprocess.Popen[str]) -> None:
        with run:
            for line in run.stdout or ():
                if "held by" in line:
                    other_waits.set()

    d.service.script = once_both_are_there
    runs = [start(d, warehouse_url) for _ in (1, 2)]
    listeners = [threading.Thread(target=listen, args=(run,)) for run in runs]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
    assert [run.returncode for run in runs] == [0, 0]
    assert dict(d.service.asked) == dict.fromkeys(numbers, 1)
    assert min(d.service.gaps_ms) >= 100


def test_a_run_that_waits_takes_over_from_a_holder_that_was_killed(
    harness: MakeDesk, warehouse_url: str
) -> None:
    d = harness()
    numbers = d.register(300)
    reached = threading.Event()

    def stall(items: Items) -> Reply:
        if len(d.service.seen) <= 3:
            return answers(items)
        reached.set()
        return Reply(answers(items).body, delay_s=60)

    d.service.script = stall
    holder = start(d, warehouse_url)
    assert reached.wait(60)
    heir = start(d, warehouse_url)
    assert heir.stdout is not None
    assert "held by" in heir.stdout.readline()
    os.kill(holder.pid, signal.SIGKILL)
    holder.communicate()
    d.service.script = answers
    age_lease(d)
    heir.communicate(timeout=120)
    assert heir.returncode == 0
    assert set(d.service.asked) == set(numbers)
    assert d.due() == set()
    assert min(d.service.gaps_ms) >= 100


def test_two_accounts_are_fetched_side_by_side(harness: MakeDesk) -> None:
    d = harness()
    d.register(30)
    d.register(30, account="hkpost_b", prefix="EA")
    assert isinstance(leases.acquire(d.engine, "hkpost_default", "elsewhere"), leases.Lease)
    assert d.fetch(account="hkpost_b").items_answered == 30


def test_a_dead_holders_account_is_taken_and_its_fence_no_longer_opens_the_ledger(harness: MakeDesk) -> None:
    d = harness()
    d.register(1)
    dead = leases.acquire(d.engine, "hkpost_default", "dead")
    assert isinstance(dead, leases.Lease)
    age_lease(d)
    heir = leases.acquire(d.engine, "hkpost_default", "heir")
    assert isinstance(heir, leases.Lease)
    assert heir.fence > dead.fence
    ledger = Ledger(d.engine, dead, run_id="dead", lang="A", quota_timezone="Asia/Hong_Kong")
    with pytest.raises(leases.LeaseLost):
        ledger.open(["RB000000001HK"])
    with pytest.raises(leases.LeaseLost):
        leases.renew(d.engine, dead, 100)
    assert d.outcomes() == {}


def test_a_run_whose_account_was_taken_stops_and_sends_nothing_more(harness: MakeDesk) -> None:
    d = harness()
    d.register(300)

    def take_over(items: Items) -> Reply:
        if len(d.service.seen) == 2:
            with d.engine.begin() as connection:
                connection.exec_driver_sql(
                    "UPDATE hkpost.account_lease SET fence = fence + 1, holder = 'heir'"
                )
        return answers(items)

    d.service.script = take_over
    summary = d.fetch()
    assert "another run has taken the account" in str(summary.failure)
    assert len(d.service.seen) < 8
    assert d.outcomes()["answered"] == len(d.service.seen), "what had left is waited for and archived"


def test_the_gap_that_a_run_needed_is_remembered_for_the_next(harness: MakeDesk) -> None:
    d = harness()
    lease = leases.acquire(d.engine, "hkpost_default", "slowed")
    assert isinstance(lease, leases.Lease)
    leases.release(d.engine, lease, 800)
    after = leases.acquire(d.engine, "hkpost_default", "next")
    assert isinstance(after, leases.Lease)
    assert after.gap_ms == 800


@pytest.fixture
def killed(harness: MakeDesk, warehouse_url: str) -> Iterator[FetchHarness]:
    """A harness whose run was killed with three requests answered and some in flight."""
    d = harness()
    reached = threading.Event()

    def stall(items: Items) -> Reply:
        if len(d.service.seen) <= 3:
            return answers(items)
        reached.set()
        return Reply(answers(items).body, delay_s=60)

    d.service.script = stall
    d.register(300)
    run = start(d, warehouse_url)
    try:
        assert reached.wait(60)
        await_that(lambda: d.outcomes().get("answered", 0) >= 3, run, lambda: run.communicate()[0])
    finally:
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
    d.service.script = answers
    age_lease(d)
    yield d


def test_after_kill_9_the_next_run_needs_no_help(killed: FetchHarness) -> None:
    before = killed.service.asked.copy()
    archived = {
        number
        for row in killed.rows("SELECT item_nos FROM hkpost.api_call WHERE outcome = 'answered'")
        for number in row.item_nos
    }
    assert killed.fetch().failure is None
    again = killed.service.asked - before
    assert not archived & set(again), "nothing is asked twice that was archived"
    assert killed.due() == set()


def test_what_was_in_flight_when_the_run_died_is_in_the_ledger_as_such(killed: FetchHarness) -> None:
    in_flight = killed.outcomes()["in_flight"]
    assert in_flight >= 1
    killed.fetch()
    outcomes = killed.outcomes()
    assert outcomes["lost"] == in_flight
    assert sum(outcomes.values()) >= len(killed.service.seen)
    [row] = killed.rows("SELECT count(*) AS n FROM hkpost.api_call WHERE outcome <> 'unreachable'")
    assert row.n >= len(killed.service.seen), "every request the service saw counts to the quota"
