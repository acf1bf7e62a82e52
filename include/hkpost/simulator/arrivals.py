"""When bytes arrived, by the kernel: a server that is scheduled late stamps no request late.

Where the kernel has joined two segments before they were read, both bear the later one's stamp: so a request's first
byte is read on its own.
"""

import io
import socket
import struct
import time
from typing import Any

_SO_TIMESTAMPNS = getattr(socket, "SO_TIMESTAMPNS", 35)
_TIMESPEC = struct.Struct("qq")
_ANCILLARY = socket.CMSG_SPACE(_TIMESPEC.size)


def stamp(listener: socket.socket) -> None:
    """Let the kernel stamp what the connections of a listening socket receive, from their first byte on."""
    listener.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)


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
            [view[:1] if self._expects else view], _ANCILLARY
        )
        if size:
            self.last_at = _stamped_at(ancillary)
            if self._expects:
                self.first_at, self._expects = self.last_at, False
        return size


def _stamped_at(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = _TIMESPEC.unpack(data[: _TIMESPEC.size])
            return float(seconds) + float(nanoseconds) / 1e9
    return time.time()  # a system that does not stamp
