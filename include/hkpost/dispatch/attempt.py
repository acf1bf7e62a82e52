"""One attempt to ask about a batch: quota, ledger, departure, answer, archive."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import httpx

from hkpost.dispatch.batches import Batch
from hkpost.dispatch.classification import Action, Classification, Read, of_http_answer, of_unkept
from hkpost.dispatch.quota import DayQuota
from hkpost.dispatch.rate_limiter import RateLimiter, RateLimiterClosed, SendPermit
from hkpost.ecship.exchange import HttpAnswer, TransportFault, post
from hkpost.ecship.reader import AnswerReader
from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.wire import Wire, WireRequest
from hkpost.enums import Outcome
from hkpost.warehouse.requests.ledger import NEVER_ARRIVED, ArchivedBody, CallResult, Ledger, OpenCall

_NOT_SENT = CallResult(Outcome.NOT_SENT, error="the run was stopped before it left")
_LOST = CallResult(Outcome.LOST, error="in flight when its run was stopped")


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt ended: what its answer means, and when its request was sent (monotonic seconds).

    One that was never sent counts from when it set out: those that fail to connect together failed once.
    """

    classification: Classification
    sent_at: float


class Sender:
    """Sends the requests of one run; each has its row in the ledger before it leaves, whatever comes of it.

    Args:
        settings, wire, http, ledger, quota, limiter: the account's.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        *,
        settings: AccountSettings,
        wire: Wire,
        http: httpx.AsyncClient,
        ledger: Ledger,
        quota: DayQuota,
        limiter: RateLimiter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._wire = wire
        self._read = AnswerReader(wire.answer).read
        self._http = http
        self._ledger = ledger
        self._quota = quota
        self._limiter = limiter
        self._clock = clock

    async def send(self, batch: Batch, permit: SendPermit) -> Attempt | None:
        """Send a batch once; None when no quota is left, or the run was stopped before it left.

        Raises:
            LeaseLost: another run holds the account.
            SQLAlchemyError: the ledger cannot be written.
        """
        if not self._quota.take():
            return None
        request = self._wire.request(batch)
        call = await asyncio.to_thread(self._ledger.open, batch)
        await self._quota.entered(call.quota_day)
        return await self._exchange(call, request, permit)

    async def _exchange(self, call: OpenCall, request: WireRequest, permit: SendPermit) -> Attempt | None:
        set_out_at = self._clock()
        classification: Classification | None = None
        result: CallResult | None = None
        try:
            answer = await post(
                self._http,
                request,
                permit,
                timeout_s=self._settings.timeout_s,
                max_body_bytes=self._settings.max_body_bytes,
                proxy=self._settings.proxy,
                clock=self._clock,
            )
            try:
                await self._limiter.yield_to_sender()
            finally:  # also when the run is being stopped: an answer that came is kept
                classification, result = classified(answer, request, call.item_nos, self._read)
        except TransportFault as fault:
            error = request.redact_text(str(fault))
            classification = Classification(fault.outcome, Action.RETRY, error=error)
            result = CallResult(fault.outcome, error=error)
        except RateLimiterClosed:
            return None
        finally:
            if result is None:
                result = _NOT_SENT if permit.sent_at is None else _LOST
            await asyncio.shield(asyncio.to_thread(self._ledger.close, call, result))
            if result.outcome in NEVER_ARRIVED:
                self._quota.give_back(call.quota_day)
        return Attempt(classification, set_out_at if permit.sent_at is None else permit.sent_at)


def classified(
    answer: HttpAnswer, request: WireRequest, asked: Sequence[str], read: Read
) -> tuple[Classification, CallResult]:
    """What an answer means, and what is kept of it; without the credential, should the service have echoed it."""
    body = request.redact(answer.body)
    try:
        classification = of_http_answer(answer if body is None else replace(answer, body=body), asked, read)
    except Exception as error:  # whatever is odd about an answer, it is archived and the run goes on
        classification = Classification(
            Outcome.NOT_XML, Action.RETRY, error=f"it cannot be read ({type(error).__name__}: {error})"
        )
    if body is None:
        classification = of_unkept(classification)
    elif classification.error:
        classification = replace(classification, error=request.redact_text(classification.error))
    content_type = "" if body is None else request.redact_text(answer.content_type)
    archived = ArchivedBody(body or b"", content_type, body != answer.body)
    return classification, CallResult(
        classification.outcome,
        answer.status,
        classification.api_status,
        answer.latency_ms,
        classification.error,
        classification.items_answered,
        archived if answer.body else None,
    )
