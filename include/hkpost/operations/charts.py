"""The series behind the charts: lead times, funnel, backlog, pace."""

from typing import Any, Final

from sqlalchemy import Engine, text

from hkpost.operations.glance import ZONE
from hkpost.operations.reading import reading, rows, source

WEEKS = 12
DAYS = 30
HOURS = 3
DESTINATIONS = 6
_KEPT: Final[dict[str, dict[str, int]]] = {
    "lead_time": {"weeks": WEEKS, "destinations": DESTINATIONS},
    "funnel": {"weeks": WEEKS},
}
"""The charts that read every item of the last weeks, with what their questions are asked with."""


def keep_series(engine: Engine) -> None:
    """Answer the questions of `_KEPT` as of now, and keep the answers for the page: the end of a run does it."""
    for chart, values in _KEPT.items():
        keeping = source("keep_series").format(source(chart).rstrip().removesuffix(";"))
        with engine.begin() as connection:
            connection.execute(text(keeping), {"chart": chart, **values})


def lead_time(engine: Engine) -> dict[str, Any]:
    """Median and p90 days from posting to delivery by destination and week of posting, the last weeks."""
    return _kept(engine, "lead_time")


def funnel(engine: Engine) -> dict[str, Any]:
    """How many of the items posted in the last weeks came to each stage."""
    return _kept(engine, "funnel")


def _kept(engine: Engine, chart: str) -> dict[str, Any]:
    """As the end of the last run found it; `taken_at` is None when none has ended yet."""
    with reading(engine) as connection:
        kept = rows(connection, "kept_series", chart=chart)
    found = kept[0] if kept else {"taken_at": None, "series": []}
    return {"rows": found["series"], "taken_at": found["taken_at"], "weeks": WEEKS}


def backlog(engine: Engine) -> dict[str, Any]:
    """Open items by state at the end of each of the last days."""
    with reading(engine) as connection:
        return {"rows": rows(connection, "backlog", days=DAYS, time_zone=ZONE), "days": DAYS}


def pace(engine: Engine) -> dict[str, Any]:
    """Requests a minute of each account over the last hours."""
    with reading(engine) as connection:
        return {"rows": rows(connection, "pace", hours=HOURS), "hours": HOURS}
