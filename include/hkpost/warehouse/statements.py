"""Reads the SQL of the warehouse: one file a statement, with `:name` parameters as psql has them."""

from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

_FOLDER = Path(__file__).with_name("sql")


@cache
def statement(name: str) -> TextClause:
    """Return the statement in `sql/<name>.sql`."""
    return text((_FOLDER / f"{name}.sql").read_text(encoding="utf-8"))
