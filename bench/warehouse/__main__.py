"""`python -m bench.warehouse --events 1000000 --url postgresql://…`: fill an empty database with tracked mail."""

import argparse
import sys
import time
from datetime import UTC, datetime, timedelta

from bench.warehouse.fill import ORIGINALS, fill_warehouse


def main() -> int:
    """Fill the database, saying how far it is."""
    parser = argparse.ArgumentParser(prog="bench.warehouse", description=__doc__)
    parser.add_argument("--url", required=True, help="an empty PostgreSQL database")
    parser.add_argument(
        "--events", type=int, default=1_000_000, help="about how many events (default 1,000,000)"
    )
    parser.add_argument("--originals", type=int, default=ORIGINALS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    began = time.monotonic()

    def report(line: str) -> None:
        print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr)

    anchor = datetime.now(UTC) - timedelta(hours=3)
    fill_warehouse(options.url, options.events, anchor, report, originals=options.originals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
