"""`make where ITEM=…`: one item on the screen."""

import sys
from typing import Any

from rich.markup import escape
from rich.panel import Panel
from sqlalchemy import Connection
from sqlalchemy.exc import ProgrammingError

from hkpost.ecship.item_number import canonical
from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.show import as_text, console, print_rows, query
from hkpost_local.warehouse_address import warehouse

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


def where(item: str = "") -> int:
    """Print state, timeline, requests and next poll of an item; returns the exit code, 1 for an unknown one."""
    item_no = canonical(item)
    if not item_no:
        print("which item? make where ITEM=RB123456785HK", file=sys.stderr)
        return 2
    with warehouse() as url:
        engine = warehouse_engine(url.render_as_string(hide_password=False))
        try:
            with engine.connect() as connection:
                return _show(connection, item_no)
        except ProgrammingError:
            print(
                f"the warehouse {url.database} at {url.host} has no tables yet: make migrate", file=sys.stderr
            )
            return 1
        finally:
            engine.dispose()


def _show(connection: Connection, item_no: str) -> int:
    columns, rows = query(connection, "where_item", {"item": item_no})
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
    columns, rows = query(connection, name, {"item": item_no})
    if rows:
        kept = [index for index in range(len(columns)) if any(row[index] not in (None, "") for row in rows)]
        shown = [[row[index] for index in kept] for row in rows]
        print_rows(console(), TABLES[name], [columns[index] for index in kept], shown)


def next_poll(item: dict[str, Any]) -> str:
    """When an item is asked next, in words.

    :param item: a row of ``hkpost.item_status``.
    """
    if item["is_loading"]:
        return "after its last answer, which is archived, is loaded"
    if item["next_poll_at"] is None:
        return "never: it is closed"
    purpose = "" if item["is_open"] else ", once, to confirm the delivery"
    return f"{as_text(item['next_poll_at'])} UTC, or with the first run after it{purpose}"
