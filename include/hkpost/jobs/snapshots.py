"""What the end of a run counts once, so that no page and no view has to read millions of items for it."""

from sqlalchemy import Engine

from hkpost.warehouse.snapshots.backlog import count_backlog
from hkpost.warehouse.snapshots.charts import refresh_charts
from hkpost.warehouse.snapshots.lanes import refresh_lanes


def refresh_snapshots(engine: Engine) -> None:
    """The backlog and its freshness, what is usual on each lane, and the charts of the last weeks, as of now."""
    count_backlog(engine)
    for refresh in (refresh_lanes, refresh_charts):
        with engine.begin() as connection:
            refresh(connection)
