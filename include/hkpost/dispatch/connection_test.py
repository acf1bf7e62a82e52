"""One request to see whether an account works: within its pace, and in its ledger where there is one."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hkpost.dispatch.attempt import classified
from hkpost.dispatch.classification import Action
from hkpost.dispatch.rate_limiter import RateLimiter
from hkpost.ecship.exchange import HttpAnswer, TransportFault, post
from hkpost.ecship.http import async_client
from hkpost.ecship.limits import EXAMPLE_ITEM
from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.status import describe
from hkpost.ecship.wire import Wire, WireRequest
from hkpost.ecship.wires import open_wire
from hkpost.enums import Outcome
from hkpost.warehouse.requests import lease as leases
from hkpost.warehouse.requests.ledger import (
    NEVER_ARRIVED,
    ArchivedBody,
    CallResult,
    Ledger,
    last_call_of_holder,
    quota_use,
)

RUN_ID = "connection test"
"""What the ledger has for a run."""
_ASK_AGAIN_S = 0.25


class Probe(NamedTuple):
    """Whether the account works, and why in words."""

    works: bool
    words: str


class NoLedger(RuntimeError):
    """The warehouse cannot be used, so the request cannot be paced with others or counted."""


def probe(
    engine: Engine | None,
    settings: AccountSettings,
    *,
    is_in_use: bool,
    lease_wait_s: float = 2.0,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> Probe:
    """Send one request about the specification's example item, in the account's turn.

    While a run holds the account nothing is sent: the run's latest outcome is the answer, if it sends with these
    very settings (`is_in_use`). Without a warehouse (`engine` None) the request is sent as it is.

    Raises:
        SettingsError: the settings or the WSDL cannot be used; nothing was sent.
        NoLedger: the warehouse cannot be used; nothing was sent.
    """
    wire = open_wire(settings)
    request = wire.request([EXAMPLE_ITEM])
    if engine is None:
        return _result(settings, wire, request, _exchange(settings, request, 0.0))[0]
    try:
        lease = _lease(engine, settings.account, lease_wait_s, sleep, clock)
        if isinstance(lease, leases.Holder):
            return _said_by_holder(engine, settings.account, lease, is_in_use)
        use = quota_use(engine, settings.account, settings.quota_timezone)
    except SQLAlchemyError as error:
        raise NoLedger(_first_line(error)) from None
    try:
        if use.used >= settings.daily_quota:
            return Probe(
                False, f"not sent: the {use.used:,} requests of today ({use.day}) are the whole daily_quota"
            )
        return _counted(engine, lease, settings, wire, request)
    finally:
        leases.release(engine, lease, lease.gap_ms or 0)


def _lease(
    engine: Engine, account: str, wait_s: float, sleep: Callable[[float], None], clock: Callable[[], float]
) -> leases.Lease | leases.Holder:
    gives_up_at = clock() + wait_s
    while True:
        taken = leases.acquire(engine, account, RUN_ID)
        if isinstance(taken, leases.Lease) or clock() >= gives_up_at:
            return taken
        sleep(_ASK_AGAIN_S)


def _said_by_holder(engine: Engine, account: str, holder: leases.Holder, is_in_use: bool) -> Probe:
    who = (
        f"nothing was sent: run {holder.run_id} holds the account {account} since {holder.since:%H:%M:%S %Z}"
    )
    if not is_in_use:
        return Probe(False, f"{who}, with other settings than these; test again when it has ended")
    last = last_call_of_holder(engine, account)
    if last is None:
        return Probe(False, f"{who} and has no answer yet; test again in a moment")
    said = f"{who}; its latest request, at {last.sent_at:%H:%M:%S %Z}, ended as {last.outcome}"
    return Probe(last.outcome == Outcome.ANSWERED, f"{said} ({last.error})" if last.error else said)


def _counted(
    engine: Engine, lease: leases.Lease, settings: AccountSettings, wire: Wire, request: WireRequest
) -> Probe:
    """Send with a row of the ledger before and its outcome after.

    The lease gets no heartbeat: should the answer take longer than it lives, the request has long left.
    """
    zone = settings.quota_timezone
    ledger = Ledger(engine, lease, run_id=RUN_ID, lang=settings.lang, quota_timezone=zone)
    try:
        call = ledger.open([EXAMPLE_ITEM])
    except SQLAlchemyError as error:
        raise NoLedger(_first_line(error)) from None
    result = CallResult(Outcome.NOT_SENT, error="the test was stopped before it left")
    try:
        answer = _exchange(settings, request, (lease.gap_ms or 0) / 1000)
        tested, result = _result(settings, wire, request, answer)
    finally:
        ledger.note(call, result)
    return tested


def _exchange(settings: AccountSettings, request: WireRequest, gap_s: float) -> HttpAnswer | TransportFault:
    limiter = RateLimiter((settings.min_interval_ms + settings.pace_margin_ms) / 1000, gap_s)

    async def exchange() -> HttpAnswer:
        async with async_client(settings) as http, limiter.permit() as permit:
            return await post(
                http, request, permit, timeout_s=settings.timeout_s, max_body_bytes=settings.max_body_bytes
            )

    try:
        return asyncio.run(exchange())
    except TransportFault as fault:
        return fault


def _result(
    settings: AccountSettings, wire: Wire, request: WireRequest, answer: HttpAnswer | TransportFault
) -> tuple[Probe, CallResult]:
    """The answer in words, and as the ledger has it, under outcomes by which no account is judged.

    The credential is in neither.
    """
    if isinstance(answer, TransportFault):
        words = f"{answer.outcome}: {request.redact_text(str(answer))}"
        outcome = Outcome.NOT_SENT if answer.outcome in NEVER_ARRIVED else Outcome.TEST_FAILED
        return Probe(False, words), CallResult(outcome, error=words)
    said, result = classified(answer, request, [EXAMPLE_ITEM], wire.answer)
    if said.action is not Action.DONE or result.archive is None:
        words = f"{said.outcome}: {said.error}"
        return Probe(False, words), replace(result, outcome=Outcome.TEST_FAILED, error=words)
    words = f"{settings.login} was answered in {answer.latency_ms} ms: {_words(wire, result.archive)}"
    return Probe(True, words), replace(result, outcome=Outcome.TESTED)


def _words(wire: Wire, answer: ArchivedBody) -> str:
    """The request's status, and what was said of the example item."""
    read = wire.answer(answer.body, answer.content_type)
    words = describe(read.status) if read.status is not None else "no status of the request"
    statuses = [item.status for item in read.items if item.status is not None]
    return f"{words}; of the example {EXAMPLE_ITEM}: {describe(statuses[0])}" if statuses else words


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]
