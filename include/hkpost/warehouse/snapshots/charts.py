"""The table `chart_series`: the charts that read every item of the last weeks, as of the end of a run."""

from typing import Final

from sqlalchemy import Connection

from hkpost.warehouse.statements import statement

WEEKS: Final = 12
DESTINATIONS: Final = 6
LANES: Final = 100


def refresh_charts(connection: Connection) -> None:
    """Compute the series of the charts as of now, in the caller's transaction."""
    connection.execute(
        statement("snapshots/refresh_lead_time"), {"weeks": WEEKS, "destinations": DESTINATIONS}
    )
    connection.execute(statement("snapshots/refresh_funnel"), {"weeks": WEEKS})
    connection.execute(statement("snapshots/refresh_lane_figures"), {"weeks": WEEKS, "lanes": LANES})
