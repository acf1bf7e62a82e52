"""Takes secrets out of what the service sends, in whatever encodings it may echo them.

Spellings are not listed: what can be decoded is decoded, up to four encodings deep (`hkpost.ecship.decoders`), and
where a secret comes to light, the bytes that it came from are blanked.
"""

import binascii
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple

from hkpost.ecship.decoders import Place, decoded, decoded_words

BLANK: Final = b"********"
_SHORTEST: Final = 4
"""Characters of a secret that can be distinguished from ordinary text."""
_DEPTH: Final = 4
"""Encodings deep: two, each of which may be broken into lines."""
_MOST_DECODED: Final = 20_000_000
"""Bytes that are decoded for one body, in all: a few seconds of work at the very most."""
_SIGNS: Final = (b"&", b"%", b"\\")
_CODECS: Final = ("utf-8", "utf-16-le", "utf-16-be", "latin-1", "big5hkscs", "gb18030")
_WIDE: Final = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
"""How bodies begin whose characters take more than a byte each."""
_DIGEST: Final = 16
"""Bytes that a secret must be Base64 of to be looked for as those bytes too: a nonce's length; a digest has 20."""


class _Undecided(Exception):
    """More would have to be decoded than can be."""


def redact(body: bytes, secrets: Iterable[str], traces: Iterable[str] = ()) -> bytes | None:
    """Return the bytes with every secret blanked, or None where nothing of them may be kept.

    A secret of under four characters cannot be distinguished from text. Then nothing is kept of a body that
    has it as a word of its own, in any encoding, or that has one of the `traces`: what only a request says,
    so that its echo is known. Nor is anything of a body that is encoded over and over.
    """
    forms = _forms(secrets, traces)
    codec = next((codec for start, codec in _WIDE if body.startswith(start)), None)
    try:
        if codec is not None:
            with suppress(UnicodeError):
                narrow = body.decode(codec, "surrogatepass").encode("utf-8", "surrogatepass")
                clean = _redacted(narrow, forms)
                body = body if clean is narrow else clean.decode("utf-8", "surrogatepass").encode(codec)
        return _redacted(body, forms)
    except _Undecided:
        return None


class _Forms(NamedTuple):
    """What is looked for, as bytes."""

    long: list[bytes]
    short: list[re.Pattern[bytes]]
    traces: list[bytes]
    separator: bytes
    """What no long secret has in it."""


def _redacted(body: bytes, forms: _Forms) -> bytes:
    search = _Search(forms.long)
    if forms.short and (_Search([*forms.long, *forms.traces]).places(body) or _has_word(body, forms.short)):
        raise _Undecided
    pieces = body.split(forms.separator) if forms.separator else [body]
    blanked = {
        piece: _without(piece, search.places(piece))
        for group in _groups(set(pieces), forms.separator)
        if search.places(forms.separator.join(group))
        for piece in group
    }
    clean = forms.separator.join([blanked.get(piece, piece) for piece in pieces]) if blanked else body
    if b"<!" in clean:  # a comment or a CDATA mark may part a secret over several pieces
        clean = _without(clean, search.places(clean))
    if clean is not body and search.places(clean):
        raise _Undecided
    return clean


def _groups(pieces: set[bytes], separator: bytes) -> list[set[bytes]]:
    """The distinct pieces, few in an answer: those with anything to unescape apart from those without."""
    whole = separator.join(pieces)
    signs = [sign for sign in _SIGNS if sign in whole]
    escaped = {piece for sign in signs for piece in pieces if sign in piece}
    return [escaped, pieces - escaped]


class _Search:
    """Looks for secrets as they are and some encodings deep, and decodes no more bytes than are allowed."""

    def __init__(self, secrets: Sequence[bytes]) -> None:
        self._secrets = secrets
        self._shortest = min(map(len, secrets), default=0)
        self._seen: set[tuple[int, bytes]] = set()
        self._left = _MOST_DECODED

    def places(self, text: bytes, depth: int = _DEPTH) -> list[Place]:
        """Where in a text the secrets are."""
        found = [place for secret in self._secrets if secret in text for place in _places(text, secret)]
        if depth and self._secrets and (depth, text) not in self._seen:
            self._left -= len(text)
            if self._left < 0:
                raise _Undecided
            for view in decoded(text, self._shortest):
                for start, end in self.places(view.text, depth - 1):
                    found += view.origin(start, end)
            if not found:
                self._seen.add((depth, text))
        return found


def _places(text: bytes, secret: bytes) -> Iterable[Place]:
    return [match.span(1) for match in re.finditer(rb"(?=(%b))" % re.escape(secret), text)]


def _without(text: bytes, places: Sequence[Place]) -> bytes:
    if not places:
        return text
    kept, at = [], 0
    for start, end in sorted(places):
        if start >= at:
            kept += [text[at:start], BLANK]
        at = max(at, end)
    return b"".join([*kept, text[at:]])


def _has_word(text: bytes, words: Sequence[re.Pattern[bytes]], depth: int = _DEPTH) -> bool:
    if any(word.search(text) for word in words):
        return True
    return depth > 0 and any(_has_word(plain, words, depth - 1) for plain in decoded_words(text))


def _forms(secrets: Iterable[str], traces: Iterable[str]) -> _Forms:
    secrets = list(secrets)
    long = [form for secret in secrets if len(secret) >= _SHORTEST for form in _spellings(secret)]
    short = [form for secret in secrets if 0 < len(secret) < _SHORTEST for form in _spellings(secret)]
    words = [re.compile(rb"(?<![A-Za-z0-9])%b(?![A-Za-z0-9])" % re.escape(form)) for form in short]
    separator = next((sign for sign in (b"<", b">") if not any(sign in form for form in long)), b"")
    return _Forms(long, words, [trace.encode() for trace in traces], separator)


@lru_cache(maxsize=64)
def _spellings(secret: str) -> list[bytes]:
    """A secret in several character sets, with `+` for blanks, and as the bytes that it is Base64 of."""
    codecs = _CODECS[:3] if secret.isascii() else _CODECS
    forms = {secret.replace(" ", "+").encode("utf-8", "surrogatepass")}
    for codec in codecs:
        with suppress(UnicodeEncodeError):
            forms.add(secret.encode(codec, "surrogatepass" if codec.startswith("utf") else "strict"))
    with suppress(ValueError):
        plain = binascii.a2b_base64(secret, strict_mode=True)
        forms |= {plain} if len(plain) >= _DIGEST else set()
    return sorted(forms)
