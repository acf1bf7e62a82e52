import os
import signal
import sys
from pathlib import Path

import psutil
import pytest

from hkpost_local.interruption import SIGNALS, Interrupted, raise_when_asked_to_end, uninterrupted
from hkpost_local.processes import Processes

STUBBORN = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], process_group=0)
print(child.pid, flush=True)
signal.pause()
"""
ORPHAN_MAKER = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
"""


@pytest.fixture
def processes(tmp_path: Path) -> Processes:
    return Processes(tmp_path / "processes.json", tmp_path)


def start(processes: Processes, tmp_path: Path, program: str) -> int:
    """Start a program that prints the number of its child; returns that number."""
    log = processes.start("program", [sys.executable, "-c", program], os.environ, tmp_path)
    while not (line := log.read_text()).endswith("\n"):
        assert processes.running(), log.read_text()
    return int(line)


def is_alive(number: int) -> bool:
    return psutil.pid_exists(number) and psutil.Process(number).status() != psutil.STATUS_ZOMBIE


def test_what_ignores_a_polite_request_is_killed_with_a_child_in_another_group(
    processes: Processes, tmp_path: Path
) -> None:
    child = start(processes, tmp_path, STUBBORN)
    (running,) = processes.running()
    processes.stop_all(grace=0.5)
    assert not is_alive(running.pid)
    assert not is_alive(child)
    assert processes.listed() == []


def test_an_orphan_of_a_program_that_ended_by_itself_is_ended_too(
    processes: Processes, tmp_path: Path
) -> None:
    child = start(processes, tmp_path, ORPHAN_MAKER)
    psutil.wait_procs([psutil.Process(entry.pid) for entry in processes.running()], timeout=10)
    assert processes.ended() == ["program"]
    assert is_alive(child)
    processes.stop_all()
    assert not is_alive(child)


def test_another_command_can_end_what_is_registered(processes: Processes, tmp_path: Path) -> None:
    start(processes, tmp_path, STUBBORN)
    (running,) = processes.running()
    Processes(tmp_path / "processes.json", tmp_path).stop_all(grace=0.5)
    assert not is_alive(running.pid)


def test_a_number_that_is_somebody_elses_by_now_is_left_alone(processes: Processes, tmp_path: Path) -> None:
    (tmp_path / "processes.json").write_text(f'[{{"name": "old", "pid": {os.getpid()}, "started_at": 1.0}}]')
    assert processes.running() == []
    processes.stop_all(grace=0.5)


def test_a_program_that_ends_as_it_should_is_waited_for(processes: Processes, tmp_path: Path) -> None:
    processes.start("short", [sys.executable, "-c", "raise SystemExit(3)"], os.environ, tmp_path)
    assert processes.wait_for("short") == 3
    assert processes.ended() == []


def test_a_signal_that_comes_while_something_is_started_waits_until_it_is_registered() -> None:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    raise_when_asked_to_end()
    passed: list[str] = []
    try:
        with pytest.raises(Interrupted, match="SIGTERM"):
            with uninterrupted():
                signal.raise_signal(signal.SIGTERM)
                passed.append("registered")
            passed.append("not interrupted")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert passed == ["registered"]
