"""How far a long piece of work is, said at a calm pace."""

import time
from collections.abc import Callable

CALM_S = 10.0
"""Seconds between two lines."""


class Progress:
    """Says what is done of all, the rate, and the time left.

    Args:
        what: what is counted, as the line begins ("bucket 1 of 4: answers").
        report: gets each line.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        what: str,
        report: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._what = what
        self.total = 0
        """How many there are; set when it is known."""
        self._report = report
        self._clock = clock
        self._began = self._said = clock()
        self.done = 0

    def advance(self, count: int = 1) -> None:
        """A number more are done; a line when the last one is some seconds old."""
        self.done += count
        if self._clock() - self._said >= CALM_S:
            self.say()

    def say(self) -> None:
        """Report where it stands."""
        self._said = self._clock()
        rate = self.done / max(self._said - self._began, 1e-3)
        left = max(self.total - self.done, 0) / rate if self.done else 0.0
        self._report(
            f"{self._what}: {self.done:,} of {self.total:,} ({rate:,.0f} a second, {left:,.0f} s left)"
        )
