"""When bytes arrived, by the kernel: a server that is scheduled late stamps no request late.

Where the kernel has joined two segments before they were read, both bear the later one's stamp: so a request's first
byte is read on its own.
"""

import io
import socket
import struct
import time
from collections.abc import Iterable
from typing import Any

_SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
_TIMESPEC = struct.Struct("qq")
ANCILLARY_SIZE = socket.CMSG_SPACE(_TIMESPEC.size)
"""Bytes of ancillary data to ask for with what is received, so that its stamp comes too."""


def stamp(listener: socket.socket) -> None:
    """Let the kernel stamp what the connections of a listening socket receive, from their first byte on."""
    listener.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


def stamped_ns(ancillary: Iterable[tuple[int, int, bytes]]) -> int | None:
    """The stamp of what was received, in Unix nanoseconds; None on a system that does not stamp."""
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data[: _TIMESPEC.size])
            return int(seconds) * 1_000_000_000 + int(nanoseconds)
    return None


class StampedReader(io.RawIOBase):
    """Reads a connection of such a listener.

    `first_at` and `last_at` are when the first and the latest byte since `expect` arrived, in Unix seconds.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._expects = True
        self.first_at = self.last_at = 0.0

    def expect(self) -> None:
        """The next byte is the first of a request."""
        self._expects = True

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what is there into a writable buffer, at most as much as it takes."""
        view = memoryview(buffer).cast("B")
        size, ancillary, _, _ = self._connection.recvmsg_into(
            [view[:1] if self._expects else view], ANCILLARY_SIZE
        )
        if size:
            stamp_ns = stamped_ns(ancillary)
            self.last_at = time.time() if stamp_ns is None else stamp_ns / 1e9  # not every system stamps
            if self._expects:
                self.first_at, self._expects = self.last_at, False
        return size
