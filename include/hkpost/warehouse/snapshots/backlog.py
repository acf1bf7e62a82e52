"""The backlog counted at the end of a run: what a page and a chart over days are drawn from."""

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement
from hkpost.warehouse.watch.runs import Run


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


def is_idle(engine: Engine, run: Run) -> bool:
    """Whether a run has nothing to do: the last counts would come out the same, no answer waits to be loaded, no item
    to be closed, and no task of the run before failed. What time alone closes waits as long as counts are valid.
    """
    with engine.connect() as connection:
        settled = connection.scalar(
            statement("snapshots/is_settled"), {"dag_id": run.dag_id, "run_id": run.run_id}
        )
    return is_unchanged(engine) and bool(settled)
