"""The key of an event: given once, from what the answer that first showed it said."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import count
from typing import Final

from hkpost.history.observation import Content

_DIGEST_BYTES: Final = 8
_BETWEEN: Final = "\x1f"
"""No blank-collapsed text holds the unit separator, so no two lists of fields read the same."""


class TakenKeys(set[str]):
    """The keys that an item's events have, and the ordinals of each content that are not used up."""

    def __init__(self, keys: Iterable[str]) -> None:
        super().__init__(keys)
        self.ordinals: defaultdict[tuple[str, Content], Iterator[int]] = defaultdict(count)


def new_event_key(item_no: str, time_key: str, content: Content, taken: TakenKeys) -> str:
    """Make a key: 16 lowercase hexadecimal digits, unlike every key in `taken`.

    It is blake2b over item number, minute (`time_key`), wording and place (`content`), and the ordinal among
    events that are alike in all of these. The minute is part of it, so a key determines the event's date.
    """
    ordinals = taken.ordinals[time_key, content]
    while True:
        content_text = _BETWEEN.join((item_no, time_key, *content, str(next(ordinals))))
        key = blake2b(content_text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
        if key not in taken:
            return key
