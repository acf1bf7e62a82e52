"""The ways of the data in one process, by the functions that the operators call."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy import Engine

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.pasted_numbers import pasted_numbers
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import Selection
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake.register import canonicalise, register_rows
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from hkpost.warehouse.items.urgent import mark_urgent, release_urgent, still_urgent
from hkpost.warehouse.watch.alerts import AccountQuota, find_alerts
from hkpost.warehouse.watch.quality import check_quality
from hkpost.warehouse.watch.runs import Run, note_ended, note_started
from tests.crash.boundaries import Boundaries, cut_off, kill, stop, watch
from tests.crash.world import PASTED, REFUSED_ACCOUNT

ACCOUNT = "hkpost_default"
RUN_ID = "a-run"
SHORT_LEASE_S = 2.0
"""It is renewed within a run, and what follows a struck one waits for its end."""
LONG_LEASE_S = 60.0
"""No stall of the machine ends it."""
QUOTAS = [AccountQuota(account, 99_000, "Asia/Hong_Kong") for account in (ACCOUNT, REFUSED_ACCOUNT)]

SCHEDULED = ("register", "fetch", "load", "close", "alert")
"""What hkpost_tracking does for an account."""
TRACK_NOW = ("mark_urgent", "fetch_urgent", "load", "close", "release")
"""What hkpost_track_now does."""
REPLAY = ("replay", "close")
"""What hkpost_replay does."""


@dataclass(frozen=True)
class Job:
    """What a run works on."""

    engine: Engine
    host: str
    shipments: Sequence[tuple[str, str, int]]
    max_in_flight: int
    lease_ttl_s: float


def run_steps(
    warehouse: str,
    host: str,
    shipments: list[tuple[str, str, int]],
    steps: Sequence[str] = SCHEDULED,
    strike: Mapping[str, Any] | None = None,
    max_in_flight: int = 16,
    lease_ttl_s: float = SHORT_LEASE_S,
) -> list[tuple[str, str]]:
    """Do some steps one after another; returns the boundaries that were met.

    `shipments` are rows of the business's table: item number, time of registration, priority. `strike` is where
    to be struck (`at` or `number`, see `Boundaries`) and `by` what: kill, stop or cut.
    """
    chosen = strike or {}
    blows: dict[str, Callable[[], None]] = {"kill": kill, "stop": stop, "cut": partial(cut_off, warehouse)}
    at = tuple(chosen["at"]) if "at" in chosen else None
    boundaries = Boundaries(blows[chosen.get("by", "kill")], at, chosen.get("number"))
    watch(boundaries.reach)
    job = Job(warehouse_engine(warehouse), host, shipments, max_in_flight, lease_ttl_s)
    for step in steps:
        STEPS[step](job)
    job.engine.dispose()
    return boundaries.met


def register(job: Job) -> None:
    note_started(job.engine, Run("hkpost_tracking", RUN_ID, datetime.now(UTC)))
    register_rows(job.engine, ("item_no", "registered_at", "priority"), [job.shipments])
    canonicalise(job.engine)
    reopen(job.engine)


def fetch(job: Job, item_nos: tuple[str, ...] | None = None) -> None:
    extra = {"pace_margin_ms": 1, "max_in_flight": job.max_in_flight}
    settings = account_settings(ACCOUNT, job.host, "integrator", "s3cret-credential", extra)
    fetch_job = FetchJob(settings, RUN_ID, max_run_s=600, lease_ttl_s=job.lease_ttl_s, item_nos=item_nos)
    if failure := fetch_account(job.engine, fetch_job, print).failure:
        raise AssertionError(failure)


def load(job: Job) -> None:
    load_pending(job.engine, report=print)


def close(job: Job) -> None:
    mark_terminal(job.engine)
    refresh_snapshots(job.engine)
    broken = [finding.line() for finding in check_quality(job.engine) if finding.is_broken]
    assert not broken, broken


def alert(job: Job) -> None:
    note_ended(job.engine, Run("hkpost_tracking", RUN_ID, datetime.now(UTC)), ())
    find_alerts(job.engine, QUOTAS)


def mark_pasted_urgent(job: Job) -> None:
    pasted = pasted_numbers(PASTED)
    mark_urgent(job.engine, RUN_ID, ACCOUNT, pasted.item_nos, pasted.refused)


def fetch_urgent(job: Job) -> None:
    fetch(job, tuple(still_urgent(job.engine, RUN_ID)))


def release_pasted(job: Job) -> None:
    release_urgent(job.engine, RUN_ID, pasted_numbers(PASTED).item_nos)


def replay(job: Job) -> None:
    plan, _ = plan_replay(job.engine, Selection(), 1, report=print)
    for bucket in plan:
        replay_bucket(job.engine, bucket, report=print)


STEPS: dict[str, Callable[[Job], None]] = {
    "register": register,
    "fetch": fetch,
    "load": load,
    "close": close,
    "alert": alert,
    "mark_urgent": mark_pasted_urgent,
    "fetch_urgent": fetch_urgent,
    "release": release_pasted,
    "replay": replay,
}
