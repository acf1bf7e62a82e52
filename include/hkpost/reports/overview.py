"""Today's overview: the backlog, what was closed, how fresh the knowledge is, unclassified wordings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST
from hkpost.ecship.settings import AccountSettings
from hkpost.reports.read_only import query, read_only, rows
from hkpost.warehouse.requests.ledger import quota_use

ZONE = "Asia/Hong_Kong"
"""Whose midnight begins "today" where no account says otherwise."""


def overview(engine: Engine) -> dict[str, Any]:
    """The backlog by account and state, freshness, today's closings by reason, and unclassified wordings.

    Counts of open items are those of the last run's end (`taken_at`), so that ten million items are not
    counted for a page; the rest is as of now.
    """
    with read_only(engine) as connection:
        return {
            "open": rows(connection, "open_items"),
            "freshness": rows(connection, "freshness"),
            "today": connection.execute(query("today"), {"time_zone": ZONE}).scalar_one(),
            "closed_today": rows(connection, "closed_today", time_zone=ZONE),
            "unclassified": rows(connection, "unclassified"),
            "unclassified_count": connection.execute(query("unclassified_count")).scalar_one(),
        }


def run_summaries(engine: Engine, run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """What some runs asked: a row a run and account."""
    with read_only(engine) as connection:
        return rows(connection, "runs", run_ids=list(run_ids))


def quota(engine: Engine, settings: AccountSettings, due_items: int, now: datetime) -> dict[str, Any]:
    """An account's day: used, left for scheduled runs, the reserve, and how long it will last.

    `lasts_until` goes by the requests of the last hour; None when nothing was sent, or when it lasts beyond
    the day. `needed` is how many requests the `due_items` need at 30 an answer (specification page 4).
    """
    use = quota_use(engine, settings.account, settings.quota_timezone)
    with read_only(engine) as connection:
        hour = rows(
            connection, "last_hour", account=settings.account, quota_timezone=settings.quota_timezone
        )[0]
    left = max(settings.scheduled_quota - use.used, 0)
    needed = -(-due_items // MAX_ITEMS_PER_REQUEST)
    return {
        "account": settings.account,
        "day": use.day,
        "time_zone": settings.quota_timezone,
        "daily_quota": settings.daily_quota,
        "reserve": min(settings.quota_reserve, settings.daily_quota),
        "used": use.used,
        "left": left,
        "exhausted": use.exhausted,
        "needed": needed,
        "items_without_quota": max(due_items - left * MAX_ITEMS_PER_REQUEST, 0),
        "requests_last_hour": hour["requests"],
        "lasts_until": _lasts_until(left, hour["requests"], now),
        "requests_a_minute_at_most": int(60_000 / (settings.min_interval_ms + settings.pace_margin_ms)),
    }


def _lasts_until(left: int, requests_last_hour: int, now: datetime) -> datetime | None:
    if not requests_last_hour:
        return None
    lasts = timedelta(hours=left / requests_last_hour)
    return now + lasts if lasts < timedelta(days=1) else None
