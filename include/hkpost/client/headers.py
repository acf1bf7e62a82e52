"""What an answer's headers say besides its body: when to come back, and where else to ask."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

_DIGITS = 9
"""More seconds than these can say are no different: it is over thirty years."""


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks to wait (a number, or a date by the service's own clock).

    None without one, and where it cannot be read.
    """
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:_DIGITS])
    then = _instant(text)
    if then is None:
        return None
    now = _instant(headers.get("date", "")) or datetime.now(UTC)
    return max((then - now).total_seconds(), 0.0)


def address(url: str) -> str:
    """A URL without what may be secret in it: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "an address that cannot be read"
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}" if host else parts.path


def without_login(url: str) -> str:
    """A URL, or a path, without a user and password in it."""
    return re.sub(r"(?<=://)[^/?#]*@", "", url)


def _instant(text: str) -> datetime | None:
    try:
        instant = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
