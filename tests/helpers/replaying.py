"""Replays of a warehouse, and the hash that says whether one changed anything."""

from hashlib import sha256

from sqlalchemy import Engine, text

from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import Selection
from hkpost.jobs.summary import ReadSummary, ReplaySummary

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
    """Read the archive and replay every bucket, one after another."""
    return read_and_replay(engine, selection, buckets)[1]


def read_and_replay(
    engine: Engine, selection: Selection | None = None, buckets: int = 1
) -> tuple[ReadSummary, list[ReplaySummary]]:
    """The same, with what was read."""
    plan, read = plan_replay(engine, selection or Selection(), buckets, report=lambda line: None)
    return read, [replay_bucket(engine, bucket, report=lambda line: None) for bucket in plan]


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
