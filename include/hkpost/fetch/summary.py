"""What a fetching run did: counted on the way, told calmly, summed up at the end."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from hkpost.contract.limits import MAX_ITEMS_PER_REQUEST

PROGRESS_EVERY_S = 10.0


@dataclass(slots=True)
class FetchSummary:
    """The result of one run over one account; `failure` is why it must end red, or None."""

    account: str
    due: int = 0
    items_answered: int = 0
    items_left_due: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    quota_left: int = 0
    seconds: float = 0.0
    ended: str = "nothing more is due"
    failure: str | None = None

    @property
    def request_count(self) -> int:
        """Requests of every outcome."""
        return self.requests.total()

    def line(self) -> str:
        """The run in one line."""
        rate = self.request_count / self.seconds if self.seconds else 0.0
        return (
            f"{self.account}: {self.items_answered:,} of {self.due:,} due items answered with "
            f"{self.request_count:,} requests in {self.seconds:.1f} s ({rate:.1f} a second), "
            f"{self.items_left_due:,} left due, {self.quota_left:,} requests left today; "
            f"ended: {self.failure or self.ended}"
        )

    def table(self) -> str:
        """The outcomes, the most frequent first."""
        width = max((len(outcome) for outcome in self.requests), default=0)
        return "\n".join(
            f"  {outcome:<{width}}  {count:>7,}" for outcome, count in self.requests.most_common()
        )

    def forecast(self, due_now: int) -> str | None:
        """Say so when more is due than the day's quota can ask for."""
        needed = -(-due_now // MAX_ITEMS_PER_REQUEST)
        if needed <= self.quota_left:
            return None
        return (
            f"{self.account}: {due_now:,} items are still due and need {needed:,} requests, but only "
            f"{self.quota_left:,} are left today: {due_now - self.quota_left * MAX_ITEMS_PER_REQUEST:,} items "
            "must wait for tomorrow"
        )


class Progress:
    """Says how far a run is, at a calm pace."""

    def __init__(
        self,
        summary: FetchSummary,
        say: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._summary = summary
        self._say = say
        self._clock = clock
        self._began = self._told = clock()

    def tick(self) -> None:
        """Say how far the run is when it is time to."""
        now = self.finish()
        if now - self._told < PROGRESS_EVERY_S:
            return
        self._told = now
        summary = self._summary
        done, rate = summary.items_answered, summary.request_count / summary.seconds
        left = max(summary.due - done, 0)
        minutes = left / done * summary.seconds / 60 if done else float("inf")
        self._say(
            f"{summary.account}: {done:,} of {summary.due:,} items, {rate:.1f} requests a second, "
            f"about {minutes:.0f} min left, {summary.quota_left:,} requests left today"
            if done
            else f"{summary.account}: no item answered yet, {summary.request_count:,} requests sent"
        )

    def finish(self) -> float:
        """Take the time; returns the clock's now."""
        now = self._clock()
        self._summary.seconds = now - self._began
        return now
