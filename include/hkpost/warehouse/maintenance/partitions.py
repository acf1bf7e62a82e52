"""Partitions of the tables that grow with time: made ahead, and dropped for age where that is allowed.

The statements themselves are functions of the database (`hkpost.ensure_partition`,
`hkpost.drop_partitions_before`), which a DBA can call in psql as well. A row for which there is no
partition yet lies in the default one, so none of this is ever waited for.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, date, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from hkpost.warehouse.statements import statement

log = logging.getLogger(__name__)

MONTHS_BACK = 24
MONTHS_AHEAD = 3
DAYS_AHEAD = 14
FIRST_FACT_MONTH = date(2000, 1, 1)
"""An older event is a slip of somebody's clock, or the sentinel: it stays in the default partition."""

_MONTHLY = ("tracking_event_change", "item_state_change", "api_call", "item_forecast_history")


class _Span(NamedTuple):
    table: str
    suffix: str
    lower: str
    upper: str

    @property
    def partition(self) -> str:
        return f"{self.table}_{self.suffix}"


def ensure_fact_months(conn: sa.Connection, months: Iterable[date]) -> list[str]:
    """Make the fact's monthly partitions in which these dates (any day of the month) lie.

    Call it before the transaction has touched the fact. Dates before 2000 or more than three months
    ahead get none. Returns the names of the partitions made.
    """
    last = _add_months(_today(conn), MONTHS_AHEAD)
    first_days = sorted({month.replace(day=1) for month in months})
    return _ensure(
        conn, [_month("fact_tracking_event", m, "") for m in first_days if FIRST_FACT_MONTH <= m <= last]
    )


def ensure_fact_window(conn: sa.Connection) -> list[str]:
    """Make the fact's partitions from 24 months ago to three months ahead; returns those made."""
    today = _today(conn)
    return ensure_fact_months(
        conn, [_add_months(today, offset) for offset in range(-MONTHS_BACK, MONTHS_AHEAD + 1)]
    )


def ensure_days_ahead(conn: sa.Connection) -> list[str]:
    """Make the partitions that rows of today and of the time ahead go to; returns those made.

    14 days of the archive, three months of the ledger, the change tables and the forecasts kept; bounds are midnights
    UTC.
    """
    today = _today(conn)
    days = [_day("raw_response", today + timedelta(days=offset)) for offset in range(DAYS_AHEAD + 1)]
    months = [
        _month(table, _add_months(today, offset), " 00:00+00")
        for table in _MONTHLY
        for offset in range(MONTHS_AHEAD + 1)
    ]
    return _ensure(conn, days + months)


def ensure_default_months(conn: sa.Connection) -> list[str]:
    """Make the months of the ledger, the change tables and the forecasts kept whose rows lie in a default partition."""
    held = conn.execute(statement("maintenance/default_months")).all()
    return _ensure(conn, [_month(row.parent, row.month.astimezone(UTC).date(), " 00:00+00") for row in held])


def ensure_default_days(conn: sa.Connection) -> list[str]:
    """Make the days of the archive whose answers lie in its default partition, so that they can be dropped for age."""
    days = conn.execute(statement("maintenance/default_days")).scalars().all()
    return _ensure(conn, [_day("raw_response", day.astimezone(UTC).date()) for day in days])


def drop_aged(conn: sa.Connection) -> list[str]:
    """Drop what is older than the settings `archive_days` (answers), `ledger_days` (requests) and `forecast_days`.

    An answer that is not loaded yet keeps its whole day. Facts, items and their changes are never
    dropped. Returns the names of the partitions dropped.
    """
    return list(conn.scalars(statement("maintenance/drop_aged")))


def _ensure(conn: sa.Connection, spans: list[_Span]) -> list[str]:
    existing = set(
        conn.scalars(
            sa.text(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                " WHERE i.inhparent = ANY(CAST(:parents AS regclass[]))"
            ),
            {"parents": sorted({f"hkpost.{span.table}" for span in spans})},
        )
    )
    made = []
    for span in spans:
        if span.partition in existing:
            continue
        answer = conn.scalar(
            sa.text("SELECT hkpost.ensure_partition(:table, :suffix, :lower, :upper)"), span._asdict()
        )
        if answer == "made":
            made.append(span.partition)
        elif answer == "postponed":
            log.warning("partition %s is made next time: the table is in use", span.partition)
    return made


def _today(conn: sa.Connection) -> date:
    today: date = conn.scalars(sa.text("SELECT (now() AT TIME ZONE 'UTC')::date")).one()
    return today


def _add_months(day: date, months: int) -> date:
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _month(table: str, day: date, midnight: str) -> _Span:
    first, after = day.replace(day=1), _add_months(day, 1)
    return _Span(table, f"y{first:%Y}m{first:%m}", f"{first}{midnight}", f"{after}{midnight}")


def _day(table: str, day: date) -> _Span:
    return _Span(
        table, f"y{day:%Y}m{day:%m}d{day:%d}", f"{day} 00:00+00", f"{day + timedelta(days=1)} 00:00+00"
    )
