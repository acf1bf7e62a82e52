"""The backlog counted at the end of a run: what a page and a chart over days are drawn from."""

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def count_backlog(engine: Engine) -> None:
    """Add the counts of open and due items, and the freshness of what is known, as of now."""
    with engine.begin() as connection:
        connection.execute(statement("snapshots/count_backlog"))
