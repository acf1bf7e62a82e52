"""From stamps to figures."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

LIMIT_MS = 100.0
"""No two requests closer than this (specification page 3, note 3)."""
CEILING = 1000 / LIMIT_MS

Stamp = tuple[int, int]
"""When a request's first and last byte arrived, in ns."""


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps between requests, first byte to first byte, in ms, and how often they came.

    `min_last_ms` is the smallest from last byte to last byte: a service may count either.
    """

    rate: float
    count: int
    under_limit: int
    min_ms: float
    p1_ms: float
    p50_ms: float
    p99_ms: float
    min_last_ms: float

    @property
    def share_of_ceiling(self) -> float:
        """Requests a second as a share of the ten that the service allows."""
        return self.rate / CEILING


def gaps_of(stamps: Sequence[Stamp]) -> Gaps:
    """The gaps of three requests at least, in whatever order they were noted."""
    firsts, lasts = (sorted(stamp[end] for stamp in stamps) for end in (0, 1))
    gaps = _gaps_ms(firsts)
    by_last = _gaps_ms(lasts)
    hundredths = quantiles(gaps, n=100, method="inclusive")
    return Gaps(
        rate=len(gaps) / ((firsts[-1] - firsts[0]) / 1e9),
        count=len(gaps),
        under_limit=sum(min(pair) < LIMIT_MS for pair in zip(gaps, by_last, strict=True)),
        min_ms=min(gaps),
        p1_ms=hundredths[0],
        p50_ms=hundredths[49],
        p99_ms=hundredths[98],
        min_last_ms=min(by_last),
    )


def _gaps_ms(stamps_ns: Sequence[int]) -> list[float]:
    return [(later - earlier) / 1e6 for earlier, later in itertools.pairwise(stamps_ns)]
