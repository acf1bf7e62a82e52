"""HTTP/1.1 with keep-alive: the service, its WSDL and the control face on one port."""

import contextlib
import io
import ipaddress
import socket
import socketserver
import struct
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from hkpost_simulator.arrivals import StampedReader, stamp
from hkpost_simulator.control import PREFIX, Control
from hkpost_simulator.service import Service
from hkpost_simulator.wsdl import SERVICES, wsdl_for

_LARGEST_BODY = 16 * 1024 * 1024
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class ServiceServer(socketserver.ThreadingTCPServer):
    """One thread a connection; `close_connections` ends those that are kept alive."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service) -> None:
        self.service = service
        self.control = Control(service)
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Face)
        stamp(self.socket)

    @property
    def authority(self) -> str:
        """`host:port` as seen from this machine."""
        host, port = self.socket.getsockname()[:2]
        return f"{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104

    def opened(self, connection: socket.socket) -> None:
        """Remember a connection while it is served."""
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Forget a connection."""
        with self._lock:
            self._open.discard(connection)

    def close_connections(self) -> None:
        """End every open connection."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the other side was faster
                    connection.shutdown(socket.SHUT_RDWR)


class _Face(BaseHTTPRequestHandler):
    """One connection."""

    server: ServiceServer
    protocol_version = "HTTP/1.1"
    server_version = "HKPostSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one segment

    def setup(self) -> None:
        self.server.opened(self.request)
        super().setup()
        self.rfile.close()
        self._arrivals = StampedReader(self.request)
        self.rfile = io.BufferedReader(self._arrivals)

    def handle(self) -> None:
        # The client left, or a reset closed the files.
        with contextlib.suppress(ConnectionError, ValueError):
            super().handle()

    def finish(self) -> None:
        self.server.closed(self.request)
        with contextlib.suppress(ConnectionError, ValueError):
            super().finish()

    def handle_one_request(self) -> None:
        """Serve one request; the first byte to come is its arrival."""
        self._arrivals.expect()
        super().handle_one_request()

    def do_GET(self) -> None:
        """Serve the WSDL or the control face."""
        target = urlsplit(self.path)
        if target.path.startswith(PREFIX):
            self._control(target.path, target.query, b"")
        elif not _is_service(target.path):
            self._page(HTTPStatus.NOT_FOUND)
        elif target.query.lower() == "wsdl":
            host = self.headers.get("Host") or self.server.authority
            self._send(200, "text/xml;charset=utf-8", wsdl_for(f"http://{host}{target.path}"))
        else:
            self._page(HTTPStatus.METHOD_NOT_ALLOWED)

    def do_DELETE(self) -> None:
        """Clear something on the control face."""
        target = urlsplit(self.path)
        if target.path.startswith(PREFIX):
            self._control(target.path, target.query, b"")
        else:
            self._page(HTTPStatus.METHOD_NOT_ALLOWED)

    def do_POST(self) -> None:
        """Answer the operation, or change something on the control face."""
        body = self._body()
        if body is None:
            return
        target = urlsplit(self.path)
        if target.path.startswith(PREFIX):
            self._control(target.path, target.query, body)
        elif not _is_service(target.path):
            self._page(HTTPStatus.NOT_FOUND)
        elif self.headers.get_content_type() != "text/xml":
            self._page(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        else:
            self._operation(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep standard error quiet: the request log has it all."""

    def _operation(self, body: bytes) -> None:
        response = self.server.service.handle(
            body, self._arrivals.first_at, has_soap_action="SOAPAction" in self.headers
        )
        if response.delay_s:
            time.sleep(response.delay_s)
        self.server.service.answers.wait()
        if response.reset_after is None:
            self._send(response.http_status, response.content_type, response.body)
        else:
            self._reset(response.content_type, response.body, response.reset_after)

    def _control(self, path: str, query: str, body: bytes) -> None:
        if not is_loopback(self.client_address[0]):
            self._page(HTTPStatus.FORBIDDEN)
            return
        status, answer = self.server.control.answer(self.command, path, query, body)
        self._send(status, "application/json", answer)

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self._refuse(HTTPStatus.LENGTH_REQUIRED)
            return None
        if int(length) > _LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        return self.rfile.read(int(length))

    def _refuse(self, status: HTTPStatus) -> None:
        """Refuse without reading the body, which ends the connection."""
        self.close_connection = True
        self._page(status)

    def _page(self, status: HTTPStatus) -> None:
        self._send(status, "text/plain;charset=utf-8", f"{status.value} {status.phrase}\n".encode())

    def _send(self, status: int, content_type: str, body: bytes) -> None:
        self._head(status, content_type, len(body))
        self.wfile.write(body)
        self.wfile.flush()

    def _head(self, status: int, content_type: str, length: int) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _reset(self, content_type: str, body: bytes, after: int) -> None:
        """Send the beginning of a response and reset the connection (RST); nothing at all after 0 bytes."""
        if after:
            self._head(200, content_type, len(body))
            self.wfile.write(body[:after])
            self.wfile.flush()
        self.close_connection = True
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.server.closed(self.request)
        self.rfile.close()
        self.wfile.close()
        self.request.close()


def _is_service(path: str) -> bool:
    """The service's own name after /services/ is not in the specification: any will do."""
    return path == SERVICES or path.startswith(f"{SERVICES}/")


def is_loopback(address: str) -> bool:
    """Whether a peer is on this machine; IPv4 addresses come mapped on a dual socket."""
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return bool((mapped or parsed).is_loopback)
