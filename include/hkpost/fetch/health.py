"""How the service is doing for one account: backs off when it fails, comes back when it works."""

from hkpost.pacing.gate import Gate
from hkpost.pacing.streak import Streak

_REFUSALS_LIMIT = 100


class Health:
    """Turns good and bad answers into what the gate does.

    After a failure one request at a time is enough to see whether the service is back, and it waits
    longer with each failure; a service that says we are too fast also widens the gap.
    """

    def __init__(self, gate: Gate, streak: Streak) -> None:
        self._gate = gate
        self._streak = streak
        self._refusals = 0

    @property
    def failures_in_a_row(self) -> int:
        """Failures since the last usable answer."""
        return self._streak.length

    @property
    def is_broken(self) -> bool:
        """Whether so much failed in a row that going on is pointless."""
        return self._streak.is_broken

    def works(self, *, answered: bool = False) -> None:
        """A usable answer came; `answered` when it was about items."""
        self._streak.succeeded()
        self._gate.probing = False
        self._gate.narrow()
        if answered:
            self._refusals = 0

    def fails(self, left_at: float, now: float, *, too_fast: bool, at_least_s: float = 0.0) -> float | None:
        """Back off after a failure of a request that left at `left_at`; return the wait in seconds.

        The wait is no shorter than `at_least_s`, which the service asked for. None for one of a burst that
        failed together: the burst is backed off from once.
        """
        before = self._streak.length
        wait_s = max(self._streak.failed(left_at, now), at_least_s)
        self._gate.probing = True
        if self._streak.length == before:
            return None
        self._gate.hold(wait_s)
        if too_fast:
            self._gate.widen()
        return wait_s

    def refuses(self) -> bool:
        """Count a request refused as invalid input; True when nothing else has come for too long."""
        self._refusals += 1
        return self._refusals >= _REFUSALS_LIMIT
