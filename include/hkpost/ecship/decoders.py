"""Decodes what bytes may be encoded in, and knows where each decoded byte comes from."""

import binascii
import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property, partial
from html.entities import html5
from itertools import accumulate
from typing import Final, NamedTuple

Place = tuple[int, int]
"""Start and end of some bytes."""


class View(NamedTuple):
    """Bytes, decoded once; `origin(start, end)` gives the places in the bytes that a part of it comes from."""

    text: bytes
    origin: Callable[[int, int], Iterator[Place]]


class _Escape(NamedTuple):
    """Something that stands for characters; none is without its sign."""

    sign: bytes
    pattern: re.Pattern[bytes]
    value: Callable[[re.Match[bytes]], bytes]


class _Radix(NamedTuple):
    """Digits that stand for bytes, a fixed number of each; `classes` translates them to `x`, all else to blanks."""

    classes: bytes
    digits: int
    size: int
    decode: Callable[[bytes], bytes]
    zero: bytes


def decoded(text: bytes, shortest: int) -> Iterator[View]:
    """Decode bytes once in every way that changes anything.

    Those are references of XML and HTML, escapes of JSON, percent-encoding, quoted-printable, comments and CDATA marks,
    broken lines, Base64 and hexadecimal. Of the last two every place in a word may be where it begins, and words
    without room for `shortest` bytes are left alone.
    """
    for escape in _ESCAPES:
        if escape.sign in text and (plain := escape.pattern.sub(escape.value, text)) != text:
            yield View(plain, _Unescaped(text, escape))
    standard = text.translate(_STANDARD_ALPHABET)
    for radix, words in _words(standard, shortest):
        for shift in range(radix.digits if words else 0):
            padded = [_padded(word[shift:], radix) for word in words]
            yield View(
                radix.decode(b"".join(padded)), partial(_word_from, standard, words, padded, shift, radix)
            )


def decoded_words(text: bytes) -> Iterator[bytes]:
    """Decode bytes once as `decoded` does, but of Base64 and hexadecimal only whole words that give printable text."""
    for escape in _ESCAPES:
        if escape.sign in text and (plain := escape.pattern.sub(escape.value, text)) != text:
            yield plain
    for radix, words in _words(text.translate(_STANDARD_ALPHABET), 1):
        plain_words = (radix.decode(_padded(word, radix)).rstrip(b"\0") for word in words)
        if readable := b" ".join(word for word in plain_words if _is_text(word)):
            yield readable


def _is_text(word: bytes) -> bool:
    with suppress(UnicodeDecodeError):
        return "".join(word.decode().split()).isprintable()
    return False


