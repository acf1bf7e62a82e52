"""Notes numbers that cannot be used in `hkpost.rejected_record`, whatever stands in them."""

from typing import Any

from sqlalchemy import Connection

from hkpost.reasons import Reason
from hkpost.warehouse.statements import statement

SHOWN_LENGTH = 100
"""Characters of something refused that a line of a log shows."""
_KEPT_LENGTH = 2_000


def reject_number(
    connection: Connection,
    account: Any,
    item_no: Any,
    reason: Reason,
    source: str = "open_items",
    *,
    value: Any = None,
) -> int:
    """Note what cannot be used of a number (`value`, or all of it), once however often it comes.

    Returns how many were noted.
    """
    parameters = {
        "source": source,
        "account": None if account is None else shown(account, _KEPT_LENGTH),
        "item_no": shown(item_no, _KEPT_LENGTH),
        "reason": shown(reason, _KEPT_LENGTH),
        "reason_code": reason.why.value,
        "reason_values": [shown(one, _KEPT_LENGTH) for one in reason.all_values],
        "raw_fragment": shown(item_no if value is None else value, _KEPT_LENGTH),
    }
    return connection.execute(statement("intake/reject_number"), parameters).rowcount


def shown(value: Any, at_most: int) -> str:
    """Any value as a text that can be stored and read, cut to `at_most` characters."""
    if value is None:
        return ""
    try:
        text = str(bytes(value) if isinstance(value, memoryview) else value)
    except ValueError:  # an integer of thousands of digits
        text = f"a {type(value).__name__}"
    kept = text[:at_most].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\x00")
    return kept if max(len(text), len(kept)) <= at_most else f"{kept[: at_most - 1]}…"
