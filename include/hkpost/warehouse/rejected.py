"""Notes numbers that cannot be used in `hkpost.rejected_record`, whatever stands in them."""

from typing import Any

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement

SHOWN_LENGTH = 100
"""Characters of something refused that a line of a log shows."""
_MAX_FRAGMENT_LENGTH = 2_000
_MAX_NAME_LENGTH = 250
"""Characters of a number or an account: what an index of PostgreSQL takes, whatever the alphabet."""


def reject_number(
    connection: Connection,
    account: Any,
    item_no: Any,
    reason: str,
    source: str = "open_items",
    *,
    value: Any = None,
) -> int:
    """Note what cannot be used of a number (`value`, or all of it), once however often it comes.

    Returns how many were noted.
    """
    parameters = {
        "source": source,
        "account": None if account is None else shown(account, _MAX_NAME_LENGTH),
        "item_no": shown(item_no, _MAX_NAME_LENGTH),
        "reason": shown(reason, _MAX_FRAGMENT_LENGTH),
        "raw_fragment": shown(item_no if value is None else value, _MAX_FRAGMENT_LENGTH),
    }
    return connection.execute(statement("reject_number"), parameters).rowcount


def shown(value: Any, at_most: int) -> str:
    """Any value as a text that can be stored and read, cut to `at_most` characters."""
    if value is None:
        return ""
    try:
        text = str(bytes(value) if isinstance(value, memoryview) else value)
    except ValueError:  # an integer of thousands of digits
        text = f"a {type(value).__name__}"
    text = text[:at_most].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    return text if len(text) <= at_most else f"{text[: at_most - 1]}…"
