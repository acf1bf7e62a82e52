"""Processes that we start, each in a session of its own, and that we end with all their descendants.

What runs is written to a file first, so that another command, or the next one after a crash, can end it.
"""

import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from hkpost_local.interruption import uninterrupted

GRACE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Started:
    """A process as it was started: a number alone may be somebody else's by now."""

    name: str
    pid: int
    started_at: float

    def process(self) -> psutil.Process | None:
        """The process, None when it is gone."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < 1
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None

    def holds_its_session(self) -> bool:
        """Whether the session it opened is still its own: it lives, or only its descendants are left there."""
        return self.process() is not None or not psutil.pid_exists(self.pid)


class Processes:
    """Everything one command has started and not yet ended.

    :param register: the file that lists them.
    :param logs: the folder with one log file a process.
    """

    def __init__(self, register: Path, logs: Path) -> None:
        self._register = register
        self._logs = logs
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Path:
        """Start a program in the background; its output goes to the log file returned."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output, uninterrupted():
            self._children[name] = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            number = self._children[name].pid
            self._write([*self.listed(), Started(name, number, psutil.Process(number).create_time())])
        return log

    def wait_for(self, name: str) -> int:
        """Wait until a program started by `start` has ended by itself; returns its exit code."""
        code = self._children.pop(name).wait()
        self._write([entry for entry in self.listed() if entry.name != name])
        return code

    def listed(self) -> list[Started]:
        """What the register lists, ended or not."""
        try:
            return [Started(**entry) for entry in json.loads(self._register.read_text())]
        except FileNotFoundError:
            return []

    def running(self) -> list[Started]:
        """What the register lists and still runs."""
        return [entry for entry in self.listed() if entry.process() is not None]

    def ended(self) -> list[str]:
        """The names of those which should run and do not any more."""
        return [entry.name for entry in self.listed() if entry.process() is None]

    def stop_all(self, grace: float = GRACE_SECONDS) -> None:
        """End everything and wait for it: SIGTERM to each process, SIGKILL to what is left after `grace` s."""
        sessions = {entry.pid for entry in self.listed() if entry.holds_its_session()}
        sessions |= {child.pid for child in self._children.values() if child.poll() is None}
        members = _members(sessions)
        for process in members:
            _signal(process, signal.SIGTERM)
        _, left = psutil.wait_procs(members, timeout=grace)
        for process in {*left, *_members(sessions)}:
            _signal(process, signal.SIGKILL)
        psutil.wait_procs(left, timeout=grace)
        for child in self._children.values():
            child.poll()
        self._children.clear()
        self._register.unlink(missing_ok=True)

    def _write(self, entries: Sequence[Started]) -> None:
        unfinished = self._register.with_suffix(".new")
        unfinished.write_text(json.dumps([asdict(entry) for entry in entries]))
        unfinished.replace(self._register)


def _members(sessions: set[int]) -> list[psutil.Process]:
    """Every living process of these sessions, orphans included, and descendants that left their session."""
    found: set[psutil.Process] = set()
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) in sessions and process.status() != psutil.STATUS_ZOMBIE:
                found |= {process, *process.children(recursive=True)}
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    return list(found)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
