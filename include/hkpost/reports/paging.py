"""Pages of a list: how long one is, and the mark at which the next begins."""

import json
from typing import Final

PAGE_ROWS: Final = 50


class UnknownPage(ValueError):
    """The mark of a page is none that this service gave out."""


def mark(key: object, value: object) -> str:
    """The mark of what follows a row with this key, in a list that is sorted by this value."""
    return json.dumps([str(key), str(value)])


def read_mark(given: str) -> dict[str, str] | None:
    """The key and the value of a mark, None without one.

    Raises:
        UnknownPage: it is no mark.
    """
    if not given:
        return None
    try:
        key, value = map(str, json.loads(given))
        f"{key}{value}".encode()  # half of a surrogate pair is no text
    except (ValueError, TypeError):
        raise no_mark(given) from None
    if "\0" in key + value:
        raise no_mark(given)
    return {"key": key, "value": value}


def no_mark(given: str) -> UnknownPage:
    """The error for a mark that is none of a page of this list."""
    return UnknownPage(f"{given[:100]!r} is no mark of a page: begin at the first")
