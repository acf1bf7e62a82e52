"""Reads answers one after another, quicker than each for itself: what repeats is not read again.

An answer whose frame (all that is around its items) is known is cut into the items' parts without reading them; a part
that is written as before, letter by letter, need not be read, and any other is read by its layout. Whatever does
not fit is read in general, and learned from.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Final, NamedTuple

from hkpost.ecship.fields import field_name
from hkpost.ecship.rows import Answer, ItemAnswer
from hkpost.ecship.soap.layout import Layout
from hkpost.ecship.soap.xml import is_plain
from hkpost.ecship.status import StatusCode
from hkpost.ecship.wires import wire_of

VERSION: Final = b"1"
"""Part of every fingerprint: to be changed when the same bytes are read differently."""

_DIGEST_BYTES: Final = 16
_MOST_FRAMES: Final = 256
_MOST_LAYOUTS: Final = 16
_TAG: Final = re.compile(rb"<(?P<end>/?)(?P<name>[^\s<>/&?!]+)(?P<rest>[^<>]*)>")
_BEYOND_PLAIN: Final = (b":nil", b"ref=", b"Time=", b"tatus=", b"<!")
"""What a document may say otherwise than by elements and texts."""

IsKnown = Callable[[str, str], bool]
"""Whether what was last read of an item (its number) has a fingerprint."""


def never(number: str, fingerprint: str) -> bool:
    """No item is known."""
    return False


class _Cut(NamedTuple):
    """An answer cut into what is around its items, and each item's part."""

    head: bytes
    parts: list[bytes]
    tail: bytes

    @property
    def frame(self) -> tuple[bytes, bytes, bool]:
        """What is around the items; what stands beside a single one may be its own."""
        return self.head, self.tail, len(self.parts) == 1


class _ItemTags:
    """The tags of an item and of its number, and how items in them may be written.

    Args:
        item: the opening tag of an item.
        until_number: what stands between it and the number, with the number's tag.
    """

    def __init__(self, item: bytes, until_number: bytes) -> None:
        self._opening, self._closing, self._until_number = item + until_number, b"</" + item[1:], until_number
        self._layouts: list[Layout] = []

    def cut(self, body: bytes) -> _Cut | None:
        """Cut an answer at its items; None where something other than blanks stands between two of them.

        An element inside an item may have the item's name: an item begins with its number.
        """
        head, *pieces = body.split(self._opening)
        parts: list[bytes] = []
        tail = b""
        for piece in pieces:
            if tail.strip():
                return None
            part, closed, tail = piece.rpartition(self._closing)
            if not closed:
                return None
            parts.append(self._until_number + part)
        return _Cut(head, parts, tail) if parts else None

    def number(self, part: bytes) -> str:
        """The number in an item's part."""
        start = len(self._until_number)
        return part[start : part.find(b"<", start)].decode("ascii", "replace").strip()

    def read(self, part: bytes, fingerprint: str = "") -> ItemAnswer | None:
        """Read an item's part; None where none was written so before."""
        try:
            text = part.decode()
        except UnicodeError:
            return None
        for place, layout in enumerate(self._layouts):
            if item := layout.read(text, fingerprint):
                if place:  # the commonest is tried first
                    self._layouts.insert(0, self._layouts.pop(place))
                return item
        return None

    def learn(self, part: bytes, item: ItemAnswer) -> bool:
        """Learn how an item is written that was read in general; whether it is read so now."""
        if self.read(part) == item:
            return True
        layout = Layout.of(part.decode(), item) if len(self._layouts) < _MOST_LAYOUTS else None
        if layout is not None:
            self._layouts.append(layout)
        return layout is not None


class AnswerReader:
    """Reads answers as their wire does, and remembers how they are written.

    Args:
        general: reads an answer's body and content type; else the wire that the content type names.
    """

    def __init__(self, general: Callable[[bytes, str], Answer] | None = None) -> None:
        self._general = general
        self._tags: dict[tuple[bytes, bytes], _ItemTags] = {}
        self._frames: dict[tuple[bytes, bytes, bool], Answer] = {}

    def read(self, body: bytes, content_type: str = "", is_known: IsKnown = never) -> Answer:
        """One answer as rows; items of which `is_known` says so are not read, and named in `unread`.

        Raises:
            UnreadableAnswer: there is no answer in it.
        """
        answer = self._read_alike(body, is_known)
        if answer is None:
            general = self._general or wire_of(content_type).answer
            answer = self._learn(body, general(body, content_type))
        return answer

    def _read_alike(self, body: bytes, is_known: IsKnown) -> Answer | None:
        """Read an answer whose frame is known, and whose items are written as others were."""
        for tags in self._tags.values():
            cut = tags.cut(body)
            frame = cut and self._frames.get(cut.frame)
            if not cut or not frame:
                continue
            items: list[ItemAnswer] = []
            unread: list[str] = []
            numbers = [tags.number(part) for part in cut.parts]
            if len(set(numbers)) < len(numbers):
                return None
            for number, part in zip(numbers, cut.parts, strict=True):
                hashed = fingerprint(part)
                if is_known(number, hashed):
                    unread.append(number)
                    continue
                item = tags.read(part, hashed)
                if item is None:
                    return None
                items.append(item)
            return replace(frame, items=tuple(items), unread=tuple(unread))
        return None

    def _learn(self, body: bytes, answer: Answer) -> Answer:
        """Learn from an answer that was read in general; give its items their fingerprints."""
        is_apart = answer.status == StatusCode.SUCCESS and answer.items and not answer.unclaimed
        if not is_apart or not is_plain(body) or any(sign in body for sign in _BEYOND_PLAIN):
            return answer
        names = _item_tags(body)
        tags = names and self._tags.setdefault(names, _ItemTags(*names))
        cut = tags and tags.cut(body)
        if not tags or not cut or [*map(tags.number, cut.parts)] != [item.item_no for item in answer.items]:
            return answer
        learned = [tags.learn(part, item) for part, item in zip(cut.parts, answer.items, strict=True)]
        if not any(learned):
            return answer
        if len(self._frames) >= _MOST_FRAMES:
            self._frames.pop(next(iter(self._frames)))
        self._frames[cut.frame] = replace(answer, items=())
        items = [
            replace(item, fingerprint=fingerprint(part)) if item.status == StatusCode.SUCCESS else item
            for item, part in zip(answer.items, cut.parts, strict=True)
        ]
        return replace(answer, items=tuple(items))


def fingerprint(part: bytes) -> str:
    """A hash of an item's part of an answer, and of how it is read."""
    return blake2b(part, digest_size=_DIGEST_BYTES, salt=VERSION).hexdigest()


def _item_tags(body: bytes) -> tuple[bytes, bytes] | None:
    """The opening tag of the first item, and what stands from there to its number; None where the number does not
    come first, or one of the tags has attributes."""
    last = None
    for match in _TAG.finditer(body):
        if field_name(match["name"].decode("ascii", "replace").rpartition(":")[2]) == "itemno":
            is_first = last is not None and not last["rest"] and not match["rest"] and not last["end"]
            between = body[last.end() : match.start()] if last is not None else b"-"
            return (
                (last[0], body[last.end() : match.end()])
                if last and is_first and not between.strip()
                else None
            )
        last = match
    return None
