"""The tables `lane_news`, `news_week`, `news_curve` and `polling_price`: how lanes are silent, what asking costs."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.lanes.frame import frame, frame_of
from hkpost.warehouse.statements import statement

CURVE_COLUMNS = ("basis", "origin", "destination", "service", "last_event", "items", "hazard", "closing")
WEEK_COLUMNS = ("clock", "last_event", "speed")


def stage_silences(connection: Connection) -> None:
    """Find the silences that ended since the last count; they wait in a table that goes with the transaction."""
    since = connection.execute(statement("lanes/counted_until")).scalar_one()
    connection.execute(statement("lanes/stage_silences"), {"since": since})


def new_silences(connection: Connection, at_once: int) -> Iterator[pd.DataFrame]:
    """The silences that wait, some at a time, as `count_news` takes them."""
    result = connection.execute(statement("lanes/new_silences"), execution_options={"yield_per": at_once})
    for rows in result.partitions(at_once):
        yield frame_of(rows, result.keys())


def hours_of_news(connection: Connection) -> pd.DataFrame:
    """At which hours of the week events came (`clock`, `last_event`, `hour`, `news`), those that wait included."""
    return pd.concat(
        [frame(connection, "lanes/kept_hours"), frame(connection, "lanes/count_news")], ignore_index=True
    )


def add_news(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Add counts to their week (a dict each: the columns of `lane_news` but the week)."""
    if rows:
        connection.execute(statement("lanes/add_news"), rows)


def drop_news(connection: Connection) -> None:
    """Forget what was counted longer than `news_history_days` ago."""
    connection.execute(statement("lanes/drop_news"))


def replace_news(
    connection: Connection, curves: pd.DataFrame, weeks: pd.DataFrame, made_at: datetime
) -> None:
    """Put other curves and rhythms in place of those of the tables."""
    connection.execute(statement("lanes/clear_news"))
    for table, columns, rows in (
        ("hkpost.news_curve", CURVE_COLUMNS, curves),
        ("hkpost.news_week", WEEK_COLUMNS, weeks),
    ):
        made = rows.assign(made_at=made_at)[[*columns, "made_at"]].astype(object)
        copy_rows(connection, table, (*columns, "made_at"), made.itertuples(index=False, name=None))


def add_price(
    connection: Connection,
    *,
    price: float | None,
    lateness: float | None,
    questions: float | None,
    items: int,
) -> None:
    """Note the price that holds from now on; None where too little is known."""
    values = {"price": price, "lateness": lateness, "questions": questions, "items": items}
    connection.execute(statement("lanes/add_price"), values)


def price(connection: Connection) -> float | None:
    """The price that holds; None where too little is known."""
    value: float | None = connection.execute(statement("lanes/read_price")).scalar_one_or_none()
    return value
