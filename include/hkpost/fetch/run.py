"""One run over one account: many requests in flight, each outcome acted upon as the specification asks."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from hkpost.contract.status import StatusCode
from hkpost.fetch.batches import Batch, Batches
from hkpost.fetch.health import Health
from hkpost.fetch.progress import Progress
from hkpost.fetch.quota import DayQuota
from hkpost.fetch.search import Searches
from hkpost.fetch.sender import Flight, Sender
from hkpost.fetch.summary import FetchSummary
from hkpost.fetch.takeoff import LeaseWatch, Slot
from hkpost.fetch.verdict import Action, Verdict
from hkpost.pacing.gate import Gate
from hkpost.pacing.streak import Streak
from hkpost.warehouse.lease import LeaseLost

_TRIES = 5
"""Times a batch is sent that fails while nothing says that one of its items is to blame."""
_TRIES_OF_A_PART = 2
_LONGEST_REQUESTED_WAIT_S = 300.0


class FetchRun:
    """Asks about the due items of one account until none is left, time or quota is up, or it must stop.

    Args:
        sender: makes what sends a batch once, given what says whether it still may.
        ask_last: puts items behind all that are due already.
        in_flight: requests under way at one time.
        max_run_s: seconds after which no further batch is sent.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        sender: Callable[[Callable[[], bool]], Sender],
        ask_last: Callable[[Batch], None],
        in_flight: int,
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
        self._sender = sender(self._may_send)
        self._ask_last = ask_last
        self._in_flight = in_flight
        self._lease = lease
        self._gate = gate
        self._health = Health(gate, streak)
        self._quota = quota
        self._batches = batches
        self._searches = Searches()
        self._summary = summary
        self._tell = say
        self._clock = clock
        self._progress = Progress(summary, self._say, max_run_s, clock)
        self._ends_at = clock() + max_run_s
        self._claiming = asyncio.Lock()
        self._changed = asyncio.Event()
        self._busy = 0
        self._stopping = False
        self._last_failure = ""
        gate.probing = quota.was_exhausted

    async def run(self) -> FetchSummary:
        """Run to the end; the summary says how it ended and whether the run must be called failed.

        Raises:
            SQLAlchemyError: the warehouse cannot be written; what was archived so far is safe.
        """
        heartbeat = asyncio.create_task(self._keep_lease())
        try:
            async with asyncio.TaskGroup() as workers:
                for _ in range(self._in_flight):
                    workers.create_task(self._work())
        except ExceptionGroup as group:
            raise group.exceptions[0] from group
        else:
            self._fail_if_nothing_worked()
        finally:
            heartbeat.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await heartbeat
            self._batches.leave_rest()
            self._summary.items_left_due = len(self._batches.left_due)
            self._summary.quota_left = self._quota.left
            self._progress.finish()
        return self._summary

    def _fail_if_nothing_worked(self) -> None:
        """A run without one answer, whose requests failed, has failed, however few they were."""
        if self._last_failure and not self._summary.items_answered and not self._summary.is_day_over:
            self._stop(failure=f"nothing was answered; the last request: {self._last_failure}")

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(self._lease.renewed_every_s)
            try:
                await self._lease.renew()
            except LeaseLost as lost:
                self._stop(failure=str(lost))
                return
            except SQLAlchemyError as error:
                self._say(f"WARNING the lease could not be renewed ({type(error).__name__}); trying again")

    async def _work(self) -> None:
        """Ask about one batch after another; each is taken as late as can be, so that urgent items come soon."""
        try:
            while (slot := await self._sender.slot()) is not None:
                self._changed.clear()
                batch = await self._next_batch(slot)
                if batch is not None:
                    await self._ask(batch, slot)
                elif self._busy and not self._stopping:
                    await self._changed.wait()  # a batch that is under way may come back in halves
                else:
                    return
        except LeaseLost as lost:
            self._stop(failure=str(lost))

    async def _next_batch(self, slot: Slot) -> Batch | None:
        """The next batch, or None, with the slot ended, when none is ready and nothing more is due."""
        batch = None
        try:
            async with self._claiming:
                if not self._is_over():
                    batch = self._batches.take()
                    if batch is None and await asyncio.to_thread(self._batches.refill):
                        batch = self._batches.take()
        finally:
            if batch is None:
                slot.end()
        return batch

    def _is_over(self) -> bool:
        if self._clock() >= self._ends_at:
            self._stop(ended="max_run_minutes is over", drain=True)
        return self._stopping

    def _may_send(self) -> bool:
        if not self._is_over() and self._quota.left <= 0:
            self._stop(ended="the day's quota is used up by our count", drain=True)
        return not self._stopping

    async def _ask(self, batch: Batch, slot: Slot) -> None:
        self._busy += 1
        try:
            await self._settled(batch, slot)
        finally:
            self._busy -= 1
            self._changed.set()

    async def _settled(self, batch: Batch, slot: Slot | None) -> None:
        """Send a batch until it is settled: answered, halved, or left due."""
        tries, failures = 0, 0
        while slot is not None and (flight := await self._sender.send(batch, slot)) is not None:
            tries += 1
            verdict = flight.verdict
            self._summary.requests[verdict.outcome] += 1
            self._summary.quota_left = self._quota.left
            if self._settle(batch, flight, tries):
                self._progress.tick()
                return
            self._progress.tick()
            failures += verdict.action is Action.RETRY
            if not self._stopping and failures >= self._tries(batch):
                await self._give_up(batch, verdict, tries)
                return
            slot = await self._sender.slot()
        self._batches.leave(batch)

    def _tries(self, batch: Batch) -> int:
        return _TRIES_OF_A_PART if self._searches.is_part(batch) else _TRIES

    async def _give_up(self, batch: Batch, verdict: Verdict, tries: int) -> None:
        """The service goes on and fails on this batch: one of its items may be to blame."""
        why = f"{verdict.outcome} ({verdict.error})"
        if len(batch) > 1:
            self._searches.halved(batch, why, tries)
            self._batches.split(batch, later=True)
            return
        self._batches.leave(batch)
        await asyncio.to_thread(self._ask_last, batch)
        alone = "the service fails on it alone, " if self._summary.items_answered else ""
        self._say(f"{batch[0]} left due: {alone}{why}")
        self._note_settled(batch, tries, culprit=True)

    def _settle(self, batch: Batch, flight: Flight, tries: int) -> bool:
        """Do what the verdict asks for; True when the batch needs no further attempt as it is."""
        verdict = flight.verdict
        match verdict.action:
            case Action.DONE:
                self._health.works(answered=True)
                self._batches.answered(batch)
                self._summary.items_answered += len(batch)
                self._note_settled(batch, tries)
                return True
            case Action.SPLIT:
                self._health.works()
                self._searches.halved(batch, verdict.error or verdict.outcome, tries)
                self._batches.split(batch)
                self._note_refusal(verdict)
                return True
            case Action.SHRINK:
                self._health.works()
                self._batches.shrink(batch)
                return True
            case Action.LEAVE_DUE:
                if verdict.outcome == "invalid_input":
                    self._health.works()
                    self._note_refusal(verdict)
                else:
                    self._note_failure(flight)
                self._say(f"{', '.join(batch)} left due: {verdict.error}")
                self._batches.leave(batch)
                self._note_settled(batch, tries, culprit=True)
                return True
            case Action.END_DAY:
                self._summary.is_day_over = True
                self._stop(ended="the service says that the day's quota is used up (9994)")
            case Action.RETRY | Action.SLOW_DOWN:
                self._note_failure(flight)
            case Action.FAIL:
                self._stop(failure=verdict.error or verdict.outcome)
        return False

    def _note_settled(self, batch: Batch, tries: int, *, culprit: bool = False) -> None:
        if found := self._searches.settled(batch, tries, culprit=culprit):
            self._say(found)

    def _note_failure(self, flight: Flight) -> None:
        verdict, now = flight.verdict, self._clock()
        if verdict.action is not Action.LEAVE_DUE:
            self._last_failure = f"{verdict.outcome} ({verdict.error})"
        requested_s = verdict.wait_s or 0.0
        if requested_s > min(_LONGEST_REQUESTED_WAIT_S, self._ends_at - now):
            self._stop(failure=f"{verdict.error}; the service asks to come back in {requested_s:,.0f} s")
            return
        too_fast = verdict.action is Action.SLOW_DOWN
        wait_s = self._health.fails(flight.left_at, now, too_fast=too_fast, at_least_s=requested_s)
        if wait_s is None:
            return
        in_a_row = self._health.failures_in_a_row
        if self._health.is_broken:
            self._stop(
                failure=f"{in_a_row} requests in a row failed, the last: {verdict.outcome} ({verdict.error})"
            )
            return
        slower = f", from now on {self._gate.gap_s * 1000:.0f} ms apart" if too_fast else ""
        self._say(f"{verdict.outcome} ({verdict.error}); {in_a_row} in a row, waiting {wait_s:.1f} s{slower}")

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

    def _say(self, words: str) -> None:
        self._tell(f"{self._summary.account}: {words}")
