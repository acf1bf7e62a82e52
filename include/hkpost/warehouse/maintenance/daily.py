"""The daily work on the tables: partitions ahead, what is too old dropped, statistics, sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine, text

from hkpost.warehouse.engine import driver_of
from hkpost.warehouse.maintenance.partitions import (
    drop_aged,
    ensure_days_ahead,
    ensure_default_days,
    ensure_default_months,
    ensure_fact_months,
    ensure_fact_window,
)
from hkpost.warehouse.statements import statement

VACUUMED = ("mail_item", "item_journey")
"""Rows of these are updated again and again: cleaned every day, whatever autovacuum has done."""


@dataclass(frozen=True, slots=True)
class TableSize:
    """One table with all its partitions: how many there are, bytes with indexes, rows by estimate."""

    table: str
    partitions: int
    total_bytes: int
    rows: int
    in_default: int
    """Rows, by estimate, for which there is no partition of their own."""

    def line(self) -> str:
        """The size in one line."""
        parts = f", {self.partitions} partitions" if self.partitions else ""
        rest = f", {self.in_default:,} rows without a partition of their own" if self.in_default else ""
        return f"{self.table}: {self.total_bytes / 1e6:,.1f} MB, about {self.rows:,} rows{parts}{rest}"


def make_partitions(engine: Engine) -> list[str]:
    """Make the partitions of the coming time, and those of rows that lie in a default partition.

    A transaction for each kind, so that no table is locked for another's sake. Returns the names of those
    made; one whose table is in use is made the next time (a warning in the log says so).
    """
    made: list[str] = []
    for ensure in (ensure_fact_window, ensure_days_ahead, ensure_default_months, ensure_default_days):
        with engine.begin() as connection:
            made += ensure(connection)
    for month in _default_fact_months(engine):
        with engine.begin() as connection:
            made += ensure_fact_months(connection, [month])
    return made


def apply_retention(engine: Engine) -> list[str]:
    """Drop the partitions that are older than `archive_days` and `ledger_days`; returns their names.

    An answer that is not loaded yet keeps its whole day. Facts, items and changes are never dropped.
    """
    with engine.begin() as connection:
        return drop_aged(connection)


def unloaded_answers(engine: Engine) -> int:
    """How many archived answers wait to be loaded."""
    with engine.connect() as connection:
        count: int = connection.execute(statement("maintenance/unloaded_answers")).scalar_one()
    return count


def refresh_statistics(engine: Engine) -> list[str]:
    """Vacuum the tables whose rows change, and analyze the partitioned ones as wholes, which autovacuum never does.

    Returns what the server refused (a user who does not own a table, before PostgreSQL 17, may do neither).
    """
    refused: list[str] = []
    with engine.connect() as connection:
        tables = connection.execute(statement("maintenance/partitioned_tables")).scalars().all()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        driver = driver_of(connection)

        def keep(diagnostic: object) -> None:
            refused.append(str(getattr(diagnostic, "message_primary", diagnostic)))

        driver.add_notice_handler(keep)
        try:
            for table in VACUUMED:
                connection.execute(text(f"VACUUM (ANALYZE) hkpost.{table}"))
            for table in tables:
                connection.execute(text(f'ANALYZE hkpost."{table}"'))
        finally:
            driver.remove_notice_handler(keep)
    return refused


def table_sizes(engine: Engine) -> Sequence[TableSize]:
    """The size of every table, the largest first."""
    with engine.connect() as connection:
        return [TableSize(*row) for row in connection.execute(statement("maintenance/table_sizes"))]


def _default_fact_months(engine: Engine) -> Sequence[date]:
    """The months of events that lie in the default partition; the sentinel's are left out."""
    with engine.connect() as connection:
        return connection.execute(statement("maintenance/default_fact_months")).scalars().all()
