"""One command at a time runs the system of this folder; a second one ends and names it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from hkpost_local.paths import private_folder


class BusyError(RuntimeError):
    """Another command runs the system already; the text says which and what to do."""


@contextmanager
def exclusive(command: str) -> Iterator[None]:
    """Hold the system for this command; the kernel lets it go when the command dies.

    :raises BusyError: when another command holds it.
    """
    with (private_folder("run") / "system.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "another command"
            raise BusyError(f"{holder} is at work here: wait for its end, or press Ctrl-C there") from None
        lock.truncate(0)
        lock.write(f"make {command} (process {os.getpid()})")
        lock.flush()
        yield
