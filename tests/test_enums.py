"""The words that the tables keep are written once: constraints and `.sql` files know no others."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import pytest
from sqlalchemy import text

from hkpost.enums import Change, CloseReason, Outcome
from hkpost.history.state import is_open, states
from hkpost.warehouse.engine import warehouse_engine

PROJECT = Path(__file__).resolve().parents[1]
SQL = sorted(
    file
    for folder in ("include", "local", "bench")
    for file in (PROJECT / folder).rglob("*.sql")
    if "migrations" not in file.parts
)
CLOSED = {state for state in states() if not is_open(state)}
# What became of a journey, in item_journey: another column of that name.
JOURNEY_OUTCOMES = {"delivered", "not_delivered", "open", "undated"}
WORDS: dict[str, set[str]] = {
    "outcome": set(Outcome) | JOURNEY_OUTCOMES,
    "change": set(Change),
    "close_reason": CLOSED | set(CloseReason),
    "(?:to_|from_)?state": set(states()),
}


def named(column: str, sql: str) -> Iterator[str]:
    """The literals that a column is compared with or set to."""
    for literals in re.findall(rf"\b{column}\s*(?:=|<>|(?:NOT\s+)?IN)\s*('\w+'|\([^()]*\))", sql):
        yield from re.findall(r"'(\w+)'", literals)


@pytest.mark.parametrize("column", WORDS)
def test_every_sql_file_names_words_that_there_are(column: str) -> None:
    found = {file.name: set(named(column, file.read_text(encoding="utf-8"))) for file in SQL}
    assert any(found.values())
    assert {name: words - WORDS[column] for name, words in found.items() if words - WORDS[column]} == {}


@pytest.mark.parametrize(
    ("constraint", "words"),
    [("api_call_outcome_check", Outcome), ("tracking_event_change_change_check", Change)],
)
def test_a_table_takes_these_words_and_no_others(
    warehouse_url: str, constraint: str, words: type[StrEnum]
) -> None:
    engine = warehouse_engine(warehouse_url)
    with engine.connect() as connection:
        definition = connection.scalar(
            text(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :name AND conparentid = 0"
            ),
            {"name": constraint},
        )
    engine.dispose()
    assert set(re.findall(r"'(\w+)'", str(definition))) == set(words)