def _words(text: bytes, shortest: int) -> Iterator[tuple[_Radix, list[bytes]]]:
    """The distinct words of each radix with room for the bytes; a later one's are parts of an earlier's."""
    for radix in _RADICES:
        classes = text.translate(radix.classes)
        run = b"x" * -(-shortest * radix.digits // radix.size)
        words: dict[bytes, None] = {}
        at = classes.find(run)
        while at >= 0:
            end = classes.find(b" ", at)
            words[text[at : end if end >= 0 else len(text)]] = None
            at = classes.find(run, end) if end >= 0 else -1
        yield radix, list(words)
        text = b" ".join(words)


def _padded(word: bytes, radix: _Radix) -> bytes:
    """A word filled up with zeros, so that there are some behind it."""
    return word + radix.zero * (radix.digits + -len(word) % radix.digits)


class _Unescaped:
    """Where the bytes of an unescaped text begin and end in the text."""

    def __init__(self, text: bytes, escape: _Escape) -> None:
        self._text = text
        self._escape = escape

    def __call__(self, start: int, end: int) -> Iterator[Place]:
        begins, ends = self._borders
        yield begins[start], ends[end - 1]

    @cached_property
    def _borders(self) -> "tuple[array[int], array[int]]":
        begins, ends = array("L"), array("L")
        at = 0
        for match in self._escape.pattern.finditer(self._text):
            begins.extend(range(at, match.start()))
            ends.extend(range(at + 1, match.start() + 1))
            size, at = len(self._escape.value(match)), match.end()
            begins.extend([match.start()] * size)
            ends.extend([at] * size)
        begins.extend(range(at, len(self._text)))
        ends.extend(range(at + 1, len(self._text) + 1))
        return begins, ends


def _word_from(
    text: bytes,
    words: Sequence[bytes],
    padded: Sequence[bytes],
    shift: int,
    radix: _Radix,
    start: int,
    end: int,
) -> Iterator[Place]:
    """Where in a text the digits stand that some decoded bytes come from, with the padding of a word's end."""
    ends = list(accumulate(len(word) // radix.digits * radix.size for word in padded))
    which = bisect_right(ends, start)
    before, word = ends[which - 1] if which else 0, words[which]
    first = shift + (start - before) * radix.digits // radix.size
    last = min(shift - (before - end) * radix.digits // radix.size, len(word))
    for match in re.finditer(re.escape(word), text):
        after = match.start() + last
        while last == len(word) and text[after : after + 1] == b"=":
            after += 1
        yield match.start() + first, after


def _reference(match: re.Match[bytes]) -> bytes:
    code, decimal, name = match.groups()
    if name:
        return html5.get(name.decode() + ";", match[0].decode()).encode()
    return _character(int(code, 16) if code else int(decimal))


def _json(match: re.Match[bytes]) -> bytes:
    high, low, code, byte, letter = match.groups()
    if high:
        return _character(0x10000 + (int(high, 16) - 0xD800) * 0x400 + int(low, 16) - 0xDC00)
    if byte:
        return bytes([int(byte, 16)])
    return _LETTERS.get(letter, letter) if letter else _character(int(code, 16))


def _percent(match: re.Match[bytes]) -> bytes:
    code, byte = match.groups()
    return _character(int(code, 16)) if code else bytes([int(byte, 16)])


def _quoted(match: re.Match[bytes]) -> bytes:
    return bytes([int(match[1], 16)]) if match[1] else b""


def _pairs(match: re.Match[bytes]) -> bytes:
    return binascii.unhexlify(match[0].replace(b":", b""))


def _nothing(match: re.Match[bytes]) -> bytes:
    return b""


def _character(code: int) -> bytes:
    return chr(code).encode("utf-8", "surrogatepass") if code <= 0x10FFFF else b""


def _classes(alphabet: bytes) -> bytes:
    return bytes(ord("x" if code in alphabet else " ") for code in range(256))


_LETTERS: Final = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_STANDARD_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
_ESCAPES: Final = (
    _Escape(
        b"&",
        re.compile(rb"&(?:#[xX]0*([0-9a-fA-F]{1,6})|#0*([0-9]{1,7})|([A-Za-z][A-Za-z0-9]{1,31}));"),
        _reference,
    ),
    _Escape(
        b"\\",
        re.compile(
            rb"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})"
            rb"|x([0-9a-fA-F]{2})|([\"'\\/bfnrt]))"
        ),
        _json,
    ),
    _Escape(b"%", re.compile(rb"%(?:u([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))"), _percent),
    _Escape(b"=", re.compile(rb"=(?:([0-9A-F]{2})|\r?\n)"), _quoted),
    # Hexadecimal in pairs, as fingerprints are written.
    _Escape(b":", re.compile(rb"[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2})+"), _pairs),
    _Escape(b"<!", re.compile(rb"<!--.*?-->|<!\[CDATA\[|\]\]>", re.DOTALL), _nothing),
    _Escape(b"\n", re.compile(rb"\r?\n(?=[A-Za-z0-9+/=%&\\_-])"), _nothing),
)
_HEXADECIMAL: Final = b"0123456789abcdefABCDEF"
_BASE64: Final = bytes(range(0x41, 0x5B)) + bytes(range(0x61, 0x7B)) + b"0123456789+/"
_RADICES: Final = (
    _Radix(_classes(_BASE64), 4, 3, binascii.a2b_base64, b"A"),
    _Radix(_classes(_HEXADECIMAL), 2, 1, binascii.unhexlify, b"0"),
)
