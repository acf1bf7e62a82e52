"""Collects an answer's body piece by piece, unpacked, and never more of it than is allowed."""

import zlib

ACCEPTED = "gzip"
"""The one packing we ask for: unpacked here, because a packed body can be a thousand times its size."""

_GZIP = 16 + zlib.MAX_WBITS


class BodyTooLarge(ValueError):
    """The body is larger than allowed; no more of it was unpacked."""


class BodyDamaged(ValueError):
    """The packed body cannot be unpacked, or is cut off."""


class BoundedBody:
    """One answer's body.

    Args:
        content_encoding: the header; what is not gzip is kept as it comes.
        at_most: bytes after unpacking.
    """

    def __init__(self, content_encoding: str, at_most: int) -> None:
        self._at_most = at_most
        self._body = bytearray()
        packed = content_encoding.strip().lower() in ("gzip", "x-gzip")
        self._unpacker = zlib.decompressobj(_GZIP) if packed else None
        self._begun = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes as they came.

        Raises:
            BodyTooLarge: there is more than allowed. BodyDamaged: this is no gzip.
        """
        if self._unpacker is None:
            self._body += chunk
        while self._unpacker is not None and chunk:
            self._begun = True
            room = self._at_most - len(self._body) + 1
            try:
                self._body += self._unpacker.decompress(chunk, room)
            except zlib.error as damage:
                raise BodyDamaged(f"the body is said to be gzip and cannot be unpacked ({damage})") from None
            if not self._unpacker.eof:
                break
            chunk = self._unpacker.unused_data
            self._unpacker = zlib.decompressobj(_GZIP)
            self._begun = False
        if len(self._body) > self._at_most:
            raise BodyTooLarge(f"the answer is larger than {self._at_most / 1e6:g} MB")

    def whole(self) -> bytes:
        """Return the body, which is complete.

        Raises:
            BodyDamaged: it is cut off.
        """
        if self._begun:
            raise BodyDamaged("the packed body is cut off")
        return bytes(self._body)
