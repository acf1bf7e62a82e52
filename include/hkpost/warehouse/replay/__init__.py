"""Replay: events and states worked out again from the archived answers, without asking the service."""

from hkpost.warehouse.replay.bucket import replay_bucket
from hkpost.warehouse.replay.selection import Selection, plan_buckets
from hkpost.warehouse.replay.summary import ReplaySummary

__all__ = ["ReplaySummary", "Selection", "plan_buckets", "replay_bucket"]
