"""Reads the SQL of the warehouse: one file a statement, with `:name` parameters as psql has them."""

from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

_FOLDER = Path(__file__).parent


@cache
def statement(name: str) -> TextClause:
    """Return a statement by its file: `facts/known_events`, beside the module that runs it; else in `sql/`."""
    path = name if "/" in name else f"sql/{name}"
    return text((_FOLDER / f"{path}.sql").read_text(encoding="utf-8"))
