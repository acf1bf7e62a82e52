"""The process in which one client sends: `python -m bench.client.sender --client ours --url … --requests 300`.

Some requests warm it up (connections, imports, caches) before the measured ones. Prints, as JSON, the CPU
seconds of this process for the measured ones.
"""

import argparse
import json
import os
import resource
import sys
from collections.abc import Callable
from typing import Protocol

from bench.client.zeep_clients import ZeepAsync, ZeepInSequence, ZeepInThreads

WAREHOUSE_VARIABLE = "BENCH_WAREHOUSE_URL"
"""The warehouse's URL comes by the environment: a command line is everybody's to read."""
WARM_UP = 10


class Peer(Protocol):
    """A client of somebody else's making."""

    def send(self, requests: int) -> None:
        """Send this number of requests and wait for the last answer."""


PEERS: dict[str, Callable[[str], Peer]] = {
    "zeep": ZeepInSequence,
    "zeep-threads": ZeepInThreads,
    "zeep-async": ZeepAsync,
}
CLIENTS = ("ours", *PEERS)


def main() -> None:
    """Warm up, send, and say what it cost."""
    parser = argparse.ArgumentParser(prog="bench.client.sender")
    parser.add_argument("--client", choices=CLIENTS, required=True)
    parser.add_argument("--url", required=True)
    parser.add_argument("--requests", type=int, required=True)
    options = parser.parse_args()
    if options.client == "ours":
        cost = _ours(options.url, options.requests)
    else:
        peer = PEERS[options.client](options.url)
        peer.send(WARM_UP)
        began = cpu_seconds()
        peer.send(options.requests)
        cost = cpu_seconds() - began
    json.dump({"cpu_s": cost}, sys.stdout)


def _ours(url: str, requests: int) -> float:
    # Imported here: the peers do not carry our libraries with them.
    from bench.client.ours import Ours

    ours = Ours(url, os.environ[WAREHOUSE_VARIABLE])
    ours.register(WARM_UP)
    ours.send()
    ours.register(requests)
    began = cpu_seconds()
    ours.send()
    return cpu_seconds() - began


def cpu_seconds() -> float:
    """CPU time of this process and all its threads so far."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
