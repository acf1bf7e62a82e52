"""`where ITEM`: one item on the terminal."""

import sys
from argparse import Namespace
from typing import Any

from rich.markup import escape
from rich.panel import Panel
from sqlalchemy import URL, Connection
from sqlalchemy.exc import ProgrammingError

from hkpost.commands.show import SQL, as_text, console, print_rows, query
from hkpost.commands.warehouse_address import name_of
from hkpost.ecship.item_number import canonical
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.revision import MIGRATE, UnfitDatabaseError

TABLES = {
    "where_timeline": "What happened, the latest first",
    "where_requests": "Requests that asked about it, the latest first",
    "where_rejected": "What could not be used",
}
FACTS = {
    "state": "state",
    "close_reason": "closed because",
    "closed_at": "closed at",
    "milestone_e": "milestone",
    "milestone_c": "milestone (Chinese)",
    "origin": "from",
    "destination": "to",
    "posted_at_local": "posted (Hong Kong time)",
    "drop_off_point_e": "posted at",
    "delivered_at": "delivered (UTC)",
    "silent_days": "days without news",
    "api_status": "last code of the service",
    "api_message": "and its words",
    "last_polled_at": "last asked",
    "poll_count": "times asked",
    "source_ref": "the business's reference",
    "account": "account",
}


def command(url: URL, given: Namespace) -> int:
    """Show the item that the arguments name; returns the exit code."""
    return show(url, given.item)


def show(url: URL, item: str) -> int:
    """Print state, timeline, requests and next poll of an item; returns the exit code, 1 for an unknown one.

    Raises:
        ValueError: the number is empty.
        UnfitDatabaseError: the warehouse has no tables yet.
    """
    item_no = canonical(item)
    if not item_no:
        raise ValueError("which item? Give its number")
    engine = warehouse_engine(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            return _show(connection, item_no)
    except ProgrammingError as error:
        reason = str(error.orig).splitlines()[0]
        raise UnfitDatabaseError(
            f"the warehouse {name_of(url)} cannot be read: {reason}. Where it has no tables yet, or those of"
            f" another version: {MIGRATE}"
        ) from None
    finally:
        engine.dispose()


def _show(connection: Connection, item_no: str) -> int:
    columns, rows = query(connection, SQL / "where_item.sql", {"item": item_no})
    on = console()
    if not rows:
        print(f"{item_no} is not tracked: it is in no row of hkpost.mail_item", file=sys.stderr)
        _print_table(connection, "where_rejected", item_no)
        return 1
    item = dict(zip(columns, rows[0], strict=True))
    lines = [
        f"{label:26}{escape(as_text(item[name]))}"
        for name, label in FACTS.items()
        if item[name] not in (None, "")
    ]
    on.print(Panel("\n".join([*lines, f"{'asked next':26}{next_poll(item)}"]), title=item_no, expand=False))
    for name in TABLES:
        _print_table(connection, name, item_no)
    return 0


def _print_table(connection: Connection, name: str, item_no: str) -> None:
    columns, rows = query(connection, SQL / f"{name}.sql", {"item": item_no})
    if rows:
        kept = [index for index in range(len(columns)) if any(row[index] not in (None, "") for row in rows)]
        shown = [[row[index] for index in kept] for row in rows]
        print_rows(console(), TABLES[name], [columns[index] for index in kept], shown)


def next_poll(item: dict[str, Any]) -> str:
    """Return in words when an item, a row of `hkpost.item_status`, is asked next."""
    if item["is_loading"]:
        return "after its last answer, which is archived, is loaded"
    if item["next_poll_at"] is None:
        return "never: it is closed"
    purpose = "" if item["is_open"] else ", once, to confirm the delivery"
    return f"{as_text(item['next_poll_at'])} UTC, or with the first run after it{purpose}"
