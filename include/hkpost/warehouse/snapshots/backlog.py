"""The backlog counted at the end of a run: what a page and a chart over days are drawn from."""

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement


def count_backlog(engine: Engine) -> None:
    """Add the counts of open and due items, and the freshness of what is known, as of now."""
    with engine.begin() as connection:
        connection.execute(statement("snapshots/count_backlog"))


def is_unchanged(engine: Engine) -> bool:
    """Whether the last counts would come out the same: they are half an hour old at most, nothing was asked since, and
    nothing is due.
    """
    with engine.connect() as connection:
        return bool(connection.scalar(statement("snapshots/is_unchanged")))
