"""`make bench`: every part in turn, one readable table each. `FULL=1` gives the full figures, `SAVE=1` keeps them.

It ends with 1 when one of our own client's gaps was under 100 ms.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from sqlalchemy import Engine

from bench.client.section import client_section
from bench.floor import one_processor
from bench.polling.section import PICTURE, polling_section
from bench.scale import scale_section
from bench.stages import stages_section
from bench.table import Section, markdown, show
from bench.warehouse.fill import ORIGINALS, fill_warehouse
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost_local.embedded import EmbeddedPostgres, first_usable_folder

RECORD = Path(__file__).resolve().parents[1] / "docs" / "benchmarks-latest.md"
PARTS = ("client", "stages", "scale", "page", "polling")


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: see the parts."""

    client: float
    answers: int
    events: int
    originals: int = ORIGINALS
    items: int = 600


QUICK = Size(client=0.06, answers=60, events=1_000_000)
FULL = Size(client=1, answers=1_000, events=50_000_000, items=2_000)
TINY = Size(client=0, answers=2, events=1, originals=300, items=40)
"""For the test of this command: every row, no figure that means anything."""


def main(arguments: list[str] | None = None) -> int:
    """Measure and print; returns 1 when a figure breaks a promise of ours (a gap under 100 ms), else 0."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--full", dest="size", action="store_const", const=FULL, default=QUICK)
    sizes.add_argument("--tiny", dest="size", action="store_const", const=TINY, help=argparse.SUPPRESS)
    parser.add_argument(
        "--save", nargs="?", type=Path, const=RECORD, help=f"write the tables to {RECORD.name}"
    )
    parser.add_argument("--events", type=int, help="how many events the warehouse at size holds")
    parser.add_argument(
        "--picture",
        nargs="?",
        type=Path,
        const=PICTURE,
        help="draw polling's picture (needs the extra `bench`)",
    )
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS, help="some parts only")
    options = parser.parse_args(arguments)
    console = Console(width=None if sys.stdout.isatty() else 170)
    began, started = time.monotonic(), datetime.now(UTC)

    def report(line: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {line}", file=sys.stderr, flush=True)

    sections = []
    size = replace(options.size, events=options.events) if options.events else options.size
    for section in measured(size, options.only, report, options.picture):
        show(console, section)
        sections.append(section)
    if options.save:
        options.save.parent.mkdir(parents=True, exist_ok=True)
        options.save.write_text(record(sections, started), encoding="utf-8")
        report(f"written to {options.save}")
    broken = [line for section in sections for line in section.broken]
    for line in broken:
        report(f"BROKEN PROMISE: {line}")
    return 1 if broken else 0


def measured(
    size: Size, parts: list[str] | tuple[str, ...], report: Callable[[str], None], picture: Path | None = None
) -> Iterator[Section]:
    """The sections, each as soon as it is measured, on servers of their own."""
    if "polling" in parts:
        yield polling_section(size.items, report, picture)
    if "client" in parts:
        with _postgres(durable=True) as server, _warehouse(server, "client") as engine:
            yield client_section(_url(engine), size.client, report)
    if "stages" in parts:
        with one_processor(), _postgres(durable=False) as server, _warehouse(server, "stages") as engine:
            section = stages_section(engine, size.answers, report)
        yield section
    if {"scale", "page"} & set(parts):
        with _postgres(durable=False) as server:
            if "scale" in parts:
                with _warehouse(server, "scale") as engine, _warehouse(server, "empty") as empty:
                    answers = min(size.answers, 100)
                    yield scale_section(engine, empty, size.events, answers, report, originals=size.originals)
                    if "page" in parts:
                        yield _page_section(engine, report)
            elif "page" in parts:
                with _warehouse(server, "page") as engine:
                    anchor = datetime.now(UTC) - timedelta(hours=3)
                    fill_warehouse(_url(engine), size.events, anchor, report, originals=size.originals)
                    yield _page_section(engine, report)


def _page_section(engine: Engine, report: Callable[[str], None]) -> Section:
    """The page's part, which alone imports Airflow."""
    from bench.page import page_section

    return page_section(engine, report)


def record(sections: list[Section], started: datetime) -> str:
    """The sections as Markdown, with when and where."""
    cores, load = os.cpu_count(), " ".join(f"{load:.1f}" for load in os.getloadavg())
    head = (
        f"# Benchmarks of {started:%d %B %Y, %H:%M} UTC\n\n"
        f"{cores} cores; load over the last 1, 5 and 15 minutes at the end: {load}.\n"
    )
    return "\n".join([head, *(markdown(section) for section in sections)])


@contextmanager
def _postgres(*, durable: bool) -> Iterator[EmbeddedPostgres]:
    """A server of its own, gone afterwards; `durable` for what promises that nothing is lost."""
    name = f"hkpost-bench-{os.getpid()}"
    folder = first_usable_folder([Path(tempfile.gettempdir()) / name, Path("/var/tmp") / name])  # noqa: S108
    server = EmbeddedPostgres(folder, durable=durable)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _warehouse(server: EmbeddedPostgres, name: str) -> Iterator[Engine]:
    """A migrated warehouse on a server."""
    server.ensure_databases([name])
    engine = warehouse_engine(server.url(name).render_as_string(hide_password=False))
    try:
        migrate(_url(engine))
        yield engine
    finally:
        engine.dispose()


def _url(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main())
