"""What the end of a run counts once, so that no page and no view has to read millions of items for it."""

from sqlalchemy import Engine

from hkpost.jobs.lanes import refresh_forecasts
from hkpost.warehouse.snapshots.backlog import count_backlog
from hkpost.warehouse.snapshots.charts import refresh_charts
from hkpost.warehouse.snapshots.lanes import refresh_lanes
from hkpost.warehouse.snapshots.queue import refresh_queue


def refresh_snapshots(engine: Engine) -> int:
    """The backlog and its freshness, what is usual on each lane, the charts of the last weeks, forecasts, and queues.

    All as of now. Returns how many forecasts are new.
    """
    count_backlog(engine)
    for refresh in (refresh_lanes, refresh_charts):
        with engine.begin() as connection:
            refresh(connection)
    made = refresh_forecasts(engine)
    with engine.begin() as connection:
        refresh_queue(connection)
    return made
