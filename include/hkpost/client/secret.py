"""Blanks a secret wherever it stands in bytes, in each of the spellings in which a service may echo it."""

import re
from base64 import b64encode
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

BLANK = b"********"
_SHORTEST = 4
"""Shorter secrets would blank ordinary text."""
_QUOTES: tuple[dict[str, str], ...] = ({}, {'"': "&quot;", "'": "&apos;"}, {'"': "&#34;", "'": "&#39;"})
_REFERENCE = re.compile(rb"&#(?:[0-9]{2,7}|[xX][0-9a-fA-F]{2,6});")


def blanked(body: bytes, secrets: Iterable[str]) -> bytes:
    """Return the bytes without the secrets: as they are, escaped, percent-encoded or in Base64, UTF-8 or UTF-16."""
    secrets = [secret for secret in secrets if len(secret) >= _SHORTEST]
    wide = b"\0" in body
    for secret in secrets:
        for spelling in spellings(secret):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be") if wide else ("utf-8",):
                body = body.replace(spelling.encode(encoding, "surrogatepass"), BLANK)
    if _REFERENCE.search(body):
        plain = unescape(body.decode("utf-8", "replace"))
        for secret in secrets:
            if secret in plain:
                body = _by_references(secret).sub(BLANK, body)
    return body


@lru_cache(maxsize=64)
def spellings(secret: str) -> tuple[str, ...]:
    """Return how a secret may be written, the longest first."""
    written = {secret, quote(secret, safe=""), quote_plus(secret)}
    for quotes in _QUOTES:
        once = escape(secret, quotes)
        written |= {once, escape(once)}
    written.update(_in_base64(secret.encode("utf-8", "surrogatepass")))
    return tuple(sorted(written, key=lambda spelling: (-len(spelling), spelling)))


def _in_base64(secret: bytes) -> Iterable[str]:
    """The secret alone, and what all Base64 texts that hold it have in common, by the place it begins at."""
    yield b64encode(secret).decode("ascii")
    for before, unsure in ((0, 0), (1, 2), (2, 3)):
        encoded = b64encode(bytes(before) + secret).decode("ascii")
        certain = encoded[unsure : (before + len(secret)) * 8 // 6]
        if len(certain) >= 2 * _SHORTEST:
            yield certain


@lru_cache(maxsize=64)
def _by_references(secret: str) -> re.Pattern[bytes]:
    """The secret with any of its characters as an XML reference."""
    characters = (
        rb"(?:%b|%b|&#0*%d;|&#[xX]0*(?i:%x);)"
        % (
            re.escape(character.encode("utf-8", "surrogatepass")),
            re.escape(escape(character, _QUOTES[1]).encode("utf-8", "surrogatepass")),
            ord(character),
            ord(character),
        )
        for character in secret
    )
    return re.compile(b"".join(characters))
