"""Waiting for what another process brings about: as long as it lives, and not for ever."""

import subprocess
import time
from collections.abc import Callable
from threading import Event
from typing import Any

PATIENCE_S = 600
_PAUSE_S = 0.02


def await_that(
    holds: Callable[[], bool],
    run: "subprocess.Popen[Any] | None" = None,
    said: Callable[[], str] = lambda: "",
) -> None:
    """Wait for a condition while `run` lives; `said` gives what it said, once it has ended too soon."""
    pause, gives_up_at = Event(), time.monotonic() + PATIENCE_S
    while not holds():
        assert run is None or run.poll() is None, f"it ended with {run.returncode}: {said()}"
        assert time.monotonic() < gives_up_at, f"it did not come in {PATIENCE_S} seconds"
        pause.wait(_PAUSE_S)
