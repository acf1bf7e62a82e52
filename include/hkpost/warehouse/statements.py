"""Reads SQL: one file a statement, beside the module that runs it, with `:name` parameters as psql has them."""

from functools import cache
from pathlib import Path

from sqlalchemy import TextClause, text

_CORE = Path(__file__).parents[1]


@cache
def statement(name: str, room: str = "warehouse") -> TextClause:
    """Return the statement of a file: `facts/known_events` is `facts/known_events.sql` in the room's folder."""
    return text((_CORE / room / f"{name}.sql").read_text(encoding="utf-8"))
