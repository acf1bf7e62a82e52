"""Closes items whose story is over, and opens again what a person reopened; the rules are in SQL."""

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def mark_terminal(engine: Engine) -> dict[str, int]:
    """Apply the rules of `mark_terminal.sql`; return how many items were closed for each reason."""
    with engine.begin() as connection:
        return {row.close_reason: row.items for row in connection.execute(statement("mark_terminal"))}


def reopen(engine: Engine) -> int:
    """Make due what a person reopened by hand; return how many items that were."""
    with engine.begin() as connection:
        return len(connection.execute(statement("reopen")).all())
