"""A server in its own process that answers after a set time and stamps each request's arrival by the kernel.

`SO_TIMESTAMPNS` gives the instant at which the kernel received a segment, so that this process being
scheduled late moves no stamp. (Where the kernel has joined two segments before they were read, both bear
the later one's stamp: the first byte may then seem late by what lay between the two writes of the client.)

It prints its port, serves until its standard input ends, and then prints the stamps as JSON.
"""

import argparse
import heapq
import json
import re
import selectors
import socket
import sys
import time
from dataclasses import dataclass, field

from bench.answers import AnswerMould, numbers_in
from hkpost_simulator.arrivals import ANCILLARY_SIZE, stamp, stamped_ns

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)\r\n", re.IGNORECASE)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=utf-8\r\nContent-Length: %d\r\n\r\n"
_READ_SIZE = 65_536


@dataclass
class _Connection:
    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    first_ns: int = 0
    unsent: memoryview = field(default_factory=lambda: memoryview(b""))


class LatencyServer:
    """HTTP/1.1 with keep-alive on one thread; `stamps` are (first byte, last byte) of each request in ns."""

    def __init__(self, latency_s: float) -> None:
        self._latency_s = latency_s
        self._mould = AnswerMould()
        self._selector = selectors.DefaultSelector()
        self._answers: list[tuple[float, int, _Connection, bytes]] = []
        self.stamps: list[tuple[int, int]] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        stamp(self._listener)
        self._selector.register(self._listener, selectors.EVENT_READ)
        self.port: int = self._listener.getsockname()[1]

    def serve(self, until: int) -> None:
        """Serve until the file descriptor `until` is readable."""
        self._selector.register(until, selectors.EVENT_READ)
        while True:
            wait_s = max(self._answers[0][0] - time.monotonic(), 0) if self._answers else None
            for key, events in self._selector.select(wait_s):
                if key.fd == until:
                    return
                if key.fileobj is self._listener:
                    self._accept()
                elif events & selectors.EVENT_WRITE:
                    self._send(key.data)
                else:
                    self._receive(key.data)
            self._answer()

    def _accept(self) -> None:
        accepted, _ = self._listener.accept()
        accepted.setblocking(False)
        accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(accepted, selectors.EVENT_READ, _Connection(accepted))

    def _receive(self, connection: _Connection) -> None:
        # A first byte on its own: what is read together bears the last segment's stamp.
        size = _READ_SIZE if connection.received else 1
        try:
            chunk, ancillary, _, _ = connection.socket.recvmsg(size, ANCILLARY_SIZE)
        except ConnectionError:
            chunk, ancillary = b"", []
        if not chunk:
            self._selector.unregister(connection.socket)
            connection.socket.close()
            return
        stamp_ns = stamped_ns(ancillary)
        if stamp_ns is None:
            raise RuntimeError(
                "the kernel does not stamp what it receives (SO_TIMESTAMPNS): arrivals cannot be measured"
            )
        if not connection.received:
            connection.first_ns = stamp_ns
        connection.received += chunk
        request = self._whole(connection.received)
        if request is not None:
            self.stamps.append((connection.first_ns, stamp_ns))
            connection.received.clear()
            body = self._mould.cast(numbers_in(request))
            due = time.monotonic() + self._latency_s
            heapq.heappush(self._answers, (due, len(self.stamps), connection, _HEAD % len(body) + body))

    @staticmethod
    def _whole(received: bytearray) -> bytes | None:
        head = received.find(b"\r\n\r\n")
        length = _LENGTH.search(received, 0, head + 2) if head > 0 else None
        if length is None or len(received) < head + 4 + int(length[1]):
            return None
        return bytes(received[head + 4 :])

    def _answer(self) -> None:
        while self._answers and self._answers[0][0] <= time.monotonic():
            _, _, connection, answer = heapq.heappop(self._answers)
            connection.unsent = memoryview(answer)
            self._send(connection)

    def _send(self, connection: _Connection) -> None:
        if connection.socket.fileno() < 0:
            return
        try:
            connection.unsent = connection.unsent[connection.socket.send(connection.unsent) :]
        except BlockingIOError:
            pass
        except ConnectionError:
            connection.unsent = memoryview(b"")
        waits_for = selectors.EVENT_WRITE if connection.unsent else selectors.EVENT_READ
        self._selector.modify(connection.socket, waits_for, connection)


def main() -> None:
    """Serve one measurement."""
    parser = argparse.ArgumentParser(prog="bench.client.latency_server")
    parser.add_argument("--latency-ms", type=float, required=True)
    server = LatencyServer(parser.parse_args().latency_ms / 1000)
    print(server.port, flush=True)
    server.serve(sys.stdin.fileno())
    json.dump(server.stamps, sys.stdout)


if __name__ == "__main__":
    main()
