"""The operation itself: the checks in their order, then the answer, then what a fault makes of it."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hkpost.ecship.limits import LANGUAGES, MAX_ITEMS_PER_REQUEST
from hkpost.ecship.status import StatusCode
from hkpost_simulator.answer_xml import Answer, Namespaces, write_answer, write_fault
from hkpost_simulator.clock import SimulatedClock
from hkpost_simulator.envelope import MalformedRequest, TrackingRequest, read_request
from hkpost_simulator.faults import Fault, FaultKind, FaultQueue
from hkpost_simulator.limits import Limits
from hkpost_simulator.request_log import RequestLog
from hkpost_simulator.security import Credentials
from hkpost_simulator.truth import ItemTruth
from hkpost_simulator.world import World

_XML = "text/xml;charset=utf-8"
_ITEM_NO = re.compile(r"[A-Z0-9]{1,13}")


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back over HTTP: after `delay_s` seconds, and cut off after `reset_after` bytes if set."""

    http_status: int
    content_type: str
    body: bytes
    delay_s: float = 0.0
    reset_after: int | None = None


@dataclass(frozen=True, slots=True)
class _Verdict:
    """A refusal of the whole request, or none (`code` 0), with the reason and the gap for the log."""

    code: StatusCode = StatusCode.SUCCESS
    reason: str = ""
    gap_ms: float | None = None


_NO_SOAP_ACTION = _Verdict(StatusCode.INVALID_API_FORMAT, "no SOAPAction header (SOAP 1.1, section 6.1.1)")


class Service:
    """`getItemDeliveryStatus` for a world at the clock's instant.

    `latency_s` seconds pass before every answer; `namespaces` says how the answer is qualified. While `answers` is not
    set, requests stay in flight.
    """

    def __init__(
        self,
        world: World,
        clock: SimulatedClock,
        credentials: Credentials,
        limits: Limits,
        *,
        latency_s: float = 0.0,
        namespaces: Namespaces = Namespaces.TWO,
        wall: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.world = world
        self.clock = clock
        self.credentials = credentials
        self.limits = limits
        self.faults = FaultQueue()
        self.log = RequestLog()
        self.latency_s = latency_s
        self.namespaces = namespaces
        self.answers = threading.Event()
        self.answers.set()
        self._wall = wall

    def handle(self, body: bytes, arrival: float, *, has_soap_action: bool = True) -> Response:
        """Answer one request that arrived at `arrival` (Unix seconds) and log it."""
        wall = self._wall().isoformat()
        request: TrackingRequest | None = None
        try:
            request = read_request(body)
        except MalformedRequest as error:
            verdict = _Verdict(StatusCode.INVALID_API_FORMAT, str(error))
        else:
            verdict = self._verdict(request, arrival) if has_soap_action else _NO_SOAP_ACTION
        item_nos = request.item_nos if request else ()
        lang = request.lang if request else ""
        fault, extra_s = self.faults.take(item_nos)
        answer = self._answer(verdict, item_nos, fault)
        response = _response(write_answer(answer, lang, self.namespaces), fault)
        speaks = fault is None or fault.kind not in _SPEECHLESS
        self.log.add(
            arrival=arrival,
            wall=wall,
            user=request.integrator_username if request else "",
            lang=lang,
            item_nos=item_nos,
            code=int(answer.status) if speaks else None,
            http_status=response.http_status if response.reset_after is None else None,
            gap_ms=verdict.gap_ms,
            fault=fault.kind.value if fault else None,
            reason=verdict.reason,
        )
        return replace(response, delay_s=self.latency_s + extra_s)

    def _verdict(self, request: TrackingRequest, arrival: float) -> _Verdict:
        """The first check that fails decides: who asks, how often, then what (appendix A)."""
        if refusal := self.credentials.refusal(request.token, request.integrator_username):
            return _Verdict(StatusCode.INVALID_CREDENTIAL, refusal)
        limit, gap_ms = self.limits.admit(request.integrator_username, arrival)
        if limit is not None:
            return _Verdict(limit, limit.meaning, gap_ms)
        numbers = request.item_nos
        if request.lang not in LANGUAGES:
            return _Verdict(StatusCode.INVALID_LANGUAGE, f"lang {request.lang!r}", gap_ms)
        if not numbers:
            return _Verdict(StatusCode.EMPTY_ITEM_ARRAY, "no item number", gap_ms)
        if len(numbers) > MAX_ITEMS_PER_REQUEST:
            return _Verdict(StatusCode.TOO_MANY_ITEMS, f"{len(numbers)} item numbers", gap_ms)
        if bad := [number for number in numbers if not _ITEM_NO.fullmatch(number)]:
            return _Verdict(StatusCode.INVALID_INPUT, f"item number {bad[0]!r}", gap_ms)
        return _Verdict(gap_ms=gap_ms)

    def _answer(self, verdict: _Verdict, item_nos: tuple[str, ...], fault: Fault | None) -> Answer:
        if fault and fault.kind is FaultKind.CODE:
            return Answer(int(fault.number))
        if verdict.code:
            return Answer(verdict.code)
        now = self.clock.now()
        items = [self.world.truth(item_no, now) for item_no in item_nos]
        return _distorted(Answer(StatusCode.SUCCESS, items, len(items)), fault)


_SPEECHLESS = (FaultKind.HTTP, FaultKind.RESET, FaultKind.BODY, FaultKind.SOAP_FAULT)


def _distorted(answer: Answer, fault: Fault | None) -> Answer:
    """Apply a fault that concerns the items of an answer."""
    if fault is None:
        return answer
    items = list(answer.items)
    chosen = fault.item or (items[0].item_no if items else "")
    match fault.kind:
        case FaultKind.ITEM_CODE:
            code = int(fault.number)
            items = [ItemTruth(i.item_no, code) if fault.item in (None, i.item_no) else i for i in items]
        case FaultKind.OMIT_ITEM:
            items = [item for item in items if item.item_no != chosen]
        case FaultKind.DOUBLE_ITEM:
            items += [item for item in items if item.item_no == chosen][:1]
        case FaultKind.FOREIGN_ITEM:
            items.append(ItemTruth(str(fault.value), StatusCode.UNKNOWN_ITEM))
        case FaultKind.ITEM_COUNT:
            return replace(answer, item_count=int(fault.number))
    return Answer(answer.status, items, len(items))


def _response(body: bytes, fault: Fault | None) -> Response:
    """Wrap an answer for HTTP, or what a fault puts in its place."""
    whole = Response(200, _XML, body)
    match fault.kind if fault else None:
        case FaultKind.HTTP if fault:
            status = int(fault.number)
            return Response(status, "text/html", f"<html><body><h1>HTTP {status}</h1></body></html>".encode())
        case FaultKind.TRUNCATE if fault:
            return replace(whole, body=body[: int(len(body) * fault.number)])
        case FaultKind.RESET if fault:
            return replace(whole, reset_after=int(len(body) * fault.number))
        case FaultKind.BODY if fault:
            return replace(whole, body=str(fault.value or "").encode())
        case FaultKind.SOAP_FAULT if fault:
            return Response(500, _XML, write_fault(str(fault.value or "")))
    return whole
