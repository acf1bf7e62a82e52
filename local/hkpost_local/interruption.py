"""Ctrl-C, a closed terminal and a polite kill all end a command the same way: through its `finally`."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 20.0


class Interrupted(BaseException):
    """The command was asked to end; `number` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def raise_when_asked_to_end() -> None:
    """Let the first of these signals raise `Interrupted`, and the impatient ones after it do nothing."""
    for number in SIGNALS:
        signal.signal(number, _raise)


def _raise(number: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise Interrupted(number)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Put these signals off until the block's end: what is started in it is known to whoever must end it."""
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda each, frame: came.append(each)) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])


def raise_whoever_handles_signals() -> list[int]:
    """Let the first of these signals raise `Interrupted` in the main thread, even where a library handles them.

    Airflow's task runner takes SIGTERM for itself, in the very process when a run is in the foreground. So
    they are blocked, and a thread waits for them; it strikes the main thread with another signal, and ends
    the process when `GRACE_SECONDS` have not been enough.

    :returns: where the signal's number appears once it came.
    """
    came: list[int] = []
    main = threading.main_thread()

    def wait_and_strike() -> None:
        came.append(signal.sigwait(SIGNALS))
        print(f"{signal.Signals(came[0]).name}: stopping", flush=True)
        if main.ident is not None:
            signal.pthread_kill(main.ident, signal.SIGUSR1)
        time.sleep(GRACE_SECONDS)
        os._exit(128 + came[0])

    def strike(number: int, frame: FrameType | None) -> None:
        raise Interrupted(came[0])

    signal.signal(signal.SIGUSR1, strike)
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    threading.Thread(target=wait_and_strike, daemon=True).start()
    return came
