"""Says how far a fetching run is, at a calm pace."""

import time
from collections.abc import Callable

from hkpost.dispatch.summary import FetchSummary
from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST

PROGRESS_EVERY_S = 10.0


class Progress:
    """Reports how much is done of what was planned, how fast it goes now, and when it will be over.

    Args:
        summary: what is counted on the way; `due` and `quota_left` as they are at the beginning are the plan.
        say: takes a line.
        max_run_s: seconds after which the run sends no further batch.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        summary: FetchSummary,
        say: Callable[[str], None],
        max_run_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._summary = summary
        self._say = say
        self._max_run_s = max_run_s
        self._clock = clock
        self._planned = min(summary.due, summary.quota_left * MAX_ITEMS_PER_REQUEST)
        self._began = self._told_at = clock()
        self._told_items = self._told_requests = 0

    def tick(self) -> None:
        """Say how far the run is when it is time to."""
        now = self.update()
        if now - self._told_at >= PROGRESS_EVERY_S:
            self._say(self._words(now - self._told_at))
            self._told_at = now
            self._told_items = self._summary.items_answered
            self._told_requests = self._summary.request_count

    def update(self) -> float:
        """Note in the summary how long the run has taken; returns the clock's now."""
        now = self._clock()
        self._summary.seconds = now - self._began
        return now

    def _words(self, lately_s: float) -> str:
        summary = self._summary
        done, planned = summary.items_answered, max(self._planned, summary.items_answered)
        rate = (summary.request_count - self._told_requests) / lately_s
        return (
            f"{done:,} of {planned:,} items ({100 * done // planned if planned else 100} %), "
            f"{rate:.1f} requests a second, {self._left(planned - done, lately_s)}, "
            f"{summary.quota_left:,} requests left today"
        )

    def _left(self, items: int, lately_s: float) -> str:
        """When it will be over: at the pace of late, or when the run's time is."""
        lately = self._summary.items_answered - self._told_items
        until_limit_s = max(self._max_run_s - self._summary.seconds, 0.0)
        left_s = items / lately * lately_s if lately else float("inf")
        if left_s > until_limit_s:
            return f"its time is over in {_duration(until_limit_s)}"
        return f"about {_duration(left_s)} left"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
