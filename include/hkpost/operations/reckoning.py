"""What the end of a run reckons once, so that no page and no view has to read millions of items for it."""

from sqlalchemy import Engine

from hkpost.operations.charts import keep_series
from hkpost.warehouse.backlog import count_backlog
from hkpost.warehouse.lanes import reckon_lanes


def reckon(engine: Engine) -> None:
    """The backlog and its freshness, what is usual on each lane, and the charts of the last weeks, as of now."""
    count_backlog(engine)
    with engine.begin() as connection:
        reckon_lanes(connection)
    keep_series(engine)
