"""`python -m bench.views --url postgresql://…`: time each documented question on a filled warehouse."""

import argparse
import re
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine

TRIES = 3
_QUESTION = re.compile(r"^-- (?P<name>.+)\n(?P<sql>(?:(?!--).+\n)+)", re.MULTILINE)


def questions() -> dict[str, str]:
    """The questions of `questions.sql`, by name."""
    written = Path(__file__).with_name("questions.sql").read_text(encoding="utf-8")
    return {found["name"]: found["sql"].strip().rstrip(";") for found in _QUESTION.finditer(written)}


def seconds(engine: Engine, sql: str) -> tuple[float, int]:
    """How long the quickest of three tries took, and how many rows came."""
    tries, rows = [], 0
    with engine.connect() as connection:
        for _ in range(TRIES):
            began = time.perf_counter()
            rows = len(connection.execute(text(sql)).all())
            tries.append(time.perf_counter() - began)
    return min(tries), rows


def main() -> int:
    """Print a table, a line a question."""
    parser = argparse.ArgumentParser(prog="bench.views", description=__doc__)
    parser.add_argument("--url", required=True, help="a warehouse that bench.warehouse has filled")
    engine = warehouse_engine(parser.parse_args().url)
    print("| question | seconds | rows |\n| --- | ---: | ---: |")
    for name, sql in questions().items():
        took, rows = seconds(engine, sql)
        print(f"| {name} | {took:.2f} | {rows:,} |", flush=True)
    engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
