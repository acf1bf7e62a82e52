"""One request from beginning to end: quota, ledger, gate, answer, archive."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import httpx

from hkpost.client.settings import AccountSettings
from hkpost.client.transport import HttpAnswer, TransportFault, post
from hkpost.client.wire import Wire, WireRequest
from hkpost.fetch.batches import Batch
from hkpost.fetch.quota import DayQuota
from hkpost.fetch.takeoff import Runway, Slot, Takeoff
from hkpost.fetch.verdict import Action, Verdict, of_http_answer
from hkpost.pacing.gate import Gate, Halted
from hkpost.warehouse.ledger import ArchivedBody, CallResult, Ledger, OpenCall

_NOT_SENT = CallResult("unreachable", error="not sent: the run was stopped")
_LOST = CallResult("lost", error="in flight when its run was stopped")


@dataclass(frozen=True, slots=True)
class Flight:
    """How one attempt ended: what it means, and when its request left (monotonic seconds).

    One that never left counts from when it set out: those that fail to connect together failed once.
    """

    verdict: Verdict
    left_at: float


class Sender:
    """Sends the requests of one run; each has its row in the ledger before it leaves, whatever comes of it.

    Args:
        settings, wire, http, ledger, gate, quota: the account's.
        assure_lease: raises LeaseLost when another run holds the account.
        may_send: asked at the last moment before a request is entered in the ledger.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        settings: AccountSettings,
        wire: Wire,
        http: httpx.AsyncClient,
        ledger: Ledger,
        gate: Gate,
        quota: DayQuota,
        assure_lease: Callable[[], Awaitable[None]],
        may_send: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._wire = wire
        self._http = http
        self._ledger = ledger
        self._gate = gate
        self._quota = quota
        self._assure_lease = assure_lease
        self._may_send = may_send
        self._clock = clock
        self._runway = Runway(gate)

    async def slot(self) -> Slot | None:
        """Wait until a request may set out; None when the run was stopped. Whoever takes a slot ends it."""
        try:
            return await self._runway.take()
        except Halted:
            return None

    async def send(self, batch: Batch, slot: Slot) -> Flight | None:
        """Send a batch once and end its slot; None when it may not be sent any more.

        Raises:
            LeaseLost: another run holds the account.
            SQLAlchemyError: the ledger cannot be written.
        """
        try:
            if not self._may_send() or not self._quota.take():
                return None
            request = self._wire.request(batch)
            call = await asyncio.to_thread(self._ledger.open, batch)
            await self._quota.entered(call.quota_day)
            takeoff = Takeoff(self._gate, self._assure_lease, slot.left, self._clock)
            return await self._exchange(call, request, takeoff)
        finally:
            slot.end()

    async def _exchange(self, call: OpenCall, request: WireRequest, takeoff: Takeoff) -> Flight | None:
        set_out_at = self._clock()
        verdict: Verdict | None = None
        result: CallResult | None = None
        try:
            answer = await post(
                self._http,
                request,
                takeoff,
                timeout_s=self._settings.timeout_s,
                max_body_bytes=self._settings.max_body_bytes,
                proxy=self._settings.proxy,
                clock=self._clock,
            )
            try:
                await takeoff.quiet()
            finally:  # also when the run is being stopped: an answer that came is kept
                verdict, result = _judged(answer, request, len(call.item_nos))
        except TransportFault as fault:
            verdict = Verdict(fault.outcome, Action.RETRY, error=request.blank_text(str(fault)))
            result = CallResult(verdict.outcome, error=verdict.error)
        except Halted:
            return None
        finally:
            if result is None:
                result = _NOT_SENT if takeoff.left_at is None else _LOST
            await asyncio.shield(asyncio.to_thread(self._ledger.close, call, result))
            if result.outcome == "unreachable":
                self._quota.give_back(call.quota_day)
        return Flight(verdict, set_out_at if takeoff.left_at is None else takeoff.left_at)


def _judged(answer: HttpAnswer, request: WireRequest, item_count: int) -> tuple[Verdict, CallResult]:
    """What an answer means, and what is kept of it; without the credential, should the service have echoed it."""
    body, blanked = request.blank(answer.body)
    try:
        verdict = of_http_answer(replace(answer, body=body), item_count)
    except Exception as error:  # whatever is odd about an answer, it is archived and the run goes on
        verdict = Verdict(
            "not_xml", Action.RETRY, error=f"it cannot be read ({type(error).__name__}: {error})"
        )
    if verdict.error:
        verdict = replace(verdict, error=request.blank_text(verdict.error))
    content_type = request.blank_text(answer.content_type)
    return verdict, CallResult(
        verdict.outcome,
        answer.status,
        verdict.api_status,
        answer.latency_ms,
        verdict.error,
        ArchivedBody(body, content_type, blanked) if body else None,
    )
