"""The rows of a query as a frame."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row

from hkpost.warehouse.statements import statement


def frame(connection: Connection, name: str, **values: object) -> pd.DataFrame:
    """The rows of a query of ours."""
    result = connection.execute(statement(name), values)
    return frame_of(result.all(), result.keys())


def frame_of(rows: Iterable[Row[Any]], names: Iterable[str]) -> pd.DataFrame:
    """Rows with their names; pandas takes ten times as long for rows that are not tuples."""
    return pd.DataFrame(list(map(tuple, rows)), columns=list(names))


def array_text(numbers: "pd.Series[Any]") -> "pd.Series[Any]":
    """Lists of numbers as PostgreSQL writes arrays; the driver takes five times as long for it."""
    return numbers.map(lambda row: "{" + ",".join(map(repr, row)) + "}")
