"""Forks processes from a warm one: each run is a process of its own, without the price of its imports.

`python -m tests.crash.fork_server <socket>` imports what a run needs once, opens nothing, and forks a
child for each job that a connection brings. It sends back the child's process id at once, and its exit code at the end.
"""

import importlib
import json
import os
import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ForkingMixIn, StreamRequestHandler, UnixStreamServer
from typing import Any

from hkpost.ecship.rows import Texts
from hkpost.history.countries import resolve_country


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        job = json.loads(self.rfile.readline())
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os._exit(_work(job, writing))
        os.close(writing)
        self._send({"pid": child})
        with os.fdopen(reading) as pipe:
            message = pipe.read()
        _, status = os.waitpid(child, 0)
        self._send({"exit": os.waitstatus_to_exitcode(status), "met": json.loads(message or "[]")})

    def _send(self, message: dict[str, Any]) -> None:
        self.wfile.write(json.dumps(message).encode() + b"\n")
        self.wfile.flush()


def _work(job: dict[str, Any], result: int) -> int:
    from tests.crash.run import run_steps

    log = os.open(job.pop("log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        met = run_steps(**job)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        return 1
    os.write(result, json.dumps(met).encode())
    return 0


class _Server(ForkingMixIn, UnixStreamServer):
    max_children = 16
    parent = os.getppid()

    def service_actions(self) -> None:
        super().service_actions()
        if os.getppid() != self.parent:
            os._exit(0)


class Run:
    """One forked run; `pid` is its process."""

    def __init__(self, fork_server: "ForkServer", job: dict[str, Any]) -> None:
        self.log = Path(job["log"])
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(fork_server.path))
        self._lines = self._socket.makefile("rw")
        self._lines.write(json.dumps(job) + "\n")
        self._lines.flush()
        self.pid: int = json.loads(self._lines.readline())["pid"]

    def end(self) -> tuple[int, list[tuple[str, str]]]:
        """Wait for its end; returns the exit code (minus the signal's number) and the boundaries it met."""
        message = json.loads(self._lines.readline())
        self._lines.close()
        self._socket.close()
        return message["exit"], [(what, phase) for what, phase in message["met"]]


class ForkServer:
    """The warm process, as a test uses it."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.path = path
        self._folder = folder

    def start(self, name: str, **job: Any) -> Run:
        return Run(self, {**job, "log": str(self._folder / f"{name}.log")})


@contextmanager
def fork_server(folder: Path) -> Iterator[ForkServer]:
    path = folder / "fork_server"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.fork_server", str(path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline(), "the fork server ended by itself"
        yield ForkServer(path, folder)
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def main() -> None:
    # What is imported here is not imported by each child; the last two are imported with the first request only.
    for module in ("tests.crash.run", "httpcore", "anyio._backends._asyncio"):
        importlib.import_module(module)
    resolve_country("", Texts("Nowhere"))  # reads the names of all countries once

    with _Server(sys.argv[1], _Handler) as server:
        print("ready", flush=True)
        server.serve_forever(0.2)


if __name__ == "__main__":
    main()
