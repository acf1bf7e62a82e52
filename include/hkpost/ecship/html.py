"""Recognises an HTML page where an answer or a WSDL was asked for."""

import re
from typing import Final

_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)
_TITLE: Final = re.compile(rb"<title[^>]*>\s*(.{1,200}?)\s*</title", re.IGNORECASE | re.DOTALL)


def html_title(body: bytes | bytearray) -> str | None:
    """What an HTML page calls itself, as words to put behind its mention; None where the body is no HTML page."""
    if not _PAGE.match(body):
        return None
    title = _TITLE.search(body, 0, 10_000)
    return f" ({title[1].decode('utf-8', 'replace')!r})" if title else ""
