"""The stages one by one, each beside a floor that was measured with it, and the way from bytes to facts as a whole."""

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import zeep
from lxml import etree
from sqlalchemy import Engine, text

from bench.answers import EVENTS, ITEMS, answer_about, item_number
from bench.archive import archive, register, timed_load
from bench.table import Section
from hkpost.client.wsdl import BUNDLED_WSDL
from hkpost.contract.limits import MAX_ITEMS_PER_REQUEST, MIN_INTERVAL_MS
from hkpost.normalise.events import normalise_events, reported_frame
from hkpost.normalise.wordings import wording_ledger
from hkpost.parse.answer import parse_answer

CEILING = MAX_ITEMS_PER_REQUEST * 1000 / MIN_INTERVAL_MS
"""Items a second that the service's limits allow: 300."""
COLUMNS = ("stage", "measured", "beside it", "ratio")
NOTES = (
    f"An answer: {ITEMS} items of {EVENTS} events in three languages. Parsing and normalising are CPU time of this"
    " process (median), loading is time on the clock: from the archived bytes to committed facts, items and journeys.",
    "The floor of loading is a bare COPY of the same fact rows, made in Python, into a table without a key.",
    f"The ceiling is what the service's limits allow: {CEILING:.0f} items a second.",
)
_REPEATS = 15
_NORMALISED_ANSWERS = 20
_COPY_FLOOR = "CREATE UNLOGGED TABLE bench_floor (LIKE hkpost.fact_tracking_event)"
_READ_FACTS = "SELECT * FROM hkpost.fact_tracking_event WHERE item_no LIKE 'RY%'"


def stages_section(engine: Engine, answers: int, report: Callable[[str], None]) -> Section:
    """Measure every stage; loading with so many answers, in a migrated warehouse that is empty."""
    report("parsing and normalising")
    rows = [*_parsing(), _normalising()]
    report(f"loading {answers} answers about new items, the same again, and with one item in twenty changed")
    rows += _loading(engine, answers)
    return Section("Stages", COLUMNS, rows, NOTES)


def cpu_ms(work: Callable[[], object], repeats: int = _REPEATS) -> float:
    """The CPU time of some work in ms: the median of several times, after one that does not count."""
    work()
    times = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return median(times) * 1000


def _parsing() -> list[list[str]]:
    body = answer_about([item_number(serial) for serial in range(ITEMS)])
    operation = _zeep_operation()
    floor = cpu_ms(lambda: etree.fromstring(body))
    ours = cpu_ms(lambda: parse_answer(body))
    objects = cpu_ms(lambda: operation.process_reply(etree.fromstring(body)))
    return [
        ["parse: lxml.fromstring alone", f"{floor:.2f} ms", "the floor", "1.0"],
        ["parse: ours, to rows", f"{ours:.2f} ms", f"floor {floor:.2f} ms", f"{ours / floor:.1f}"],
        ["parse: zeep, to objects", f"{objects:.2f} ms", f"floor {floor:.2f} ms", f"{objects / floor:.1f}"],
    ]


def _zeep_operation() -> Any:
    client = zeep.Client(str(BUNDLED_WSDL))
    return client.service._binding.get("getItemDeliveryStatus")


def _normalising() -> list[str]:
    answer = parse_answer(
        answer_about([item_number(serial) for serial in range(ITEMS * _NORMALISED_ANSWERS)])
    )
    frame, ledger = reported_frame([(1, item) for item in answer.items]), wording_ledger()
    took = cpu_ms(lambda: normalise_events(frame, ledger), repeats=5)
    per_second = len(frame) / took * 1000
    ceiling = CEILING * EVENTS
    return [
        "normalise",
        f"{per_second:,.0f} events/s",
        f"ceiling {ceiling:,.0f} events/s",
        f"{per_second / ceiling:.0f}",
    ]


def _loading(engine: Engine, answers: int) -> list[list[str]]:
    batches = register(engine, 0, answers)
    items = answers * ITEMS

    def load(events: Callable[[int], int]) -> float:
        archive(engine, batches, events)
        return timed_load(engine).seconds

    # One event fewer at first, so that later one in twenty answers has news.
    new = load(lambda number: EVENTS - 1)
    floor = _copy_floor(engine)
    unchanged = load(lambda number: EVENTS - 1)
    changed = load(lambda number: EVENTS if number % 20 == 0 else EVENTS - 1)
    return [
        ["load: new items", f"{items / new:,.0f} items/s", f"bare COPY {floor:.2f} s", f"{new / floor:.1f}"],
        [
            "load: unchanged answers",
            f"{items / unchanged:,.0f} items/s",
            f"new {new:.2f} s",
            f"{unchanged / new:.2f}",
        ],
        [
            "load: one in twenty changed",
            f"{items / changed:,.0f} items/s",
            f"new {new:.2f} s",
            f"{changed / new:.2f}",
        ],
        [
            "bytes to facts, everything new",
            f"{items / new:,.0f} items/s",
            f"ceiling {CEILING:.0f} items/s",
            f"{items / new / CEILING:.1f}",
        ],
    ]


def _copy_floor(engine: Engine) -> float:
    """The seconds that a bare COPY of the facts takes which a load has just written."""
    with engine.begin() as connection:
        rows: Sequence[Any] = connection.execute(text(_READ_FACTS)).all()
        connection.execute(text(_COPY_FLOOR))
    with engine.begin() as connection:
        cursor = connection.connection.cursor()
        began = time.perf_counter()
        with cursor.copy("COPY bench_floor FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    took = time.perf_counter() - began
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE bench_floor"))
    return took
