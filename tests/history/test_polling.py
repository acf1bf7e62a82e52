"""When to ask about an item again."""

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from hkpost.history.polling import PollPolicy, next_poll_at
from hkpost.history.state import is_open, states
from hkpost.seeds import seed_rows

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
POLICY = {"in_transit": PollPolicy(timedelta(hours=6), 0.1, timedelta(days=2))}


@pytest.mark.parametrize(
    ("silence", "wait"),
    [
        (timedelta(0), timedelta(hours=6)),
        (timedelta(hours=-5), timedelta(hours=6)),
        (timedelta(hours=60), timedelta(hours=6)),
        (timedelta(days=5), timedelta(hours=12)),
        (timedelta(days=20), timedelta(days=2)),
        (timedelta(days=400), timedelta(days=2)),
    ],
)
def test_the_wait_is_a_share_of_the_silence_within_bounds(silence: timedelta, wait: timedelta) -> None:
    assert next_poll_at("in_transit", silence, NOW, POLICY) == NOW + wait


@pytest.mark.parametrize("state", sorted(state for state in states() if not is_open(state)))
def test_a_state_without_a_policy_is_not_asked_about(state: str) -> None:
    assert next_poll_at(state, timedelta(0), NOW, POLICY) is None


def test_the_policy_that_a_warehouse_starts_with_covers_every_open_state_and_1001() -> None:
    rows = {row["state"]: row for row in seed_rows("poll_policy")}
    assert set(rows) == {*filter(is_open, states()), "not_found"}
    for row in rows.values():
        assert timedelta(0) < pd.Timedelta(row["poll_after"]) < pd.Timedelta(row["poll_at_most"])
        assert 0 < float(row["silence_share"]) < 1
        assert row["comment"]
