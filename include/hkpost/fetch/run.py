"""One run over one account: many requests in flight, each outcome acted upon as the specification asks."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import httpx

from hkpost.client.settings import AccountSettings
from hkpost.client.transport import TransportFault, post
from hkpost.client.wire import Wire, WireRequest
from hkpost.contract.status import StatusCode
from hkpost.fetch.batches import Batch, Batches
from hkpost.fetch.health import Health
from hkpost.fetch.quota import DayQuota
from hkpost.fetch.summary import FetchSummary, Progress
from hkpost.fetch.takeoff import LeaseWatch, Takeoff
from hkpost.fetch.verdict import Action, Verdict, of_http_answer
from hkpost.pacing.gate import Gate, Halted
from hkpost.pacing.streak import Streak
from hkpost.warehouse.lease import LEASE_TTL_S, LeaseLost
from hkpost.warehouse.ledger import ArchivedBody, CallResult, Ledger, OpenCall

_RUNWAY = 3
"""Requests that may be in the ledger and on their way to the gate at one time."""
_TRIES = 5
"""Times a batch is sent before it is left due."""


@dataclass(slots=True)
class Flight:
    """How one attempt ended: the verdict, and when the request left (None: it never did)."""

    verdict: Verdict
    left_at: float | None


class FetchRun:
    """Asks about the due items of one account until none is left, time or quota is up, or it must stop."""

    def __init__(
        self,
        *,
        settings: AccountSettings,
        wire: Wire,
        http: httpx.AsyncClient,
        ledger: Ledger,
        lease: LeaseWatch,
        gate: Gate,
        streak: Streak,
        quota: DayQuota,
        batches: Batches,
        summary: FetchSummary,
        max_run_s: float,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._wire = wire
        self._http = http
        self._ledger = ledger
        self._lease = lease
        self._gate = gate
        self._health = Health(gate, streak)
        self._quota = quota
        self._batches = batches
        self._summary = summary
        self._say = say
        self._clock = clock
        self._progress = Progress(summary, say, clock)
        self._ends_at = clock() + max_run_s
        self._runway = asyncio.Semaphore(_RUNWAY)
        self._claiming = asyncio.Lock()
        self._changed = asyncio.Event()
        self._busy = 0
        self._stopping = False
        gate.probing = quota.was_exhausted

    async def run(self) -> FetchSummary:
        """Run to the end; the summary says how it ended and whether the run must be called failed.

        Raises:
            SQLAlchemyError: the warehouse cannot be written; what was archived so far is safe.
        """
        heartbeat = asyncio.create_task(self._keep_lease())
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(self._settings.max_in_flight):
                    workers.create_task(self._work())
        except* LeaseLost as lost:
            self._stop(failure=str(lost.exceptions[0]))
        finally:
            heartbeat.cancel()
            with contextlib.suppress(asyncio.CancelledError, LeaseLost):
                await heartbeat
            self._batches.leave_rest()
            self._summary.items_left_due = len(self._batches.left_due)
            self._summary.quota_left = self._quota.left
            self._progress.finish()
        return self._summary

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(LEASE_TTL_S / 4)
            try:
                await self._lease.renew()
            except LeaseLost as lost:
                self._stop(failure=str(lost))
                raise

    async def _work(self) -> None:
        while (batch := await self._next_batch()) is not None:
            self._busy += 1
            try:
                await self._ask(batch)
            finally:
                self._busy -= 1
                self._changed.set()

    async def _next_batch(self) -> Batch | None:
        while not self._stopping:
            self._changed.clear()
            async with self._claiming:
                if self._clock() >= self._ends_at:
                    self._stop(ended="max_run_minutes is over", drain=True)
                    return None
                batch = self._batches.take()
                if batch is None and await asyncio.to_thread(self._batches.refill):
                    batch = self._batches.take()
            if batch is not None:
                return batch
            if not self._busy:
                return None
            await self._changed.wait()
        return None

    async def _ask(self, batch: Batch) -> None:
        """Send a batch until it is settled: answered, split, or left due."""
        failures = 0
        while not self._stopping:
            flight = await self._attempt(batch)
            if flight is None:
                break
            self._progress.tick()
            if self._settle(batch, flight):
                return
            failures += flight.verdict.action is Action.RETRY
            if failures >= _TRIES:
                break
        self._batches.leave(batch)

    async def _attempt(self, batch: Batch) -> Flight | None:
        """Send a batch once; None when it may not be sent any more."""
        await self._runway.acquire()
        on_runway = True

        def off_runway() -> None:
            nonlocal on_runway
            if on_runway:
                on_runway = False
                self._runway.release()

        try:
            if self._stopping:
                return None
            if not self._quota.take():
                self._stop(ended="the day's quota is used up by our count", drain=True)
                return None
            call = await asyncio.to_thread(self._ledger.open, batch)
            await self._quota.day_is(call.quota_day)
            takeoff = Takeoff(self._gate, self._lease.assure, off_runway, self._clock)
            return await self._exchange(call, takeoff)
        finally:
            off_runway()

    async def _exchange(self, call: OpenCall, takeoff: Takeoff) -> Flight | None:
        request = self._wire.request(call.item_nos)
        result = CallResult("unreachable", error="not sent: the run was stopped")
        verdict: Verdict | None = None
        try:
            answer = await post(
                self._http,
                request,
                takeoff,
                timeout_s=self._settings.timeout_s,
                max_body_bytes=int(self._settings.max_body_mb * 1_000_000),
                clock=self._clock,
            )
            body, blanked = request.blank(answer.body)
            verdict = _blanked(of_http_answer(replace(answer, body=body), len(call.item_nos)), request)
            result = CallResult(
                verdict.outcome,
                answer.status,
                verdict.api_status,
                answer.latency_ms,
                verdict.error,
                ArchivedBody(body, answer.content_type, blanked) if body else None,
            )
        except TransportFault as fault:
            verdict = Verdict(fault.outcome, Action.RETRY, error=request.blank_text(str(fault)))
            result = CallResult(verdict.outcome, error=verdict.error)
        except Halted:
            return None
        finally:
            await asyncio.shield(asyncio.to_thread(self._ledger.close, call, result))
            self._summary.requests[result.outcome] += 1
            if result.outcome == "unreachable":
                self._quota.give_back()
            self._summary.quota_left = self._quota.left
        return Flight(verdict, takeoff.left_at)

    def _settle(self, batch: Batch, flight: Flight) -> bool:
        """Do what the verdict asks for; True when the batch needs no further attempt as it is."""
        verdict = flight.verdict
        match verdict.action:
            case Action.DONE:
                self._health.works(answered=True)
                self._batches.answered(batch)
                self._summary.items_answered += len(batch)
                return True
            case Action.SPLIT:
                self._health.works()
                self._batches.split(batch)
                self._note_refusal(verdict)
                return True
            case Action.SHRINK if len(batch) > 1:
                self._health.works()
                self._batches.shrink(batch)
                return True
            case Action.LEAVE_DUE:
                if verdict.outcome == "invalid_input":
                    self._health.works()
                    self._note_refusal(verdict)
                else:
                    self._note_failure(flight)
                self._say(f"{self._summary.account}: {', '.join(batch)} left due: {verdict.error}")
                self._batches.leave(batch)
                return True
            case Action.END_DAY:
                self._stop(ended="the service says that the day's quota is used up (9994)")
                return False
            case Action.RETRY | Action.SLOW_DOWN:
                self._note_failure(flight)
                return False
            case _:
                self._stop(failure=verdict.error or verdict.outcome)
                return False

    def _note_failure(self, flight: Flight) -> None:
        verdict, now = flight.verdict, self._clock()
        left_at = now if flight.left_at is None else flight.left_at
        wait_s = self._health.fails(left_at, now, too_fast=verdict.action is Action.SLOW_DOWN)
        if wait_s is None:
            return
        in_a_row = self._health.failures_in_a_row
        self._say(
            f"{self._summary.account}: {verdict.outcome} ({verdict.error}); {in_a_row} in a row, waiting {wait_s:.1f} s"
        )
        if self._health.is_broken:
            self._stop(
                failure=f"{in_a_row} requests in a row failed, the last: {verdict.outcome} ({verdict.error})"
            )

    def _note_refusal(self, verdict: Verdict) -> None:
        """9998 again and again, with no answer in between: not the items but our requests must be wrong."""
        if verdict.api_status == StatusCode.INVALID_INPUT and self._health.refuses():
            self._stop(failure=f"nothing but {verdict.error}: our request is wrong")

    def _stop(self, *, ended: str = "", failure: str | None = None, drain: bool = False) -> None:
        """Send nothing more; `drain` lets what is on its way to the gate still leave."""
        self._stopping = True
        self._changed.set()
        if not drain:
            self._gate.halt()
        if self._summary.failure is None:
            self._summary.failure = failure
            self._summary.ended = ended or self._summary.ended


def _blanked(verdict: Verdict, request: WireRequest) -> Verdict:
    """The verdict without the credential, should the service have echoed it in a message."""
    return replace(verdict, error=request.blank_text(verdict.error)) if verdict.error else verdict
