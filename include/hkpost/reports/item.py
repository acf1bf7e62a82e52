"""One item: where it is, its whole timeline, who asked about it, and when it is asked next."""

from typing import Any

from sqlalchemy import Engine

from hkpost.ecship.item_number import canonical, check_digit_holds
from hkpost.reports.read_only import read_only, rows

_LISTS = {
    "timeline": "item_timeline",
    "requests": "item_requests",
    "states": "item_states",
    "rejects": "item_rejects",
}


def item(engine: Engine, item_no: str) -> dict[str, Any] | None:
    """Everything about one item, or None when it is not tracked.

    `item_no` in any case, blanks at its ends. `timeline` holds every event ever seen, the latest first,
    with `retracted_at` where the service no longer reports it.
    """
    number = canonical(item_no)
    with read_only(engine) as connection:
        found = rows(connection, "item", item_no=number)
        if not found:
            return None
        lists = {name: rows(connection, query, item_no=number) for name, query in _LISTS.items()}
    return {"item": found[0], "check_digit_holds": check_digit_holds(number), **lists}


def search(engine: Engine, words: str) -> list[dict[str, Any]]:
    """The items with an item number (blanks inside are ignored) or an order reference (as it is)."""
    with read_only(engine) as connection:
        return rows(connection, "search", item_no=canonical("".join(words.split())), source_ref=words.strip())


def states(engine: Engine) -> list[dict[str, Any]]:
    """The rows of dim_state in their order."""
    with read_only(engine) as connection:
        return rows(connection, "states")
