"""What a list of items is asked for: which items, in which order."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from hkpost.enums import CloseReason
from hkpost.reports.read_only import rows

QUEUES: Final = ("exception", "failed_delivery", "collection_lapsing", "at_risk", "stuck", "silent")
CLOSED_GROUPS: Final = ("expired", "not_found")
GROUPS: Final = (*QUEUES, *CLOSED_GROUPS)
_MOST_DAYS: Final = 36_500
_HIDDEN: Final = {
    "invalid_number": CloseReason.MALFORMED.value,
    "cancelled": CloseReason.DUPLICATE.value,
}
"""Items of these states may be closed for another reason, too."""

SORTS: Final = {
    "item_no": ("item_no", "text"),
    "state": ("state", "text"),
    "destination": ("coalesce(destination, '')", "text"),
    "days_silent": ("silent_since", "timestamptz"),
    "days_open": ("open_since", "timestamptz"),
    "last_event_at": ("coalesce(last_event_at, '-infinity')", "timestamptz"),
    "closed_at": ("closed_at", "timestamptz"),
    "since": ("since", "timestamptz"),
    "promised_on": ("coalesce(promised_until, 'infinity')", "timestamptz"),
    "expected_p50_at": ("coalesce(expected_p50_at, 'infinity')", "timestamptz"),
}
"""By what a list may be sorted, and its type. The days count down from now: more of them is an earlier instant."""
_COUNTS_DOWN: Final = ("days_silent", "days_open")
_OWN_ORDER: Final = {"items_queue": "since", "items_closed": "-closed_at"}
"""Of the lists that an index has in their own order."""

_CLAUSES: Final = {
    "state": "state = :state",
    "stage": "state = ANY (ARRAY(SELECT known.state FROM hkpost.dim_state AS known WHERE known.stage = :stage))",
    "origin": "origin = :origin",
    "destination": "destination = :destination",
    "service": "service = :service",
    "account": "account = :account",
    "age_days_min": "open_since <= now() - make_interval(days => :age_days_min)",
    "age_days_max": "open_since >= now() - make_interval(days => :age_days_max)",
    "silent_days_min": "silent_since <= now() - make_interval(days => :silent_days_min)",
    "silent_days_max": "silent_since >= now() - make_interval(days => :silent_days_max)",
    "closed_on": "closed_at >= CAST(:closed_on AS date)::timestamp AT TIME ZONE 'Asia/Hong_Kong'"
    " AND closed_at < (CAST(:closed_on AS date) + 1)::timestamp AT TIME ZONE 'Asia/Hong_Kong'",
    "q": "item_no = ANY (ARRAY(SELECT found.item_no FROM hkpost.mail_item AS found"
    " WHERE found.source_ref = :q OR found.item_no >= upper(:q) AND found.item_no <= upper(:q) || 'ZZZZZZZZZZZZZ'"
    " AND starts_with(found.item_no, upper(:q)) LIMIT 10000))",
}


class BadFilter(ValueError):
    """Something that is asked for is not there, or does not go together; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What items are wanted; None: any. `sort` is a key of `SORTS`, with `-` in front for the other way round.

    `group` is one of `GROUPS`, `stage` one of dim_state's; `age_days` count from the posting, else the
    registration; `closed_on` is a day in Hong Kong, `week` the Monday of the week of posting; `q` is a reference or
    the beginning of a number.
    """

    group: str | None = None
    state: str | None = None
    stage: str | None = None
    origin: str | None = None
    destination: str | None = None
    service: str | None = None
    account: str | None = None
    age_days_min: int | None = None
    age_days_max: int | None = None
    silent_days_min: int | None = None
    silent_days_max: int | None = None
    q: str | None = None
    closed_on: date | None = None
    reason: str | None = None
    week: date | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """By what items are sorted, as SQL, and its type."""

    by: str
    kind: str
    is_descending: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A filter as SQL: the file that gives the items, clauses, the order, and the values of all parameters.

    `first` is the list's own order where an index has it and another was asked for: of a list that is too long to be
    sorted, the first of its own order are.
    """

    base: str
    clauses: tuple[str, ...]
    order: Order
    first: Order | None
    values: dict[str, Any]


def listing(connection: Connection, wanted: ItemFilter) -> Listing:
    """Work out how a list is read.

    Raises:
        BadFilter: a word is none of those that there are, or two of them exclude each other.
    """
    given = {name: value for name, value in asdict(wanted).items() if value not in (None, "")}
    for name, value in given.items():
        if isinstance(value, int) and not 0 <= value <= _MOST_DAYS:
            raise BadFilter(f"{name} is a number of days from 0 to {_MOST_DAYS:,}")
    known = rows(connection, "states")
    states = {row["state"]: row["is_open"] for row in known}
    _one_of("group", given, GROUPS)
    _one_of("state", given, states)
    _one_of("stage", given, {row["stage"]: None for row in known if row["stage"]})
    base, chosen, values = _base(given, states)
    order, own = _order(given.get("sort"), base), _order(None, base)
    first = own if base in _OWN_ORDER and own.by != order.by else None
    clauses = (*chosen, *(clause for name, clause in _CLAUSES.items() if name in given))
    return Listing(base, clauses, order, first, {**given, **values})


def _base(given: dict[str, Any], states: dict[str, bool]) -> tuple[str, tuple[str, ...], dict[str, Any]]:
    """Which file gives the items, and its own clauses and values."""
    closed = [state for state, is_open in states.items() if not is_open]
    _one_of("reason", given, [*closed, *_HIDDEN.values()])
    ways = {
        "queue": given.get("group") in QUEUES,
        "closed": given.get("group") in CLOSED_GROUPS
        or bool({"reason", "closed_on"} & given.keys())
        or (given.get("state") in closed and "week" not in given),
        "posted": "week" in given,
    }
    bases = [name for name, is_asked in ways.items() if is_asked]
    if len(bases) > 1:
        raise BadFilter(
            "a queue of open items, what was closed, and a week of posting are lists of their own: ask for one"
        )
    base = f"items_{bases[0] if bases else 'open'}"
    if base != "items_closed":
        return base, (), {}
    named = given.get("reason") or given.get("state") or given.get("group")
    if named is None:
        return base, (), {}
    if named in _HIDDEN and "reason" not in given:
        return base, ("close_reason = ANY (CAST(:reasons AS text[]))",), {"reasons": [named, _HIDDEN[named]]}
    return base, ("close_reason = :close_reason",), {"close_reason": named}


def _order(sort: str | None, base: str) -> Order:
    own = _OWN_ORDER.get(base, "-days_silent")
    name = (sort or own).removeprefix("-")
    elsewhere = {"since": "items_queue", "closed_at": "items_closed"}
    if name not in SORTS or elsewhere.get(name, base) != base:
        raise BadFilter(
            f"a list cannot be sorted by {name[:40]!r}: by {', '.join(SORTS)}"
            " (since in a queue, closed_at where it is of closed items), with - in front for the other way round"
        )
    return Order(*SORTS[name], (sort or own).startswith("-") != (name in _COUNTS_DOWN))


def _one_of(name: str, given: dict[str, Any], words: Any) -> None:
    if name in given and given[name] not in words:
        raise BadFilter(f"there is no {name} {given[name][:40]!r}: there are {', '.join(words)}")
