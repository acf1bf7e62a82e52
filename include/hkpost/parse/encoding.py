"""The character sets of an answer: what it is in, whatever it says it is in."""

import codecs
import re
from collections.abc import Iterator
from typing import Final

_DECLARED: Final = re.compile(rb"^\s*<\?xml\b[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_CHARSET: Final = re.compile(r"\bcharset\s*=\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE)
_CHARACTER_SETS: Final = ("utf-", "ascii", "iso8859", "cp", "big5", "gb")
"""How the names of the codecs begin that are read; Python has others that are no character sets."""
_SUPERSETS: Final = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030"}
"""What writers mean by a name who use more characters than it has, as browsers read it."""


def decoded(body: bytes, content_type: str) -> str:
    """A body as text.

    UTF-8 is tried before what the XML declaration or the HTTP header names: a wrong name is commoner than
    text of another encoding that happens to be valid UTF-8.

    Raises:
        UnicodeError: it is text in none of the encodings that it may be in.
    """
    tried = []
    for encoding in _candidates(body, content_type):
        tried.append(encoding)
        try:
            return body.decode(encoding)
        except UnicodeError:
            continue
    raise UnicodeError(f"the body is not {' nor '.join(tried)} text")


def _candidates(body: bytes, content_type: str) -> Iterator[str]:
    if body[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        yield "utf-32"
    elif body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        yield "utf-16"
    elif body[:2] in (b"<\x00", b"\x00<"):
        yield "utf-16-le" if body[:1] == b"<" else "utf-16-be"
    else:
        yield "utf-8-sig"
        declared = _DECLARED.match(body)
        charset = _CHARSET.search(content_type)
        names = [declared[1].decode() if declared else "", charset[1] if charset else ""]
        yield from dict.fromkeys(known for name in names if (known := _known(name)))


def _known(name: str) -> str:
    """The codec for a name, '' where it is no character set."""
    try:
        codec = codecs.lookup(name).name
    except LookupError:
        return ""
    return _SUPERSETS.get(codec, codec) if codec.startswith(_CHARACTER_SETS) else ""
