"""The project's commands as processes, as a person runs them."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import psutil

from hkpost_local.paths import PACKAGES

Run = Callable[..., subprocess.Popen[str]]


def clean_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    return kept | {"PYTHONPATH": PACKAGES, "PYTHONUNBUFFERED": "1", "COLUMNS": "160"} | more


def read_until(process: subprocess.Popen[str], words: str) -> str:
    """Read what a command prints until a line holds `words`."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError(f"{words!r} never came:\n{''.join(lines)}")


def processes_about(folder: Path) -> list[str]:
    """The command lines of living processes that name a folder, in their arguments or their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if str(folder) in " ".join([*process.cmdline(), *process.environ().values()]):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found
