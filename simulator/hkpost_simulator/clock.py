"""The simulated clock: runs at any speed, can be set, frozen and resumed."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    """Simulated instants (UTC) derived from a monotonic clock.

    Args:
        start: the simulated instant at which it begins, with a time zone.
        speed: simulated seconds in one real second, above 0.
        frozen: begin standing still.
        monotonic: seconds of real time.
    """

    def __init__(
        self,
        start: datetime,
        *,
        speed: float = 1.0,
        frozen: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._at = _instant(start)
        self._since = monotonic()
        self._speed = _speed(speed)
        self._frozen = frozen

    @property
    def speed(self) -> float:
        """Simulated seconds in one real second while the clock runs."""
        return self._speed

    @property
    def is_frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen

    def now(self) -> datetime:
        """Return the simulated instant in UTC."""
        with self._lock:
            return self._now()

    def set(self, instant: datetime) -> None:
        """Jump to an instant, forwards or backwards; a frozen clock stays frozen.

        Raises:
            ValueError: the instant has no time zone.
        """
        with self._lock:
            self._restart(_instant(instant))

    def advance(self, step: timedelta) -> None:
        """Jump by a step; a frozen clock stays frozen."""
        with self._lock:
            self._restart(self._now() + step)

    def freeze(self, at: datetime | None = None) -> None:
        """Stand still, now or at the given instant.

        Raises:
            ValueError: the instant has no time zone.
        """
        with self._lock:
            self._restart(self._now() if at is None else _instant(at))
            self._frozen = True

    def resume(self) -> None:
        """Run on from where the clock stands."""
        with self._lock:
            self._restart(self._now())
            self._frozen = False

    def run_at(self, speed: float) -> None:
        """Run at this number of simulated seconds in a real one from now on.

        Raises:
            ValueError: the speed is not above 0.
        """
        with self._lock:
            self._restart(self._now())
            self._speed = _speed(speed)

    def _now(self) -> datetime:
        if self._frozen:
            return self._at
        return self._at + timedelta(seconds=(self._monotonic() - self._since) * self._speed)

    def _restart(self, at: datetime) -> None:
        self._at = at
        self._since = self._monotonic()


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    return value.astimezone(UTC)


def _speed(value: float) -> float:
    if value <= 0:
        raise ValueError(f"a clock cannot run at speed {value}: freeze it")
    return value
