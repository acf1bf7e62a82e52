"""The bytes of an archived answer."""

import gzip
import zlib


class DamagedArchive(ValueError):
    """The archived bytes are not what was put there."""


def unpacked(body: bytes) -> bytes:
    """An archived body as it was received.

    Raises:
        DamagedArchive: the bytes cannot be unpacked.
    """
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as damage:
        raise DamagedArchive(f"the archived bytes are damaged: {damage}") from damage
