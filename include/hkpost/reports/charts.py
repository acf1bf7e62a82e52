"""The series behind the charts: lead times, funnel, backlog, pace."""

from typing import Any

from sqlalchemy import Engine

from hkpost.reports.overview import ZONE
from hkpost.reports.read_only import read_only, rows
from hkpost.warehouse.snapshots.charts import WEEKS

DAYS = 30
HOURS = 3


def lead_time(engine: Engine) -> dict[str, Any]:
    """Median and p90 days from posting to delivery by destination and week of posting, the last weeks."""
    return _snapshot(engine, "lead_time")


def funnel(engine: Engine) -> dict[str, Any]:
    """How many of the items posted in the last weeks came to each stage."""
    return _snapshot(engine, "funnel")


def lanes(engine: Engine) -> dict[str, Any]:
    """Lanes that got worse, then those with most mail of the last weeks: lead times, promises, whether they report."""
    return _snapshot(engine, "lanes")


def forecasts(engine: Engine) -> dict[str, Any]:
    """How good the forecasts of each lane were (docs/forecasts.md), all lanes first, then those not to be relied on."""
    with read_only(engine) as connection:
        found = rows(connection, "forecasts")
    return {"rows": found, "made_at": max((row["made_at"] for row in found), default=None)}


def _snapshot(engine: Engine, chart: str) -> dict[str, Any]:
    """As the end of the last run found it; `taken_at` is None when none has ended yet."""
    with read_only(engine) as connection:
        taken = rows(connection, "chart_series", chart=chart)
    found = taken[0] if taken else {"taken_at": None, "series": []}
    return {"rows": found["series"], "taken_at": found["taken_at"], "weeks": WEEKS}


def backlog(engine: Engine) -> dict[str, Any]:
    """Open items by state at the end of each of the last days."""
    with read_only(engine) as connection:
        return {"rows": rows(connection, "backlog", days=DAYS, time_zone=ZONE), "days": DAYS}


def pace(engine: Engine) -> dict[str, Any]:
    """Requests a minute of each account over the last hours."""
    with read_only(engine) as connection:
        return {"rows": rows(connection, "pace", hours=HOURS), "hours": HOURS}
