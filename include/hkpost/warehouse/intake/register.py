"""Takes item numbers of the business into `hkpost.mail_item`; what cannot be one is refused with a reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from hkpost.reasons import Reason, Why
from hkpost.warehouse.errors import in_words
from hkpost.warehouse.intake.rejected import reject_number
from hkpost.warehouse.intake.source_row import NewItem, is_time, read_row
from hkpost.warehouse.statements import statement

DEFAULT_ACCOUNT = "hkpost_default"
"""The account of an item of which the business names none."""
_OF_A_ROW = ("22", "23", "44", "54", "P0")
"""Classes of SQLSTATE that a row's own values bring about: data, constraints, limits, a trigger's own words."""


class IntakeError(ValueError):
    """The business's query does not give what it must; the message says what to change."""


class UnreadRow(NamedTuple):
    """A row that could not be read from the business's database at all: which one, and why."""

    number: int
    reason: str


Row = Sequence[Any] | UnreadRow


@dataclass(slots=True)
class IntakeSummary:
    """What one intake did, in item numbers."""

    read: int = 0
    registered: int = 0
    refused: int = 0
    rejected: int = 0


def register_rows(
    engine: Engine,
    columns: Sequence[str],
    batches: Iterable[Sequence[Row]],
    *,
    account: str = DEFAULT_ACCOUNT,
) -> IntakeSummary:
    """Register the rows of the business's query, batch by batch.

    A known number is left as it is, but for what the business promises of it.

    What cannot be used is noted in `hkpost.rejected_record`, and stops no other row.

    Args:
        engine: the warehouse.
        columns: names of the query's columns; `item_no` is needed, and `account`, `source_ref`, `registered_at`,
            `priority`, `destination`, `service_name`, `promised_on`, `pieces` may be there.
        batches: rows in the order of `columns`.
        account: that of an item whose row names none.

    Raises:
        IntakeError: the query has no `item_no`, or a column of another kind than what it is for.
    """
    names = [name.lower() for name in columns]
    if "item_no" not in names:
        raise IntakeError(f"open_items_sql gives {', '.join(columns) or 'no column'}: it must give item_no")
    summary = IntakeSummary()
    for batch in batches:
        rows = [dict(zip(names, row, strict=True)) for row in batch if not isinstance(row, UnreadRow)]
        if not summary.read:
            _check_kind(rows)
        summary.read += len(batch)
        with engine.begin() as connection:
            for row in batch:
                if isinstance(row, UnreadRow):
                    reason = Reason(Why.ROW_UNREADABLE, (row.reason,))
                    summary.rejected += reject_number(
                        connection, None, None, reason, value=f"row {row.number}"
                    )
            _register(connection, rows, summary, account)
    return summary


def canonicalise(engine: Engine) -> IntakeSummary:
    """Make numbers that were inserted directly canonical, and close those that cannot be item numbers.

    One that was registered at an instant that no calendar has counts as registered now.
    """
    summary = IntakeSummary()
    with engine.begin() as connection:
        for row in connection.execute(statement("intake/date_items")).all():
            reason = Reason(Why.REGISTERED_NOW)
            summary.rejected += reject_number(connection, row.account, row.item_no, reason, value=row.given)
        connection.execute(statement("intake/canonical_items"))
        refused = connection.execute(statement("intake/refuse_items")).all()
        summary.refused = len(refused)
        for row in refused:
            reason = Reason(Why.NOT_ASKED, cause=Reason(Why.BLANK if row.is_blank else Why.CHARACTERS))
            summary.rejected += reject_number(connection, row.account, row.item_no, reason)
    return summary


def _check_kind(rows: Sequence[Mapping[str, Any]]) -> None:
    """A column that is no time in any row of the first batch is the query's fault, and no row's."""
    times = [row.get("registered_at") for row in rows]
    if times and not any(map(is_time, times)):
        kind = type(times[0]).__name__
        raise IntakeError(f"open_items_sql gives registered_at as {kind}: give a timestamp")


def _register(
    connection: Connection, rows: Iterable[Mapping[str, Any]], summary: IntakeSummary, account: str
) -> None:
    items: list[NewItem] = []
    for row in rows:
        item, rejected = read_row(row)
        if item:
            items.append(item if item.account else item._replace(account=account))
        for one in rejected:
            summary.rejected += reject_number(
                connection, one.account, one.item_no, one.reason, value=one.value
            )
    if items:
        _insert(connection, items, summary)


def _insert(connection: Connection, items: Sequence[NewItem], summary: IntakeSummary) -> None:
    """Insert new items; one that the database refuses (a trigger or a constraint) is found by halving, and noted."""
    try:
        with connection.begin_nested():
            summary.registered += _copy(connection, items)
    except (DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if not (isinstance(cause, psycopg.Error) and (cause.sqlstate or "").startswith(_OF_A_ROW)):
            raise
        if len(items) == 1:
            reason = Reason(Why.NOT_REGISTERED, (in_words(error),))
            summary.rejected += reject_number(connection, items[0].account, items[0].item_no, reason)
            return
        half = len(items) // 2
        _insert(connection, items[:half], summary)
        _insert(connection, items[half:], summary)


def _copy(connection: Connection, items: Iterable[NewItem]) -> int:
    connection.execute(statement("intake/stage_items"))
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY staged_item ({', '.join(NewItem._fields)}) FROM STDIN") as copy:
        for item in items:
            copy.write_row(item)
    registered = connection.execute(statement("intake/register_items")).rowcount
    connection.execute(statement("intake/follow_business"))
    connection.execute(statement("intake/drop_stage"))
    return registered
