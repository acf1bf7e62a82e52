"""Takes item numbers of the business into `hkpost.mail_item`; what cannot be one is refused with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from hkpost.contract.item_number import canonical, refusal
from hkpost.contract.limits import MAX_ITEM_NO_LENGTH
from hkpost.warehouse.statements import statement

COLUMNS = ("item_no", "account", "source_ref", "registered_at", "priority")
_BUSINESS_ZONE = ZoneInfo("Asia/Hong_Kong")
"""A registration time without an offset is a Hong Kong wall clock: the senders are Hong Kong's."""


class IntakeError(ValueError):
    """The business's query does not give what it must; the message says what to change."""


@dataclass(slots=True)
class IntakeSummary:
    """What one intake did, in item numbers."""

    read: int = 0
    registered: int = 0
    refused: int = 0
    rejected: int = 0


def register_rows(
    engine: Engine, columns: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]
) -> IntakeSummary:
    """Register the rows of the business's query, batch by batch; a known number is left as it is.

    Args:
        engine: the warehouse.
        columns: names of the query's columns; `item_no` is needed, the others of `COLUMNS` may be there.
        batches: rows in the order of `columns`.

    Raises:
        IntakeError: the query has no `item_no`, or a column of another kind than what it is for.
    """
    names = [name.lower() for name in columns]
    if "item_no" not in names:
        raise IntakeError(f"open_items_sql gives {', '.join(columns) or 'no column'}: it must give item_no")
    summary = IntakeSummary()
    for batch in batches:
        rows = [dict(zip(names, row, strict=True)) for row in batch]
        with engine.begin() as connection:
            _register(connection, rows, summary)
    return summary


def tidy_numbers(engine: Engine) -> IntakeSummary:
    """Make numbers that were inserted directly canonical, and close those that cannot be item numbers.

    One that was registered at an instant that no calendar has counts as registered now.
    """
    summary = IntakeSummary()
    with engine.begin() as connection:
        for row in connection.execute(statement("date_items")).all():
            reason = "registered now: its registered_at is not between 1970 and 2199"
            summary.rejected += reject_number(
                connection, row.account, row.item_no, reason, fragment=row.given
            )
        connection.execute(statement("canonical_items"))
        refused = connection.execute(statement("refuse_items")).all()
        summary.refused = len(refused)
        for row in refused:
            summary.rejected += reject_number(connection, row.account, row.item_no, row.api_message)
    return summary


def _register(connection: Connection, rows: Sequence[Mapping[str, Any]], summary: IntakeSummary) -> None:
    staged: list[dict[str, Any]] = []
    rejects: list[_Reject] = []
    for row in rows:
        given = "" if row["item_no"] is None else str(row["item_no"])
        item_no = canonical(given)
        if not item_no or len(item_no) > MAX_ITEM_NO_LENGTH or "\x00" in item_no:
            rejects.append(_Reject(row.get("account"), given, f"not asked: {refusal(item_no)}"))
        else:
            staged.append(_staged(item_no, row, rejects))
    summary.read += len(rows)
    if staged:
        connection.execute(statement("stage_items"))
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY staged_item ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for item in staged:
                copy.write_row([item[name] for name in COLUMNS])
        summary.registered += connection.execute(statement("register_items")).rowcount
        connection.execute(statement("drop_stage"))
    for reject in rejects:
        summary.rejected += reject_number(
            connection, reject.account, reject.item_no, reject.reason, fragment=reject.fragment
        )


class _Reject(NamedTuple):
    """What cannot be used of a row; `fragment` where that is another value than the number."""

    account: Any
    item_no: str
    reason: str
    fragment: str | None = None


class _Unreadable(ValueError):
    """A value that its column cannot hold; the message says what it should be."""


def _staged(item_no: str, row: Mapping[str, Any], rejects: list[_Reject]) -> dict[str, Any]:
    """A row as it is registered; a value that cannot be read is left out of it and told."""
    values: dict[str, Any] = {
        "item_no": item_no,
        "account": _text(row.get("account")),
        "source_ref": _text(row.get("source_ref")),
    }
    for name, read in (("registered_at", _instant), ("priority", _priority)):
        try:
            values[name] = read(_given(row.get(name)))
        except _Unreadable as unreadable:
            values[name] = None
            reason = f"registered without its {name}: {unreadable}"
            rejects.append(_Reject(row.get("account"), item_no, reason, str(row[name])))
    return values


def _given(value: Any) -> Any:
    """A value of the query; a blank text is none."""
    return None if isinstance(value, str) and not value.strip() else value


def _text(value: Any) -> str | None:
    return None if value is None else str(value).replace("\x00", "").strip()


def _priority(value: Any) -> int | None:
    if value is None:
        return None
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise _Unreadable("it must be a whole number") from None
    if not -(2**31) <= number < 2**31:
        raise _Unreadable(f"it must be a whole number between {-(2**31)} and {2**31 - 1}")
    return number


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise _Unreadable("it must be a timestamp or an ISO 8601 text") from None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if not isinstance(value, datetime):
        raise IntakeError(f"open_items_sql gives registered_at as {type(value).__name__}: give a timestamp")
    try:
        return (value if value.tzinfo else value.replace(tzinfo=_BUSINESS_ZONE)).astimezone(UTC)
    except OverflowError:
        raise _Unreadable("it must be an instant that a calendar has") from None


def reject_number(
    connection: Connection,
    account: Any,
    item_no: str,
    reason: str,
    source: str = "open_items",
    *,
    fragment: str | None = None,
) -> int:
    """Note what cannot be used of a number (`fragment`, or all of it), once however often it comes.

    Returns how many were noted.
    """
    parameters = {
        "source": source,
        "account": _text(account),
        "item_no": item_no.replace("\x00", ""),
        "reason": reason,
        "raw_fragment": (item_no if fragment is None else fragment).replace("\x00", ""),
    }
    return connection.execute(statement("reject_number"), parameters).rowcount
