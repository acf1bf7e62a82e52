"""Fetches one account from beginning to end: WSDL, quota, lease, run, lease given back."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
from sqlalchemy import Engine

from hkpost.dispatch.attempt import Sender
from hkpost.dispatch.batches import Batches
from hkpost.dispatch.circuit_breaker import CircuitBreaker
from hkpost.dispatch.frozen_gc import frozen_gc
from hkpost.dispatch.lease_renewer import LeaseRenewer
from hkpost.dispatch.progress import PROGRESS_EVERY_S
from hkpost.dispatch.quota import DayQuota
from hkpost.dispatch.rate_limiter import RateLimiter
from hkpost.dispatch.run import AccountRun
from hkpost.dispatch.summary import FetchSummary
from hkpost.ecship.address import address
from hkpost.ecship.http import async_client
from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.wire import Wire
from hkpost.ecship.wires import open_wire
from hkpost.warehouse.items.queue import claim_items, deprioritise, due_items
from hkpost.warehouse.requests import lease as leases
from hkpost.warehouse.requests.ledger import Ledger, quota_use

_ASK_AGAIN_S = 2.0
_LOG = logging.getLogger(__name__)


class AccountHeld(RuntimeError):
    """Another run may send for the account now."""


class Interruption:
    """Ends a fetch from outside, also from a signal's handler: what is in flight is noted, the lease is given back."""

    def __init__(self) -> None:
        self._run: asyncio.Task[None] | None = None

    def stop(self) -> None:
        """Let the fetch that runs now end at once, with `asyncio.CancelledError`; without one nothing happens."""
        if self._run is not None and not self._run.done():
            self._run.get_loop().call_soon_threadsafe(self._run.cancel)

    async def of(self, run: AccountRun, http: httpx.AsyncClient) -> None:
        """Run it so that `stop` ends it."""
        self._run = asyncio.current_task()
        async with http:
            await run.run()


@dataclass(frozen=True, slots=True)
class FetchJob:
    """What to fetch: the account, for which run, how long at most, and how long to wait for its lease.

    After a failure the run waits `first_wait_s`, and longer each time; `breaker_limit` failures in a row end it.
    `item_nos`, where given, are the only items that are asked about, those of them that are due.
    `may_use_reserve` opens the quota's reserve to this run, which scheduled runs leave alone.
    """

    settings: AccountSettings
    run_id: str
    max_run_s: float
    lease_wait_s: float = 60.0
    breaker_limit: int = 10
    first_wait_s: float = 0.5
    item_nos: tuple[str, ...] | None = None
    may_use_reserve: bool = False
    lease_ttl_s: float = leases.LEASE_TTL_S

    @property
    def quota(self) -> int:
        """Requests a day that this run may use, those of other runs included."""
        return self.settings.daily_quota if self.may_use_reserve else self.settings.scheduled_quota


def fetch_account(
    engine: Engine, job: FetchJob, say: Callable[[str], None], interruption: Interruption | None = None
) -> FetchSummary:
    """Ask about the due items of one account and archive the answers.

    A run that is limited to some items and finds the account held waits no longer than until none of them
    is due: the holder takes what is registered meanwhile with its next claim, the highest priority first.

    Returns:
        The summary; its `failure` says why the run must be called failed, or is None.

    Raises:
        SettingsError: the connection or its WSDL cannot be used; nothing was sent.
        AccountHeld: another run held the account for all of `lease_wait_s`.
        SQLAlchemyError: the warehouse cannot be read or written.
        asyncio.CancelledError: `interruption` ended it.
    """
    settings = job.settings
    if not settings.verify_tls:
        _LOG.warning("%s: verify_tls is false: the service's certificate is not checked", settings.account)
    wire, http = open_wire(settings), async_client(settings)
    summary = FetchSummary(settings.account, due=_due(engine, job))
    lease = _wait_for_lease(engine, job, say)
    if lease is None:
        summary.ended = "another run holds the account, and none of these items is due any more"
        say(summary.line())
        return summary
    _ask(engine, job, wire, http, lease, summary, say, interruption or Interruption())
    summary.items_left_due = _due(engine, job)
    say(summary.line())
    for row in summary.table():
        say(row)
    if forecast := summary.forecast():
        say(forecast)
    return summary


def _due(engine: Engine, job: FetchJob) -> int:
    return due_items(engine, only=job.item_nos).get(job.settings.account, 0)


def _ask(
    engine: Engine,
    job: FetchJob,
    wire: Wire,
    http: httpx.AsyncClient,
    lease: leases.Lease,
    summary: FetchSummary,
    say: Callable[[str], None],
    interruption: Interruption,
) -> None:
    """Ask about the due items under a lease, and give the lease back; the summary counts on the way."""
    settings = job.settings
    lease_renewer = LeaseRenewer(lambda: leases.renew(engine, lease, limiter.gap_s * 1000), lease.ttl_s)
    limiter = RateLimiter(
        (settings.min_interval_ms + settings.pace_margin_ms) / 1000,
        (lease.gap_ms or 0) / 1000,
        before_send=lease_renewer.ensure,
    )
    try:
        quota = DayQuota(job.quota, lambda: quota_use(engine, settings.account, settings.quota_timezone))
        summary.due = _due(engine, job)
        summary.quota_left = quota.left
        say(f"{summary.opening()}; {address(wire.url)}")
        ledger = Ledger(
            engine, lease, run_id=job.run_id, lang=settings.lang, quota_timezone=settings.quota_timezone
        )
        run = AccountRun(
            sender=Sender(
                settings=settings, wire=wire, http=http, ledger=ledger, quota=quota, limiter=limiter
            ),
            deprioritise=lambda items: deprioritise(engine, items),
            in_flight=settings.max_in_flight,
            lease_renewer=lease_renewer,
            limiter=limiter,
            breaker=CircuitBreaker(job.breaker_limit, job.first_wait_s),
            quota=quota,
            batches=Batches(
                lambda at_most, known: claim_items(
                    engine, settings.account, at_most, except_items=known, only=job.item_nos
                ),
                wire.max_items,
            ),
            summary=summary,
            max_run_s=job.max_run_s,
            say=say,
        )
        with frozen_gc():
            asyncio.run(interruption.of(run, http))
    finally:
        summary.gap_ms = limiter.gap_s * 1000
        leases.release(engine, lease, summary.gap_ms)


def _wait_for_lease(engine: Engine, job: FetchJob, say: Callable[[str], None]) -> leases.Lease | None:
    """The lease; None when the run's own items were asked about while it waited."""
    account = job.settings.account
    gives_up_at = time.monotonic() + job.lease_wait_s
    tell_at = float("-inf")
    while True:
        taken = leases.acquire(engine, account, job.run_id, job.lease_ttl_s)
        if isinstance(taken, leases.Lease):
            return taken
        waiting = _due(engine, job) if job.item_nos is not None else None
        if waiting == 0:
            return None
        who = f"{taken.name} (run {taken.run_id}, since {taken.since:%H:%M:%S %Z})"
        now = time.monotonic()
        if now >= gives_up_at:
            raise AccountHeld(
                f"another run holds the account {account}: {who}; it is asking about the due items now, "
                "so there is nothing to do but wait for it"
            )
        if now >= tell_at:
            whose = "" if waiting is None else f"its next batches take our {waiting:,} items; "
            say(f"{account}: held by {who}; {whose}waiting up to {gives_up_at - now:.0f} s")
            tell_at = now + PROGRESS_EVERY_S
        time.sleep(_ASK_AGAIN_S)
