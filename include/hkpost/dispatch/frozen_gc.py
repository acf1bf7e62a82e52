"""Python's garbage collector beside departures: a search of the whole heap takes as long as half a gap."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def frozen_gc() -> Iterator[None]:
    """Let the collector search only what is made from here on.

    What a process has imported (zeep, SQLAlchemy, Airflow) are hundreds of thousands of objects that never go.
    Looking through them, time and again, holds up everything for 60 ms and more.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
