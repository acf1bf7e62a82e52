"""The key of an event: given once, from what the answer that first showed it said."""

from collections.abc import Container
from hashlib import blake2b
from typing import Final

from hkpost.normalise.happening import Content

_DIGEST_BYTES: Final = 8
_BETWEEN: Final = "\x1f"
"""No blank-collapsed text holds the unit separator, so no two lists of fields read the same."""


def new_event_key(item_no: str, when: str, content: Content, taken: Container[str]) -> str:
    """Make a key: 16 lowercase hexadecimal digits, unlike every key in `taken`.

    It is blake2b over item number, moment (`when`), wording and place (`content`), and the ordinal among
    events that are alike in all of these. The moment is part of it, so a key determines the event's date.
    """
    ordinal = 0
    while True:
        told = _BETWEEN.join((item_no, when, *content, str(ordinal)))
        key = blake2b(told.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
        if key not in taken:
            return key
        ordinal += 1
