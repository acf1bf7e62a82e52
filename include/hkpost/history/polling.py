"""When to ask about an item again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from hkpost.history.item_result import ResultKind
from hkpost.history.state import is_open

A_DAY: Final = timedelta(days=1)
_WITHOUT_ANSWER: Final = {
    ResultKind.UNANSWERED: timedelta(0),
    ResultKind.NOT_SERVED: timedelta(0),
    ResultKind.ASK_TOMORROW: A_DAY,
}
"""When an item is asked again of which an answer says nothing."""


@dataclass(frozen=True, slots=True)
class PollPolicy:
    """One row of `poll_policy`: an item that has been silent for long is asked about more rarely."""

    poll_after: timedelta
    """The shortest time between two questions."""
    silence_share: float
    """The part of the silence so far that is waited."""
    poll_at_most: timedelta
    """The longest time between two questions."""


class Polled(Protocol):
    """The columns of `mail_item` that say when an item is asked again, and whether its answer may repeat."""

    @property
    def state(self) -> str:
        """After the answer."""

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed."""

    @property
    def registered_at(self) -> datetime | None:
        """When the business registered it."""

    @property
    def last_changed_at(self) -> datetime | None:
        """When an answer last said something new."""

    @property
    def last_answered_at(self) -> datetime | None:
        """When the last good answer came."""

    @property
    def last_event_at(self) -> datetime | None:
        """When the latest current event happened."""


def next_poll(
    item: Polled, kind: ResultKind, received_at: datetime, policies: Mapping[str, PollPolicy]
) -> datetime | None:
    """When an item is asked again after an answer of some kind; None for never."""
    if not is_open(item.state):
        # A delivered item of which the answer says nothing still waits for its confirming look.
        if item.state != "delivered" or item.closed_at is None:
            return None
        return received_at + _WITHOUT_ANSWER[kind] if kind in _WITHOUT_ANSWER else None
    if kind in _WITHOUT_ANSWER:
        return received_at + _WITHOUT_ANSWER[kind]
    silence = received_at - (item.last_changed_at or item.registered_at or received_at)
    row = "not_found" if kind is ResultKind.NOT_FOUND else item.state
    return next_poll_at(row, silence, received_at, policies) or received_at + A_DAY


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
