"""When to ask about an item again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """One row of `poll_policy`: an item that has been silent for long is asked about more rarely."""

    poll_after: timedelta
    """The shortest time between two questions."""
    silence_share: float
    """The part of the silence so far that is waited."""
    poll_at_most: timedelta
    """The longest time between two questions."""


def next_poll_at(
    state: str, silence: timedelta, answered_at: datetime, policy: Mapping[str, PollPolicy]
) -> datetime | None:
    """When an item is due again: `silence` * `silence_share` after its answer, within the policy's bounds.

    `silence` is the time since anything changed (a negative one is none). `state` is an open state, or
    'not_found' for an open item that was answered 1001. None for a state without a policy: a closed item is
    not asked about (the confirming look at a delivered one is a rule of its own).
    """
    rule = policy.get(state)
    if rule is None:
        return None
    return answered_at + max(rule.poll_after, min(silence * rule.silence_share, rule.poll_at_most))
