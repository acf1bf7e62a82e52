"""The table `lane_curve`: the curves of all lanes, as they were last made."""

from datetime import datetime
from typing import NamedTuple

import pandas as pd
from sqlalchemy import Connection

from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.lanes.frame import array_text, frame
from hkpost.warehouse.statements import statement

COUNTED_OF_A_LANE = 3_000
"""About as many items of a lane are counted, the latest ones: with 70 a day or more, what happened in 45 days."""
ARRAYS = ("day", "at_risk", "delivered", "ended", "censored", "share_delivered", "share_ended")
CURVE_COLUMNS = (
    "basis",
    "origin",
    "destination",
    "service",
    "stage",
    "waited_days",
    "items",
    *ARRAYS,
)


def lock_curves(connection: Connection) -> None:
    """Wait until no other run makes curves or forecasts, and keep others from it up to the end of the transaction."""
    connection.execute(statement("lanes/lock_curves"))


class Age(NamedTuple):
    """When the transaction began, when the curves were made (None: there are none), and whether it is time to again."""

    now: datetime
    made_at: datetime | None
    is_outdated: bool


def curves_age(connection: Connection) -> Age:
    """How old the curves are."""
    return Age(*connection.execute(statement("lanes/curves_age")).one())


def count_stays(
    connection: Connection, waited: list[float], classes: list[float], *, most: int = COUNTED_OF_A_LANE
) -> pd.DataFrame:
    """The items of each lane and stage, counted by the time they stayed (`waited`) and by what came when (`classes`).

    Both are beginnings of classes, in days. Of a lane with more than `most` items, what happened lately is counted, and
    a sample of that where it is still more.
    """
    return frame(connection, "lanes/count_stays", waited=waited, classes=classes, most=most)


def silent_lanes(connection: Connection) -> pd.DataFrame:
    """The lanes that are not heard of after the departure."""
    return frame(connection, "lanes/silent_lanes")


def refresh_quality(connection: Connection, one_in: int) -> None:
    """Compute again how good forecasts were (`forecast_quality`), from a sample of the items: one in `one_in`."""
    connection.execute(statement("lanes/clear_quality"))
    connection.execute(statement("lanes/refresh_quality"), {"one_in": one_in})


def read_curves(connection: Connection) -> pd.DataFrame:
    """The rows of the table; arrays are lists."""
    return frame(connection, "lanes/read_curves")


def replace_curves(connection: Connection, rows: pd.DataFrame, made_at: datetime) -> None:
    """Put other rows in place of those of the table."""
    connection.execute(statement("lanes/clear_curves"))
    columns = (*CURVE_COLUMNS, "made_at")
    made = rows.assign(made_at=made_at)[list(columns)].astype(object)
    for name in ARRAYS:
        made[name] = array_text(made[name])
    copy_rows(connection, "hkpost.lane_curve", columns, made.itertuples(index=False, name=None))
