"""The floor that everything is measured in multiples of: `lxml.fromstring` on the same answer, at the same time.

A processor that shares its core with another runs at half its speed while that one is busy. What takes seconds is
therefore set against parses before, within and after it, never against one that was lucky; and all that is measured,
the server and the peers too, is kept on one processor, so that client and server do not slow one another.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import fmean, median

from lxml import etree

_PARSES = 40


class Floor:
    """How long lxml takes to parse an answer, sampled again and again."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._samples: list[float] = []
        self.spent_s = 0.0
        """CPU seconds that the samples have taken of this process."""

    def sample(self, _line: str = "") -> None:
        """Take a sample; may stand where a function is wanted that gets a line of progress."""
        began = time.process_time()
        self._samples.append(cpu_ms({"": lambda: etree.fromstring(self._body)}, _PARSES)[""])
        self.spent_s += time.process_time() - began

    @property
    def ms(self) -> float:
        """CPU time of a parse in ms: the mean of the samples so far."""
        return fmean(self._samples)


def cpu_ms(works: Mapping[str, Callable[[], object]], repeats: int = _PARSES) -> dict[str, float]:
    """The CPU time of some works in ms: of each the median of several times in turn, after one that does not count."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repeats + 1):
        for name, work in works.items():
            began = time.process_time()
            work()
            if turn:
                times[name].append(time.process_time() - began)
    return {name: median(each) * 1000 for name, each in times.items()}


@contextmanager
def one_processor() -> Iterator[None]:
    """Keep this process, and what it starts meanwhile, on one processor, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
