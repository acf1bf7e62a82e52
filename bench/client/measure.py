"""One measurement: a server, a client, and perhaps a load on every core, each a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from bench.client.gaps import Gaps, Stamp, gaps_of
from bench.client.sender import WAREHOUSE_VARIABLE, WARM_UP
from hkpost_local.paths import PACKAGES

_SPIN = "while True: pass"

_ENVIRONMENT = {**os.environ, "PYTHONPATH": PACKAGES}
"""Of the processes that take part: they find the simulator, which is never installed."""


@dataclass(frozen=True, slots=True)
class Case:
    """What to measure: which client, how late the server answers, how many requests, every core busy or not."""

    client: str
    latency_ms: int
    requests: int
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it; `cpu_s_per_1000` is the client's process alone."""

    case: Case
    gaps: Gaps
    cpu_s_per_1000: float


def measure(case: Case, warehouse_url: str) -> Result:
    """Run one case.

    Raises:
        RuntimeError: the client or the server failed; with what it said.
    """
    with ExitStack() as stack:
        server = stack.enter_context(_server(case.latency_ms))
        if case.busy:
            stack.enter_context(every_core_busy())
        url = f"http://127.0.0.1:{server.port}/HKP_MailTrack_API/services/HKP_MailTrack"
        cost = _send(case, url, warehouse_url)
        stamps = server.stop()
    measured = stamps[WARM_UP:]
    if len(measured) != case.requests:
        raise RuntimeError(f"{case.client}: {case.requests} requests were sent, {len(measured)} arrived")
    return Result(case, gaps_of(measured), cost * 1000 / case.requests)


@contextmanager
def every_core_busy() -> Iterator[None]:
    """A process that does nothing but run, for each core."""
    spinning = [subprocess.Popen([sys.executable, "-c", _SPIN]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in spinning:
            process.kill()
            process.wait()


class _Server:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(process.stdout.readline()) if process.stdout else 0

    def stop(self) -> list[Stamp]:
        printed, _ = self._process.communicate()
        return [(first, last) for first, last in json.loads(printed)]


@contextmanager
def _server(latency_ms: int) -> Iterator[_Server]:
    command = [sys.executable, "-m", "bench.client.latency_server", "--latency-ms", str(latency_ms)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_ENVIRONMENT
    ) as process:
        try:
            yield _Server(process)
        finally:
            process.kill()


def _send(case: Case, url: str, warehouse_url: str) -> float:
    arguments = {"--client": case.client, "--url": url, "--requests": str(case.requests)}
    ended = subprocess.run(
        [sys.executable, "-m", "bench.client.sender", *(part for pair in arguments.items() for part in pair)],
        capture_output=True,
        text=True,
        env={**_ENVIRONMENT, WAREHOUSE_VARIABLE: warehouse_url},
        check=False,
    )
    if ended.returncode:
        raise RuntimeError(f"{case.client} failed:\n{ended.stderr[-2000:]}")
    return float(json.loads(ended.stdout)["cpu_s"])
