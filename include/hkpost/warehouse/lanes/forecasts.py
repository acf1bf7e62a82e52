"""The tables `item_forecast` and `item_forecast_history`: what is due, and what was forecast."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.lanes.frame import frame_of
from hkpost.warehouse.statements import statement

INSTANTS = (
    *("p10_at", "p50_at", "p80_at", "p90_at", "promised_until", "known_until"),
    *("news_from", "news_until", "next_poll_at"),
)
MADE_COLUMNS = {
    **dict.fromkeys(("item_no", "stage", "basis", "last_event", "poll_reason"), "text"),
    **dict.fromkeys((*INSTANTS, "share_by_promise", "share_never"), "float8"),
    "basis_items": "int4",
    "expects_report": "bool",
}
"""The columns of `made_forecast`, and their types."""


def due_forecasts(connection: Connection, made_at: datetime, at_once: int) -> Iterator[pd.DataFrame]:
    """The open items that need a forecast, some at a time: their lane, stage and instants (UTC).

    `made_at` is when the curves were made: older forecasts are made again.
    """
    result = connection.execute(
        statement("lanes/due_forecasts"), {"made_at": made_at}, execution_options={"yield_per": at_once}
    )
    for rows in result.partitions(at_once):
        items = frame_of(rows, result.keys())
        for instant in ("entered_at", "known_until", "promised_until"):
            seconds = items[instant].astype("float64")
            items[instant] = pd.to_datetime((seconds * 1e6).round(), unit="us", utc=True).dt.as_unit("us")
        yield items


def stage_forecasts(connection: Connection) -> None:
    """Make the temporary table in which forecasts wait; it goes with the transaction."""
    connection.execute(statement("lanes/stage_forecasts"))


def add_forecasts(connection: Connection, made: pd.DataFrame) -> None:
    """Put forecasts where they wait: the columns of `item_forecast` but `forecast_at`."""
    rows = made[list(MADE_COLUMNS)].copy()
    for name in INSTANTS:
        rows[name] = (rows[name] - pd.Timestamp(0, tz="UTC")) / pd.Timedelta(seconds=1)
    values = (_values(rows[name]) for name in MADE_COLUMNS)
    copy_rows(
        connection,
        "made_forecast",
        tuple(MADE_COLUMNS),
        zip(*values, strict=True),
        tuple(MADE_COLUMNS.values()),
    )


def merge_forecasts(connection: Connection) -> int:
    """Bring the tables in step with what waits and with which items are open; returns how many forecasts are new.

    Items are asked again when their forecast says so.
    """
    connection.execute(statement("lanes/analyse_forecasts"))
    new = connection.execute(statement("lanes/merge_forecasts")).rowcount
    connection.execute(statement("lanes/set_next_polls"))
    connection.execute(statement("lanes/drop_forecasts"))
    return new


def count_risk(connection: Connection) -> None:
    """Count how many open promises of each lane are at risk today (`lane_risk_day`)."""
    connection.execute(statement("lanes/count_risk"))


def _values(column: "pd.Series[Any]") -> list[Any]:
    """A column's values as Python's own; None where there is none."""
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna()] = None
    return values.tolist()
