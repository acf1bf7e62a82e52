"""Replays of a warehouse, and the hash that says whether one changed anything."""

from hashlib import sha256

from sqlalchemy import Engine, text

from hkpost.warehouse.replay import ReplaySummary, Selection, plan_buckets, replay_bucket

DERIVED = (
    "fact_tracking_event",
    "tracking_event_change",
    "item_state_change",
    "mail_item",
    "rejected_record",
)
"""What loads and replays make of the answers; every column of it."""
JOURNEYS = (*DERIVED, "item_journey")
"""With what is summed up of it: a state set by hand is there only after the next run."""


def replay(engine: Engine, selection: Selection | None = None, buckets: int = 1) -> list[ReplaySummary]:
    """Replay every bucket, one after another."""
    plan = plan_buckets(engine, selection or Selection(), buckets)
    return [replay_bucket(engine, bucket, report=lambda line: None) for bucket in plan]


def contents(engine: Engine, *tables: str) -> dict[str, list[str]]:
    """Every row of some tables as text, sorted."""
    with engine.connect() as connection:
        return {
            table: sorted(connection.scalars(text(f"SELECT t::text FROM hkpost.{table} t")))
            for table in tables or DERIVED
        }


def fingerprint(engine: Engine) -> str:
    """A hash over facts, changes, items, states, journeys and rejects."""
    return sha256(repr(contents(engine, *JOURNEYS)).encode()).hexdigest()
