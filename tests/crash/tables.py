"""What the tables hold at the end, without what may differ between an interrupted run and another."""

from collections import Counter
from typing import Any

import sqlalchemy as sa

TABLES = """
SELECT relname FROM pg_class
 WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
   AND relname NOT IN ('api_call', 'raw_response', 'account_lease')
"""
"""All but those that belong to requests and to runs: these are compared with what the service saw."""

THE_MOMENT = "set from the clock when it happens: compared is whether it is set"
A_NUMBER = "a number that a sequence gives: compared is what it stands for"
AN_ORDER = "which request brought it: the requests of two runs differ"

LEFT_OUT: dict[str, dict[str, str]] = {
    "mail_item": {
        "closed_at": THE_MOMENT,
        "last_polled_at": THE_MOMENT,
        "last_answered_at": THE_MOMENT,
        "last_changed_at": THE_MOMENT,
        "next_poll_at": THE_MOMENT,
    },
    "item_state_change": {"changed_at": THE_MOMENT, "call_id": AN_ORDER},
    "fact_tracking_event": {
        "first_seen_at": THE_MOMENT,
        "retracted_at": THE_MOMENT,
        "call_id": AN_ORDER,
        "place_id": A_NUMBER,
        "text_id": A_NUMBER,
        "wording_id": A_NUMBER,
    },
    "tracking_event_change": {"changed_at": THE_MOMENT, "call_id": AN_ORDER},
    "dim_place": {"place_id": A_NUMBER},
    "dim_event_text": {"text_id": A_NUMBER},
    "dim_wording": {"wording_id": A_NUMBER, "first_seen_at": THE_MOMENT},
    "rejected_record": {
        "rejected_id": A_NUMBER,
        "rejected_at": THE_MOMENT,
        "last_at": THE_MOMENT,
        "call_id": AN_ORDER,
    },
    "applied_file": {"applied_at": THE_MOMENT},
    "wanted_item": {"wanted_at": THE_MOMENT},
    "alert": {"raised_at": THE_MOMENT, "seen_at": THE_MOMENT, "sent_at": THE_MOMENT, "ended_at": THE_MOMENT},
    "run": {"started_at": THE_MOMENT, "ended_at": THE_MOMENT},
    "lane_history": {"reckoned_at": THE_MOMENT},
    "lane_curve": {"made_at": THE_MOMENT},
    "news_curve": {"made_at": THE_MOMENT},
    "news_week": {"made_at": THE_MOMENT},
    "forecast_quality": {"made_at": THE_MOMENT},
    "polling_price": {"made_at": THE_MOMENT, "counted_until": THE_MOMENT},
    "item_forecast": {"forecast_at": THE_MOMENT, "known_until": THE_MOMENT},
    "item_forecast_history": {"forecast_at": THE_MOMENT},
    "queue_item": {"since": THE_MOMENT, "silent_since": THE_MOMENT, "open_since": THE_MOMENT},
    "queue_day": {"day": THE_MOMENT, "counted_at": THE_MOMENT},
    "chart_series": {"taken_at": THE_MOMENT},
    "backlog_snapshot": {"taken_at": THE_MOMENT},
    "freshness_snapshot": {"taken_at": THE_MOMENT, "oldest_due_at": THE_MOMENT, "median_age_s": THE_MOMENT},
}

COUNTS = {"backlog_snapshot": "taken_at", "freshness_snapshot": "taken_at", "polling_price": "made_at"}
"""Counts and prices as of an instant, one set a run: compared is the latest; a run struck late leaves one more."""

STANDS_FOR = {
    "place_id": "(SELECT p.location_code || '|' || p.location_e FROM hkpost.dim_place p WHERE p.place_id = t.place_id)",
    "text_id": "(SELECT m.message_e FROM hkpost.dim_event_text m WHERE m.text_id = t.text_id)",
    "wording_id": "(SELECT w.template FROM hkpost.dim_wording w WHERE w.wording_id = t.wording_id)",
}
"""What a key of a dimension stands for, in a table that refers to it."""

Tables = dict[str, Counter[tuple[Any, ...]]]


def final_tables(engine: sa.Engine) -> Tables:
    """The rows of every table but those of the requests, each with how often it is there."""
    with engine.connect() as connection:
        names = connection.scalars(sa.text(TABLES)).all()
        known = sa.MetaData(schema="hkpost")
        known.reflect(connection, only=names)
        return {
            table.name: Counter(tuple(row) for row in connection.execute(sa.text(_query(table))))
            for table in known.sorted_tables
            if table.name in names
        }


def differences(one: Tables, other: Tables) -> dict[str, Any]:
    """Rows that only one of the two has, by table."""
    assert one.keys() == other.keys()
    return {
        name: {"only here": list(one[name] - other[name]), "missing": list(other[name] - one[name])}
        for name in one
        if one[name] != other[name]
    }


def _query(table: sa.Table) -> str:
    left_out = LEFT_OUT.get(table.name, {})
    columns = [_expression(table, column.name, left_out.get(column.name)) for column in table.columns]
    query = f"SELECT {', '.join(columns)} FROM {table.fullname} t"
    if counted_at := COUNTS.get(table.name):
        query += f" WHERE {counted_at} = (SELECT max({counted_at}) FROM {table.fullname})"
    return query


def _expression(table: sa.Table, column: str, reason: str | None) -> str:
    if reason == THE_MOMENT:
        return f"t.{column} IS NULL"
    if reason == A_NUMBER and column in STANDS_FOR and not table.columns[column].primary_key:
        return STANDS_FOR[column]
    return f"t.{column}::text" if reason is None else "NULL"
