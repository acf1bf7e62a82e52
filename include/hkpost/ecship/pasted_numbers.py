"""Finds item numbers in what a person pasted: a column, a list, a line of an e-mail."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from hkpost.ecship.item_number import refusal
from hkpost.reasons import Reason, Why

_BETWEEN_FIELDS = re.compile(r"[,;|、\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
"""What surely parts two numbers; a blank may also stand inside of one."""
_AROUND = "\"'`´‘’‚‛“”„‟‹›«»「」『』()[]{}<>.:#*"
"""What stands around a number and is no part of it."""
_INSIDE = re.compile(r"[-‐‑‒–—−._/]")
"""What people put between the groups of a number's digits."""
_S10 = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_MOST_GROUPS = 13
_SHORTEST_BESIDE_BLANKS = 8
"""Shorter pieces with blanks around them may be numbers, or parts of one that was broken up: we do not guess."""


class Refused(NamedTuple):
    """A piece of the text that cannot be asked about, as it was pasted, and why."""

    text: str
    reason: Reason


class PastedNumbers(NamedTuple):
    """Item numbers in the order pasted, each once; what else stood there; how many came again."""

    item_nos: tuple[str, ...]
    refused: tuple[Refused, ...]
    duplicates: int


def pasted_numbers(text: str) -> PastedNumbers:
    """Read a text with item numbers, parted by commas, semicolons, bars, tabs, new lines or blanks.

    Full-width characters, lower case, quotes and brackets are as good as plain ones. Blanks, hyphens, dots and
    slashes inside a number are taken out where an S10 number comes of it ("RB 123 456 785 HK"). A piece
    that can be read in two ways, a word without a digit, and what the service takes no number for
    (specification page 4: String, 13) are refused by name.
    """
    found: dict[str, None] = {}
    refused: dict[Refused, None] = {}
    count = 0
    for field in _BETWEEN_FIELDS.split(_plain(text)):
        for piece in _pieces(field):
            if isinstance(piece, Refused):
                refused[piece] = None
            else:
                count += 1
                found[piece] = None
    return PastedNumbers(tuple(found), tuple(refused), count - len(found))


def _plain(text: str) -> str:
    """The text with full-width characters made plain and invisible ones taken out."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(char for char in plain if char.isspace() or unicodedata.category(char) not in ("Cf", "Cc"))


def _pieces(field: str) -> Iterator[str | Refused]:
    words = [word for word in (_bare(word) for word in field.split()) if word]
    if len(words) == 1:
        yield _alone(words[0])
        return
    broken: list[str] = []
    at = 0
    while at < len(words):
        number, taken = _joined(words, at)
        if number is None and len(words[at]) >= _SHORTEST_BESIDE_BLANKS:
            lone = _alone(words[at])
            number = None if isinstance(lone, Refused) else lone
        if number is None:
            broken.append(words[at])
        else:
            if broken:
                yield _unclear(broken)
                broken = []
            yield number
        at += taken
    if broken:
        yield _unclear(broken)


def _joined(words: list[str], at: int) -> tuple[str | None, int]:
    """The S10 number that begins at a word, and of how many words it is."""
    joined = ""
    for count, word in enumerate(words[at : at + _MOST_GROUPS], start=1):
        joined += _upper(_INSIDE.sub("", word))
        if _S10.fullmatch(joined):
            return joined, count
    return None, 1


def _alone(word: str) -> str | Refused:
    closed_up = _upper(_INSIDE.sub("", word))
    number = closed_up if _S10.fullmatch(closed_up) else _upper(word)
    if refused := refusal(number):
        return Refused(word, refused)
    if not any(char.isdigit() for char in number):
        return Refused(word, Reason(Why.NO_DIGIT))
    return number


def _unclear(words: list[str]) -> Refused:
    text = " ".join(words)
    if any(char.isdigit() for char in text):
        return Refused(text, Reason(Why.UNCLEAR))
    return Refused(text, Reason(Why.NO_DIGITS))


def _bare(word: str) -> str:
    return word.strip(_AROUND)


def _upper(word: str) -> str:
    """Upper case of plain letters only: others must not become plain ones."""
    return word.upper() if word.isascii() else word
