"""Asks about some items at once, whether they are registered or not; what is answered is given back, not loaded."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import httpx
from sqlalchemy import Engine

from hkpost.dispatch.attempt import classified
from hkpost.dispatch.classification import Action, Classification
from hkpost.dispatch.lease_renewer import LeaseRenewer
from hkpost.dispatch.rate_limiter import RateLimiter
from hkpost.ecship.exchange import TransportFault, post
from hkpost.ecship.http import async_client
from hkpost.ecship.rows import Answer
from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.wire import Wire
from hkpost.ecship.wires import open_wire
from hkpost.enums import Outcome
from hkpost.warehouse.requests import lease as leases
from hkpost.warehouse.requests.ledger import NEVER_ARRIVED, CallResult, Ledger, OpenCall, quota_use

RUN_ID = "track"
"""What the ledger has for a run."""
_TRIES = 5
_FIRST_WAIT_S = 0.5
_ASK_AGAIN_S = 0.25
_OF_THE_PROCESS = threading.Lock()
"""Without a warehouse one list is asked about at a time, so that the process keeps the pace."""


class NotAnsweredError(RuntimeError):
    """The service did not answer, or the account may not ask now; the message says why and what to do."""


def ask(
    settings: AccountSettings, item_nos: Sequence[str], *, engine: Engine | None, lease_wait_s: float = 60.0
) -> list[tuple[Sequence[str], Answer]]:
    """Ask about items (canonical numbers), as many a request as it may hold; return what was asked with its answer.

    A request that is refused because of its items is halved; that about the one which causes it has only a status.

    With a warehouse (`engine`) the requests are sent in the account's turn, under its lease and its quota, and each has
    its row in `api_call` (outcome `tested`: nothing is loaded from it); without one, in turn within this process.

    Raises:
        SettingsError: the settings or the WSDL cannot be used; nothing was sent.
        NotAnsweredError: another run holds the account, the quota is used up, or the service does not answer.
    """
    wire = open_wire(settings)
    with _turn(settings, engine, lease_wait_s) as turn:
        return asyncio.run(_Asking(settings, wire, turn).ask(item_nos))


@dataclass(frozen=True, slots=True)
class _Turn:
    """What paces the requests, and where they are entered before they leave."""

    limiter: RateLimiter
    ledger: Ledger | None = None
    requests_left: int | None = None


@contextmanager
def _turn(settings: AccountSettings, engine: Engine | None, lease_wait_s: float) -> Iterator[_Turn]:
    interval_s = (settings.min_interval_ms + settings.pace_margin_ms) / 1000
    if engine is None:
        with _OF_THE_PROCESS:
            yield _Turn(RateLimiter(interval_s))
        return
    lease = _lease(engine, settings.account, lease_wait_s)
    renewer = LeaseRenewer(lambda: leases.renew(engine, lease, limiter.gap_s * 1000), lease.ttl_s)
    limiter = RateLimiter(interval_s, (lease.gap_ms or 0) / 1000, before_send=renewer.ensure)
    try:
        zone = settings.quota_timezone
        left = settings.scheduled_quota - quota_use(engine, settings.account, zone).used
        ledger = Ledger(engine, lease, run_id=RUN_ID, lang=settings.lang, quota_timezone=zone)
        yield _Turn(limiter, ledger, left)
    finally:
        leases.release(engine, lease, limiter.gap_s * 1000)


def _lease(engine: Engine, account: str, wait_s: float) -> leases.Lease:
    gives_up_at = time.monotonic() + wait_s
    while True:
        taken = leases.acquire(engine, account, RUN_ID)
        if isinstance(taken, leases.Lease):
            return taken
        if time.monotonic() >= gives_up_at:
            raise NotAnsweredError(
                f"run {taken.run_id} holds the account {account} since {taken.since:%H:%M:%S %Z}: nothing was sent;"
                " ask again when it has ended, or let hkpost_track_now ask, which the run takes in"
            )
        time.sleep(_ASK_AGAIN_S)


class _Asking:
    """One list, request after request."""

    def __init__(self, settings: AccountSettings, wire: Wire, turn: _Turn) -> None:
        self._settings = settings
        self._wire = wire
        self._turn = turn
        self._left = turn.requests_left

    async def ask(self, item_nos: Sequence[str]) -> list[tuple[Sequence[str], Answer]]:
        answers: list[tuple[Sequence[str], Answer]] = []
        most = self._wire.max_items
        waiting = [item_nos[start : start + most] for start in range(0, len(item_nos), most)]
        async with async_client(self._settings) as http:
            while waiting:
                batch = waiting.pop(0)
                classification, answer = await self._ask_until_answered(http, batch)
                if classification.action in (Action.SPLIT, Action.SHRINK) and len(batch) > 1:
                    half = (len(batch) + 1) // 2
                    waiting[:0] = [batch[:half], batch[half:]]
                else:
                    only = Answer(classification.api_status, err_msg=classification.error or "")
                    answers.append((batch, answer or only))
        return answers

    async def _ask_until_answered(
        self, http: httpx.AsyncClient, batch: Sequence[str]
    ) -> tuple[Classification, Answer | None]:
        """Send until there is an answer, or one that says to ask about fewer items.

        Raises:
            NotAnsweredError: there is none.
        """
        for attempt in range(_TRIES):
            said, answer = await self._send(http, batch)
            if said.action in (Action.DONE, Action.SPLIT, Action.SHRINK, Action.LEAVE_DUE):
                return said, answer
            if said.action not in (Action.RETRY, Action.SLOW_DOWN):
                break
            if said.action is Action.SLOW_DOWN:
                self._turn.limiter.slow_down()
            self._turn.limiter.pause(said.wait_s or _FIRST_WAIT_S * 2**attempt)
        raise NotAnsweredError(f"{self._settings.account}: {said.outcome}: {said.error or said.api_status}")

    async def _send(
        self, http: httpx.AsyncClient, batch: Sequence[str]
    ) -> tuple[Classification, Answer | None]:
        if self._left is not None:
            if self._left < 1:
                raise NotAnsweredError(
                    f"{self._settings.account}: the day's quota is used up, but for the reserve of hkpost_track_now"
                )
            self._left -= 1
        request = self._wire.request(batch)
        result = CallResult(Outcome.NOT_SENT, error="stopped before it left")
        async with self._turn.limiter.permit() as permit:
            call = self._entered(batch)
            try:
                answer = await post(
                    http,
                    request,
                    permit,
                    timeout_s=self._settings.timeout_s,
                    max_body_bytes=self._settings.max_body_bytes,
                    proxy=self._settings.proxy,
                )
                said, result = classified(answer, request, batch, self._wire.answer)
            except TransportFault as fault:
                error = request.redact_text(str(fault))
                said, result = (
                    Classification(fault.outcome, Action.RETRY, error=error),
                    CallResult(fault.outcome, error=error),
                )
            finally:
                self._note(call, result)
        if said.action is not Action.DONE or result.archive is None:
            return said, None
        return said, self._wire.answer(result.archive.body, result.archive.content_type)

    def _entered(self, batch: Sequence[str]) -> OpenCall | None:
        return None if self._turn.ledger is None else self._turn.ledger.open(batch)

    def _note(self, call: OpenCall | None, result: CallResult) -> None:
        """Commit the outcome, under words by which no account is judged and from which nothing is loaded."""
        if call is None or self._turn.ledger is None:
            return
        if result.outcome in NEVER_ARRIVED:
            outcome = Outcome.NOT_SENT
        else:
            outcome = Outcome.TESTED if result.outcome is Outcome.ANSWERED else Outcome.TEST_FAILED
        self._turn.ledger.note(call, replace(result, outcome=outcome))
