"""One item: where it is, its whole timeline, who asked about it, and when it is asked next."""

from typing import Any, Final

from sqlalchemy import Engine

from hkpost.ecship.item_number import canonical, check_digit_holds
from hkpost.reports.read_only import read_only, rows
from hkpost.reports.reasons import in_languages

_ENDED: Final = ("overdue", "broken", "kept")
_LISTS = {
    "legs": "item_legs",
    "timeline": "item_timeline",
    "requests": "item_requests",
    "states": "item_states",
    "rejects": "item_rejects",
}


def item(engine: Engine, item_no: str) -> dict[str, Any] | None:
    """Everything about one item, or None when it is not tracked.

    `item_no` in any case, blanks at its ends. `timeline` holds every event ever seen, the latest first,
    with `retracted_at` where the service no longer reports it; `legs` the stages of the journey in their order, in
    days; `forecast` and `promise` are None where there is none; `badges` name its queues, and how its promise stands
    where that is not as planned.
    """
    number = canonical(item_no)
    with read_only(engine) as connection:
        found = rows(connection, "item", item_no=number)
        if not found:
            return None
        lists = {name: rows(connection, query, item_no=number) for name, query in _LISTS.items()}
        forecast, promise = (
            next(iter(rows(connection, name, item_no=number)), None)
            for name in ("item_forecast", "item_promise")
        )
        queues = [row["queue"] for row in rows(connection, "item_queues", item_no=number)]
    lists["rejects"] = [in_languages(row) for row in lists["rejects"]]
    return {
        "item": found[0],
        "check_digit_holds": check_digit_holds(number),
        "forecast": forecast,
        "promise": promise,
        "badges": _badges(queues, promise["status"] if promise else ""),
        **lists,
    }


def _badges(queues: list[str], promise: str) -> list[str]:
    """Its queues, and its promise where that is no longer open; what is overdue is not at risk any more."""
    ended = [promise] if promise in _ENDED else []
    return [queue for queue in queues if not (ended and queue == "at_risk")] + ended


def states(engine: Engine) -> list[dict[str, Any]]:
    """The rows of dim_state in their order."""
    with read_only(engine) as connection:
        return rows(connection, "states")
