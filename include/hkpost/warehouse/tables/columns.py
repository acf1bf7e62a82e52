"""The kinds of columns that the tables are described with."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeEngine

SCHEMA = "hkpost"
metadata = sa.MetaData(schema=SCHEMA)

TEXT = sa.Text()
CODE = sa.Text(collation="C")
"""Compared byte by byte, which is quicker than by the rules of a language."""

ITEM_NO = sa.String(13)
INSTANT = TIMESTAMP(timezone=True)
CLOCK = TIMESTAMP(timezone=False)
NOW = sa.text("now()")


def key(name: str, kind: TypeEngine[Any] = TEXT) -> sa.Column[object]:
    """A column of the primary key."""
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def identity(name: str, *, primary_key: bool = True) -> sa.Column[int]:
    """A number that PostgreSQL gives."""
    return sa.Column(name, sa.BigInteger, sa.Identity(always=True), primary_key=primary_key, nullable=False)


def null(name: str, kind: TypeEngine[Any] = TEXT) -> sa.Column[object]:
    """A column that may be null."""
    return sa.Column(name, kind, nullable=True)


def filled(
    name: str, kind: TypeEngine[Any] = TEXT, default: str | sa.TextClause | None = None
) -> sa.Column[object]:
    """A column that is never null."""
    return sa.Column(name, kind, nullable=False, server_default=default)
