"""The series behind the charts: lead times, funnel, backlog, pace."""

from typing import Any

from sqlalchemy import Engine

from hkpost.operations.glance import ZONE
from hkpost.operations.reading import reading, rows

WEEKS = 12
DAYS = 30
HOURS = 3
DESTINATIONS = 6


def lead_time(engine: Engine) -> dict[str, Any]:
    """Median and p90 days from posting to delivery by destination and week of posting, the last weeks."""
    with reading(engine) as connection:
        return {"rows": rows(connection, "lead_time", weeks=WEEKS, destinations=DESTINATIONS), "weeks": WEEKS}


def funnel(engine: Engine) -> dict[str, Any]:
    """How many of the items posted in the last weeks came to each stage."""
    with reading(engine) as connection:
        return {"rows": rows(connection, "funnel", weeks=WEEKS), "weeks": WEEKS}


def backlog(engine: Engine) -> dict[str, Any]:
    """Open items by state at the end of each of the last days."""
    with reading(engine) as connection:
        return {"rows": rows(connection, "backlog", days=DAYS, time_zone=ZONE), "days": DAYS}


def pace(engine: Engine) -> dict[str, Any]:
    """Requests a minute of each account over the last hours."""
    with reading(engine) as connection:
        return {"rows": rows(connection, "pace", hours=HOURS), "hours": HOURS}
