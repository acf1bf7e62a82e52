"""`python -m hkpost_simulator`: the simulator in the foreground; its URL is the first line on standard output."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from datetime import datetime

from hkpost.ecship.limits import DAILY_QUOTA, MIN_INTERVAL_MS
from hkpost_simulator.answer_xml import Namespaces
from hkpost_simulator.catalogue import HONG_KONG
from hkpost_simulator.server import DEFAULT_ITEMS, DEFAULT_USERS, Simulator


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    options = _options(argv)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    sys.setswitchinterval(0.0005)  # an arrival must not wait for an answer that is being written
    simulator = Simulator(
        seed=options.seed,
        items=options.items,
        anchor=options.anchor,
        start=options.start,
        speed=options.speed,
        frozen=options.frozen,
        users=dict(options.user or DEFAULT_USERS),
        gap_ms=options.gap_ms,
        daily_quota=options.daily_quota,
        latency_s=options.latency_ms / 1000,
        newest_first=not options.oldest_first,
        namespaces=options.namespaces,
        host=options.host,
        port=options.port,
    )
    with simulator:
        sys.stdout.write(f"{simulator.url}\n")
        sys.stdout.flush()
        sys.stderr.write(
            f"simulating {options.items} items at {simulator.clock.now():%Y-%m-%d %H:%M} UTC, "
            f"WSDL {simulator.wsdl_url}, control {simulator.control_url}\n"
        )
        ended.wait()
    return 0


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m hkpost_simulator", description="An EC-Ship Mail Tracking service for demos and tests."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--seed", type=int, default=1, help="the world's seed (%(default)s)")
    parser.add_argument("--items", type=int, default=DEFAULT_ITEMS, help="items in the world (%(default)s)")
    parser.add_argument("--anchor", type=_instant, help="ages count back from here; last Hong Kong midnight")
    parser.add_argument("--start", type=_instant, help="where the simulated clock begins; now")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds a real one (%(default)s)")
    parser.add_argument("--frozen", action="store_true", help="begin with the clock standing still")
    parser.add_argument("--user", type=_user, action="append", help="NAME:PASSWORD, repeatable")
    parser.add_argument("--gap-ms", type=float, default=MIN_INTERVAL_MS, help="least gap (%(default)s)")
    parser.add_argument("--daily-quota", type=int, default=DAILY_QUOTA, help="requests a day (%(default)s)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="delay of each answer (%(default)s)")
    parser.add_argument("--oldest-first", action="store_true", help="events in that order")
    parser.add_argument(
        "--namespaces", type=Namespaces, choices=list(Namespaces), default=Namespaces.TWO, help="of answers"
    )
    return parser.parse_args(argv)


def _instant(text: str) -> datetime:
    """Read an ISO 8601 instant; one without an offset is Hong Kong's time."""
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=HONG_KONG)


def _user(text: str) -> tuple[str, str]:
    name, colon, password = text.partition(":")
    if not (name and colon and password):
        raise argparse.ArgumentTypeError("expected NAME:PASSWORD")
    return name, password


if __name__ == "__main__":
    sys.exit(main())
