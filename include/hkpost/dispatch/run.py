"""One run over one account: many requests in flight, each outcome acted upon as the specification asks."""

import asyncio
import contextlib
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from hkpost.dispatch.attempt import Attempt, Sender
from hkpost.dispatch.batches import Batch, Batches
from hkpost.dispatch.bisection import Bisection
from hkpost.dispatch.circuit_breaker import CircuitBreaker
from hkpost.dispatch.classification import Action, Classification
from hkpost.dispatch.lease_renewer import LeaseRenewer
from hkpost.dispatch.progress import Progress
from hkpost.dispatch.quota import DayQuota
from hkpost.dispatch.rate_limiter import RateLimiter, RateLimiterClosed
from hkpost.dispatch.summary import FetchSummary
from hkpost.ecship.status import StatusCode
from hkpost.enums import Outcome
from hkpost.warehouse.requests.lease import LeaseLost

_TRIES = 5
"""Times a batch is sent that fails while nothing says that one of its items is to blame."""
_TRIES_OF_A_PART = 2
_LONGEST_REQUESTED_WAIT_S = 300.0


class AccountRun:
    """Asks about the due items of one account until none is left, time or quota is up, or it must stop.

    Args:
        sender: sends a batch once.
        deprioritise: puts items behind all that are due already.
        in_flight: requests under way at one time.
        max_run_s: seconds after which no further batch is sent.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        sender: Sender,
        deprioritise: Callable[[Batch], None],
        in_flight: int,
        lease_renewer: LeaseRenewer,
        limiter: RateLimiter,
        breaker: CircuitBreaker,
        quota: DayQuota,
        batches: Batches,
        summary: FetchSummary,
        max_run_s: float,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sender = sender
        self._deprioritise = deprioritise
        self._in_flight = in_flight
        self._lease_renewer = lease_renewer
        self._limiter = limiter
        self._breaker = breaker
        self._quota = quota
        self._batches = batches
        self._bisection = Bisection()
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
        limiter.one_at_a_time = quota.was_exhausted

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
            self._summary.quota_left = self._quota.left
            self._progress.update()
        return self._summary

    def _fail_if_nothing_worked(self) -> None:
        """A run without one answer, whose requests failed, has failed, however few they were."""
        if self._last_failure and not self._summary.items_answered and not self._summary.is_day_over:
            self._stop(failure=f"nothing was answered; the last request: {self._last_failure}")

    async def _keep_lease(self) -> None:
        while True:
            await asyncio.sleep(self._lease_renewer.renewed_every_s)
            try:
                await self._lease_renewer.renew()
            except LeaseLost as lost:
                self._stop(failure=str(lost))
                return
            except SQLAlchemyError as error:
                self._say(f"WARNING the lease could not be renewed ({type(error).__name__}); trying again")

    async def _work(self) -> None:
        """Ask about one batch after another; each is taken as late as can be, so that urgent items come soon."""
        try:
            while not self._stopping:
                self._changed.clear()
                async with self._limiter.permit() as permit:
                    batch = await self._next_batch()
                    if batch is not None:
                        self._busy += 1
                        try:
                            attempt = await self._sender.send(batch, permit) if self._may_send() else None
                            await self._follow(batch, attempt)
                        finally:
                            self._busy -= 1
                            self._changed.set()
                if batch is None:
                    if not self._busy:
                        return
                    await self._changed.wait()  # a batch that is under way may come back
        except RateLimiterClosed:
            return
        except LeaseLost as lost:
            self._stop(failure=str(lost))

    async def _next_batch(self) -> Batch | None:
        """The next batch; None when none is ready and nothing more is due."""
        async with self._claiming:
            if self._is_over():
                return None
            batch = self._batches.take()
            if batch is None and await asyncio.to_thread(self._batches.refill):
                batch = self._batches.take()
            return batch

    def _is_over(self) -> bool:
        if self._clock() >= self._ends_at:
            self._stop(ended="max_run_minutes is over", drain=True)
        return self._stopping

    def _may_send(self) -> bool:
        if not self._is_over() and self._quota.left <= 0:
            self._stop(ended="the day's quota is used up by our count", drain=True)
        return not self._stopping

    async def _follow(self, batch: Batch, attempt: Attempt | None) -> None:
        """Do what an attempt's outcome asks for: let go of the batch, halve it, send it again, or leave it due."""
        if attempt is None:
            self._batches.leave(batch)
            return
        self._batches.sent[batch] += 1
        self._batches.failed[batch] += attempt.classification.action is Action.RETRY
        self._summary.requests[attempt.classification.outcome] += 1
        self._summary.quota_left = self._quota.left
        is_over = self._apply(batch, attempt)
        self._progress.tick()
        if is_over:
            return
        if not self._stopping and self._batches.failed[batch] >= self._most_tries(batch):
            await self._give_up(batch, attempt.classification)
        else:
            self._batches.put_back(batch)

    def _most_tries(self, batch: Batch) -> int:
        return _TRIES_OF_A_PART if self._bisection.is_part(batch) else _TRIES

    async def _give_up(self, batch: Batch, last: Classification) -> None:
        """The service goes on and fails on this batch: one of its items may be to blame."""
        why = f"{last.outcome} ({last.error})"
        if len(batch) > 1:
            self._bisect(batch, why, later=True)
            return
        await asyncio.to_thread(self._deprioritise, batch)
        alone = "the service fails on it alone, " if self._summary.items_answered else ""
        self._leave_culprit(batch, f"{alone}{why}")

    def _apply(self, batch: Batch, attempt: Attempt) -> bool:
        """Do what the outcome asks for; True when the batch needs no further attempt as it is."""
        said = attempt.classification
        match said.action:
            case Action.DONE:
                self._note_success(answered=True)
                answered = said.items_answered or 0
                self._summary.items_answered += answered
                self._summary.items_missing += len(batch) - answered
                self._finish_part(batch)
                self._batches.answered(batch)
                return True
            case Action.SPLIT:
                self._note_success()
                self._bisect(batch, said.error or said.outcome)
                self._note_rejection(said)
                return True
            case Action.SHRINK:
                self._note_success()
                self._batches.shrink(batch)
                return True
            case Action.LEAVE_DUE:
                if said.outcome == Outcome.INVALID_INPUT:
                    self._note_success()
                    self._note_rejection(said)
                else:
                    self._note_failure(attempt)
                self._leave_culprit(batch, said.error or said.outcome)
                return True
            case Action.END_DAY:
                self._summary.is_day_over = True
                self._stop(ended="the service says that the day's quota is used up (9994)")
            case Action.RETRY | Action.SLOW_DOWN:
                self._note_failure(attempt)
            case Action.FAIL:
                self._stop(failure=said.error or said.outcome)
        return False

    def _bisect(self, batch: Batch, why: str, *, later: bool = False) -> None:
        self._bisection.halved(batch, why, self._batches.sent[batch])
        self._batches.split(batch, later=later)

    def _leave_culprit(self, batch: Batch, why: str) -> None:
        self._say(f"{', '.join(batch)} left due: {why}")
        self._finish_part(batch, culprit=True)
        self._batches.leave(batch)

    def _finish_part(self, batch: Batch, *, culprit: bool = False) -> None:
        if found := self._bisection.finished(batch, self._batches.sent[batch], culprit=culprit):
            self._say(found)

    def _note_success(self, *, answered: bool = False) -> None:
        self._breaker.record_success(answered=answered)
        self._limiter.one_at_a_time = False
        self._limiter.speed_up()

    def _note_failure(self, attempt: Attempt) -> None:
        said, now = attempt.classification, self._clock()
        if said.action is not Action.LEAVE_DUE:
            self._last_failure = f"{said.outcome} ({said.error})"
        requested_s = said.wait_s or 0.0
        if requested_s > min(_LONGEST_REQUESTED_WAIT_S, self._ends_at - now):
            self._stop(failure=f"{said.error}; the service asks to come back in {requested_s:,.0f} s")
            return
        wait_s = self._breaker.record_failure(attempt.sent_at, now, at_least_s=requested_s)
        self._limiter.one_at_a_time = True
        if wait_s is None:
            return
        in_a_row = self._breaker.failures_in_a_row
        if self._breaker.is_open:
            self._stop(
                failure=f"{in_a_row} requests in a row failed, the last: {said.outcome} ({said.error})"
            )
            return
        self._limiter.pause(wait_s)
        slower = ""
        if said.action is Action.SLOW_DOWN:
            self._limiter.slow_down()
            slower = f", from now on {self._limiter.gap_s * 1000:.0f} ms apart"
        self._say(f"{said.outcome} ({said.error}); {in_a_row} in a row, waiting {wait_s:.1f} s{slower}")

    def _note_rejection(self, said: Classification) -> None:
        """9998 again and again, with no answer in between: not the items but our requests must be wrong."""
        if said.api_status == StatusCode.INVALID_INPUT and self._breaker.record_rejection():
            self._stop(failure=f"nothing but {said.error}: our request is wrong")

    def _stop(self, *, ended: str = "", failure: str | None = None, drain: bool = False) -> None:
        """Send nothing more; `drain` lets what is in the ledger already still leave."""
        self._stopping = True
        self._changed.set()
        if not drain:
            self._limiter.close()
        if self._summary.failure is None:
            self._summary.failure = failure
            self._summary.ended = ended or self._summary.ended

    def _say(self, words: str) -> None:
        self._tell(f"{self._summary.account}: {words}")
