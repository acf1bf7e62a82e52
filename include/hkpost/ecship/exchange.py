"""Posts one request over HTTP: when it is its turn, within a deadline, with a bounded body."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from hkpost.ecship.address import address
from hkpost.ecship.http import why_not_reached
from hkpost.ecship.wire import WireRequest
from hkpost.enums import Outcome


class SendPermit(Protocol):
    """What decides when a request may leave (see `hkpost.dispatch.rate_limiter`).

    `sent_at` is when the request's last byte was written (monotonic seconds), None before.
    """

    sent_at: float | None

    @property
    def has_turn(self) -> bool:
        """Whether the request may leave, or has left."""

    async def acquire(self) -> None:
        """Wait for the turn; from here on no other request may leave."""

    def mark_sent(self) -> None:
        """The request has left: the next one is timed from now."""

    def complete(self) -> None:
        """The exchange is over, whatever came of it."""


class TransportFault(Exception):
    """No whole answer came back; `outcome` is the ledger's word for why."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole HTTP answer; `latency_ms` is from the request's departure to the last byte.

    `headers` are as they came, names in lower case: each is read when it matters, so that one that is
    damaged costs no answer (see `hkpost.ecship.headers`).
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    latency_ms: int

    @property
    def content_type(self) -> str:
        """The header of that name; '' without one."""
        return self.headers.get("content-type", "")


async def post(
    http: httpx.AsyncClient,
    request: WireRequest,
    permit: SendPermit,
    *,
    timeout_s: float,
    max_body_bytes: int,
    proxy: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> HttpAnswer:
    """Post a request and return the whole answer.

    The turn is held from before the first byte until the body is written, so that the gap between two
    requests is timed from when the earlier one really left. The deadline covers the whole exchange from
    that moment on: slow headers and a body that never ends run into it. `proxy` is named where it is what
    could not be reached.

    Raises:
        TransportFault: `unreachable` (nothing was sent), `timeout`, `interrupted`, `incomplete`, `too_large`
            or `not_xml` (packed in a way that was not asked for).
    """
    try:
        async with asyncio.timeout(None) as deadline:

            async def trace(event: str, info: Mapping[str, Any]) -> None:
                """Follow the POST itself; a proxy's CONNECT passes through here as well."""
                if event.endswith("send_request_headers.started") and info["request"].method == b"POST":
                    await permit.acquire()
                elif event.endswith("send_request_body.complete") and permit.has_turn:
                    permit.mark_sent()
                if permit.has_turn and event.endswith(_ON_ITS_WAY):
                    deadline.reschedule(asyncio.get_running_loop().time() + timeout_s)

            async with http.stream(
                "POST",
                request.url,
                content=request.body,
                headers={**request.headers, "Accept-Encoding": "identity"},
                extensions={"trace": trace},
            ) as response:
                body = await _body(response, max_body_bytes)
                answer = HttpAnswer(
                    response.status_code,
                    {**response.headers, "location": response.extensions["location"]},
                    body,
                    _latency_ms(permit, clock()),
                )
    except httpx.DecodingError as error:
        raise TransportFault(Outcome.INCOMPLETE, f"the body cannot be unpacked ({error})") from None
    except (httpx.TransportError, httpx.InvalidURL, TimeoutError) as error:
        raise _fault(error, permit, timeout_s, request.url, proxy) from None
    finally:
        permit.complete()
    return answer


_ON_ITS_WAY = ("send_request_headers.started", "send_request_body.complete")
"""The deadline runs from the last byte; from the first one, should the service answer before it has all."""
_UNPACKED = ("", "identity", "gzip", "deflate")
"""Codings of a body that are read; a body packed twice could be a million times its size."""


async def _body(response: httpx.Response, most: int) -> bytes:
    """The body, unpacked where it came packed though that was not asked for, and never much more than is allowed."""
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in _UNPACKED:
        raise TransportFault(Outcome.NOT_XML, f"the body is packed as {coding!r}, which was not asked for")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > most:
            raise TransportFault(Outcome.TOO_LARGE, f"the answer is larger than {most / 1e6:g} MB")
    return bytes(body)


def _latency_ms(permit: SendPermit, now: float) -> int:
    return 0 if permit.sent_at is None else round((now - permit.sent_at) * 1000)


def _fault(error: Exception, permit: SendPermit, timeout_s: float, url: str, proxy: str) -> TransportFault:
    if not permit.has_turn:
        return TransportFault(Outcome.UNREACHABLE, why_not_reached(error, url, proxy))
    host = urlsplit(address(url)).netloc
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return TransportFault(Outcome.TIMEOUT, f"{host} gave no whole answer within {timeout_s:g} s")
    reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return TransportFault(Outcome.INTERRUPTED, f"{host} broke off ({reason})")
