"""An EC-Ship service that does what a test says: every answer, and every fault, over real HTTP.

When a request arrived is the kernel's word (but over TLS): a busy machine makes no request late that was not.
"""

import io
import itertools
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from lxml import etree

from hkpost_simulator.arrivals import StampedReader, stamp

Items = tuple[str, ...]
TEXT_XML = "text/xml; charset=utf-8"


@dataclass
class Reply:
    """What the service sends back, and how it misbehaves on the way."""

    body: bytes = b""
    status: int = 200
    content_type: str = TEXT_XML
    headers: dict[str, str] = field(default_factory=dict)
    reason: str | None = None
    """The reason phrase; the status code's own when it is not given."""
    delay_s: float = 0.0
    reset: bool = False
    """Break the connection off without an answer."""
    cut_at: int | None = None
    """Promise the whole body, send this number of bytes, and close."""
    drip: bool = False
    """Send the body for ever, a byte now and then."""


@dataclass
class Seen:
    """One request as the service saw it: when its first and its last byte arrived, in Unix seconds."""

    at: float
    whole_at: float
    items: Items
    body: bytes = field(repr=False)
    headers: Message = field(repr=False)


def item(number: str, status: int | str = 0, *events: tuple[str, str, str], milestone: str = "") -> str:
    """One delivery result; an event is (time, country code, English message)."""
    details = "".join(
        f"<detail><eventDateTime>{when}</eventDateTime><eventLocation_code>{where}</eventLocation_code>"
        f"<eventLocation_e>{where}</eventLocation_e><eventMsg_e>{escape(what)}</eventMsg_e></detail>"
        for when, where, what in events
    )
    return (
        f"<result><itemNo>{number}</itemNo><status>{status}</status><errMsg/>"
        f"<milestone_e>{milestone}</milestone_e><details>{details}</details></result>"
    )


def envelope(
    results: str = "", status: int | str | None = 0, count: int | None = None, message: str = ""
) -> bytes:
    """A SOAP answer around some delivery results."""
    own = "" if status is None else f"<status>{status}</status><errMsg>{escape(message)}</errMsg>"
    items = results.count("<result>") if count is None else count
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<r:answer xmlns:r="urn:r">{own}<itemCount>{items}</itemCount><all>{results}</all></r:answer>'
        "</s:Body></s:Envelope>"
    ).encode()


def posted(number: str) -> str:
    """A result with one event: the item was posted."""
    return item(number, 0, ("27-02-2026 16:00", "HK", "Posted"))


def answers(items: Items) -> Reply:
    """The answer of a healthy service that knows every item as posted."""
    return Reply(envelope("".join(posted(number) for number in items)))


def code(status: int, message: str = "") -> Reply:
    """An answer that is nothing but the request's own status."""
    return Reply(envelope(status=status, message=message))


class ScriptedService:
    """Answers each request with `script(items)`; keeps what it saw. As a proxy it refuses every CONNECT.

    `tls`, where given, makes it an HTTPS service of this certificate.
    """

    def __init__(
        self, script: Callable[[Items], Reply] = answers, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.script = script
        self.refuses_connect = 403
        self.seen: list[Seen] = []
        self.wsdl = b""
        """What a GET is answered with."""
        self.wsdl_fetched: list[float] = []
        self._lock = threading.Lock()
        self.stopping = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            arrivals: StampedReader | None = None

            def setup(self) -> None:
                super().setup()
                if tls is None:
                    self.arrivals = StampedReader(self.connection)
                    self.rfile.close()
                    self.rfile = io.BufferedReader(self.arrivals)

            def handle_one_request(self) -> None:
                if self.arrivals:
                    self.arrivals.expect()
                super().handle_one_request()

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                now = time.time()
                at, whole_at = (
                    (self.arrivals.first_at, self.arrivals.last_at) if self.arrivals else (now, now)
                )
                items = item_nos(body)
                with service._lock:
                    service.seen.append(Seen(at, whole_at, items, body, self.headers))
                    reply = service.script(items)
                _send(self, reply, service.stopping)

            def do_CONNECT(self) -> None:
                self.send_error(service.refuses_connect)

            def do_GET(self) -> None:
                service.wsdl_fetched.append(time.time())
                _send(self, Reply(service.wsdl), service.stopping)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        stamp(self._server.socket)
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.address = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.address}/HKP_MailTrack_API/services/any"

    @contextmanager
    def running(self) -> Iterator["ScriptedService"]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    @property
    def asked(self) -> Counter[str]:
        """How often each item was asked about."""
        return Counter(number for seen in self.seen for number in seen.items)

    @property
    def gaps_ms(self) -> list[float]:
        """The gaps between requests, by their first or by their last bytes, whichever is smaller."""
        by_first, by_last = (
            [(later - earlier) * 1000 for earlier, later in itertools.pairwise(sorted(times))]
            for times in ([seen.at for seen in self.seen], [seen.whole_at for seen in self.seen])
        )
        return [min(gaps) for gaps in zip(by_first, by_last, strict=True)]


def item_nos(body: bytes) -> Items:
    """The item numbers of a request, whatever holds them."""
    root = etree.fromstring(body)
    return tuple(
        text.strip()
        for element in root.iter("{*}itemNo")
        for text in map(str, element.itertext())
        if text.strip()
    )


def in_turn(first: Sequence[Reply], then: Callable[[Items], Reply] = answers) -> Callable[[Items], Reply]:
    """A script: the first replies one after another, then another script."""
    waiting = list(first)

    def script(items: Items) -> Reply:
        return waiting.pop(0) if waiting else then(items)

    return script


def _send(handler: BaseHTTPRequestHandler, reply: Reply, stopping: threading.Event) -> None:
    if reply.delay_s:
        stopping.wait(reply.delay_s)
    if reply.reset:
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()
        handler.close_connection = True
        return
    handler.send_response(reply.status, reply.reason)
    for name, value in reply.headers.items():
        handler.send_header(name, value)
    if "Content-Type" not in reply.headers:
        handler.send_header("Content-Type", reply.content_type)
    if reply.drip:
        handler.end_headers()
        while not stopping.wait(0.02):
            try:
                handler.wfile.write(b" ")
            except OSError:
                break
        handler.close_connection = True
        return
    handler.send_header("Content-Length", str(len(reply.body)))
    handler.end_headers()
    handler.wfile.write(reply.body if reply.cut_at is None else reply.body[: reply.cut_at])
    if reply.cut_at is not None:
        handler.close_connection = True
