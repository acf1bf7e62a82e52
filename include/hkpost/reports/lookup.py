"""What a person pasted: which items it names, which numbers are not tracked, and what is neither."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine

from hkpost.ecship.item_number import canonical
from hkpost.ecship.pasted_numbers import pasted_numbers
from hkpost.reasons import Reason, Why
from hkpost.reports.read_only import read_only, rows
from hkpost.reports.reasons import in_languages

MOST_PIECES: Final = 500
"""As many numbers and references are looked up at once."""
MOST_FOUND: Final = 1_000
SHORTEST_PREFIX: Final = 4
_PREFIX: Final = re.compile(rf"[A-Z0-9]{{{SHORTEST_PREFIX},12}}")
_S10: Final = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_BETWEEN: Final = re.compile(r"[,;|、\t\r\n]+")
_NOT_A_NUMBER: Final = Reason(Why.NOT_A_NUMBER)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece as it was pasted, the item number in it, and why it names no item."""

    text: str
    item_no: str | None
    reason: Reason

    @property
    def references(self) -> set[str]:
        return set().union(*map(_forms, (self.text, *self.text.split())))


def lookup(engine: Engine, pasted: str) -> dict[str, Any]:
    """The items that a text names: item numbers in any form, or references of orders, one or many.

    `rows` are items in the order of the pieces, each with `pasted`, the piece that named it; `untracked` are item
    numbers that no item has; `unknown` are the other pieces, each with why in three languages; `too_many` is the number
    of pieces where only the first `MOST_PIECES` were looked up, else None. A lone piece of `SHORTEST_PREFIX` characters
    or more that is no item's also finds the items whose number begins with it.
    """
    pieces = list(_pieces(pasted))
    looked_up = pieces[:MOST_PIECES]
    numbers = [piece.item_no for piece in looked_up if piece.item_no]
    start = canonical("".join(pasted.split()))
    with read_only(engine) as connection:
        found = rows(
            connection,
            "lookup",
            item_nos=numbers,
            source_refs=sorted({form for piece in looked_up for form in piece.references}),
            prefix=start if len(pieces) == 1 and _PREFIX.fullmatch(start) else None,
            at_most=MOST_FOUND,
        )
        named = _named(looked_up, found)
        places = {piece.text: place for place, piece in enumerate(looked_up)}
        found.sort(key=lambda row: places.get(named.get(row["item_no"], ""), len(places)))
        shown = rows(connection, "items_rows", item_nos=[row["item_no"] for row in found])
    references = {row["source_ref"] for row in found}
    is_alone = len(looked_up) == 1 and bool(found)
    left = [] if is_alone else [one for piece in looked_up for one in _left(piece, named, references)]
    return {
        "rows": [{**row, "pasted": named.get(row["item_no"], pasted.strip())} for row in shown],
        "untracked": [one.item_no for one in left if one.item_no and _S10.fullmatch(one.item_no)],
        "unknown": [
            {"text": one.text, **in_languages(one.reason.columns())}
            for one in left
            if not (one.item_no and _S10.fullmatch(one.item_no))
        ],
        "too_many": len(pieces) if len(pieces) > MOST_PIECES else None,
    }


def _pieces(pasted: str) -> Iterator[_Piece]:
    """Each number and each other piece, once."""
    seen: set[str] = set()
    for field in filter(None, map(str.strip, _BETWEEN.split(pasted))):
        read = pasted_numbers(field)
        is_one = len(read.item_nos) + len(read.refused) == 1
        for item_no in read.item_nos:
            if item_no not in seen:
                yield _Piece(field if is_one else item_no, item_no, _NOT_A_NUMBER)
            seen.add(item_no)
        for refused in read.refused:
            if refused.text not in seen:
                yield _Piece(field if is_one else refused.text, None, refused.reason)
            seen.add(refused.text)


def _named(pieces: list[_Piece], found: list[dict[str, Any]]) -> dict[str, str]:
    """Which piece named each item that was found."""
    by_number = {piece.item_no: piece.text for piece in pieces if piece.item_no}
    by_reference = {form: piece.text for piece in pieces for form in piece.references}
    named = {
        row["item_no"]: by_number.get(row["item_no"]) or by_reference.get(row["source_ref"]) for row in found
    }
    return {item_no: piece for item_no, piece in named.items() if piece}


def _left(piece: _Piece, named: dict[str, str], references: set[str | None]) -> Iterator[_Piece]:
    """What of a piece names nothing: all of it, or some of its words."""
    if piece.item_no in named or _forms(piece.text) & references:
        return
    words = [word for word in piece.text.split() if not _forms(word) & references]
    if piece.item_no or len(words) == len(piece.text.split()):
        yield piece
    else:
        yield from (_Piece(word, None, piece.reason) for word in words)


def _forms(word: str) -> set[str]:
    """A reference as it is, and in upper and lower case."""
    return {word, word.upper(), word.lower()}
