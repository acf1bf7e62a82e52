"""What leaves the warehouse as files: which tables, in which months, and their rows, a few at a time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from psycopg import sql
from sqlalchemy import Connection

from hkpost.warehouse.engine import driver_of

MONTH_OF: Mapping[str, str | None] = {
    "fact_tracking_event": "event_date",
    "item_state_change": "changed_at",
    "mail_item": "registered_at",
    "item_journey": "posted_on",
    "delivery_target": None,
    "dim_calendar": None,
    "dim_country": None,
    "dim_country_alias": None,
    "dim_event_text": None,
    "dim_event_type": None,
    "dim_holiday": None,
    "dim_place": None,
    "dim_state": None,
    "dim_wording": None,
}
"""The tables, each with the column whose month (UTC) its rows are parted by; None: the table is one part."""

_VERSIONS = (
    "SELECT {month}, count(*), sum(xmin::text::numeric)::text FROM hkpost.{table} GROUP BY 1 ORDER BY 1"
)
_IN_A_CALENDAR = "CASE WHEN {0} > '0001-01-02' AND {0} < '9999-12-31' THEN {0} END"
_COLUMNS = """
    SELECT attname, format_type(atttypid, NULL)
    FROM pg_attribute
    WHERE attrelid = ('hkpost.' || %s)::regclass AND attnum > 0 AND NOT attisdropped
    ORDER BY attnum
"""


class Column(NamedTuple):
    """A column and its type in PostgreSQL's words, `timestamp with time zone` for example."""

    name: str
    type: str


class Part(NamedTuple):
    """A table, or a month of one, and how it stands.

    `month` is its first day; None for rows without one (infinity is in no month), and for a table that is one part.
    `version` differs
    whenever a row was added, changed or removed since: each change of a row is by a later transaction (`xmin`).
    """

    table: str
    month: date | None
    rows: int
    version: str


def in_a_calendar(column: str) -> str:
    """The SQL of a day or an instant, null where no calendar of a program has it: infinity, or the year 10,000."""
    return _IN_A_CALENDAR.format(column)


def hold_still(connection: Connection) -> None:
    """Let the connection's transaction, which has read nothing yet, see one moment of the whole warehouse."""
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def columns_of(connection: Connection, table: str) -> list[Column]:
    """The columns of a table of `MONTH_OF`, in its order."""
    return [Column(*row) for row in driver_of(connection).execute(_COLUMNS, [table])]


def parts_of(connection: Connection, table: str) -> list[Part]:
    """The parts of a table of `MONTH_OF` that have rows. Reads the whole table once, but nothing of it is sent."""
    column = MONTH_OF[table]
    at = sql.SQL(in_a_calendar(column) if column else "NULL::date")
    month = sql.SQL("date_trunc('month', {})::date").format(at)
    query = sql.SQL(_VERSIONS).format(month=month, table=sql.SQL(table))
    return [Part(table, *row) for row in driver_of(connection).execute(query)]


def rows_of(
    connection: Connection, part: Part, values: Sequence[str], rows_at_once: int
) -> Iterator[list[tuple[object, ...]]]:
    """The rows of a part, some at a time: of each the values of these SQL expressions over its columns."""
    column = MONTH_OF[part.table]
    where: sql.Composable = sql.SQL("true")
    if column:
        where = sql.SQL("{0} >= %(month)s AND {0} < %(month)s::date + interval '1 month'").format(
            sql.SQL(column)
        )
    if column and part.month is None:
        where = sql.SQL("({}) IS NULL").format(sql.SQL(in_a_calendar(column)))
    query = sql.SQL("SELECT {values} FROM hkpost.{table} WHERE {where}").format(
        values=sql.SQL(", ").join(map(sql.SQL, values)), table=sql.SQL(part.table), where=where
    )
    with driver_of(connection).cursor(name="hkpost_export") as cursor:
        cursor.execute(query, {"month": part.month})
        while rows := cursor.fetchmany(rows_at_once):
            yield rows
