"""The stages one by one, each beside a floor that was measured with it, and the way from bytes to facts as a whole."""

from collections.abc import Callable, Sequence
from typing import Any

import zeep
from lxml import etree
from sqlalchemy import Engine, text

from bench.answers import EVENTS, ITEMS, answer_about, item_number
from bench.archive import Load, archive, cpu_s_of, register, timed_load
from bench.floor import Floor, cpu_ms
from bench.peers import dlt_merges, zeep_to_sql
from bench.table import Section
from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST, MIN_INTERVAL_MS
from hkpost.ecship.reader import AnswerReader
from hkpost.ecship.soap.wire import SoapWire
from hkpost.ecship.soap.wsdl import BUNDLED_WSDL
from hkpost.history.normaliser import Normaliser
from hkpost.history.wordings import wording_ledger
from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import Selection

CEILING = MAX_ITEMS_PER_REQUEST * 1000 / MIN_INTERVAL_MS
"""Items a second that the service's limits allow: 300."""
COLUMNS = ("stage", "measured", "beside it", "ratio")
NOTES = (
    f"An answer: {ITEMS} items of {EVENTS} events in three languages. All of it is CPU time, of this process and of its"
    " server sessions together, in multiples of lxml.fromstring on the same answers: parsing takes turns with it"
    " (medians), a load is set against parses before, within and after it, and goes from the archived bytes to"
    " committed facts, items and journeys. The first answer is read in general,"
    " the others by what was learned from it.",
    "Beside new items, for the same answers: zeep's objects appended with pandas' to_sql; dlt's merge (upsert) of rows"
    " that are in memory already, so without reading the answers; a bare COPY of our finished fact rows. The tables of"
    " zeep and the COPY have no key. None of them keeps what an item's events were before.",
    f"The ceiling is what the service's limits allow: {CEILING:.0f} items a second.",
    "A replay works out all these answers again: its CPU time for 1 bucket and for 30.",
)
_FLOOR = "lxml.fromstring alone"
_NORMALISED_ANSWERS = 20
_COPY_FLOOR = "CREATE UNLOGGED TABLE public.bench_floor (LIKE hkpost.fact_tracking_event)"
_READ_FACTS = "SELECT * FROM hkpost.fact_tracking_event"


def stages_section(engine: Engine, answers: int, report: Callable[[str], None]) -> Section:
    """Measure every stage; loading with this number of answers, in a migrated warehouse that is empty."""
    report("parsing and normalising")
    body = answer_about([item_number(serial) for serial in range(ITEMS)])
    rows = [*_parsing(body), _normalising()]
    report(
        f"loading {answers} answers: new, unchanged, with news of one item in twenty, with news of every item"
    )
    rows += _loading(engine, answers)
    report("replaying them, in 1 bucket and in 30")
    rows.append(_replaying(engine))
    return Section("Stages", COLUMNS, rows, NOTES)


def _parsing(body: bytes) -> list[list[str]]:
    operation = _zeep_operation()
    reader = AnswerReader()
    reader.read(body)
    times = cpu_ms(
        {
            _FLOOR: lambda: etree.fromstring(body),
            "ours, to rows": lambda: reader.read(body),
            "ours, the first of its kind": lambda: SoapWire.answer(body),
            "ours, unchanged": lambda: reader.read(body, "", lambda number, fingerprint: True),
            "zeep, to objects": lambda: operation.process_reply(etree.fromstring(body)),
        }
    )
    floor = times[_FLOOR]
    return [_beside_floor(f"parse: {name}", took, floor) for name, took in times.items()]


def _beside_floor(name: str, took: float, floor: float) -> list[str]:
    return [name, f"{took:.2f} ms", f"floor {floor:.2f} ms", f"{took / floor:.1f}"]


def _zeep_operation() -> Any:
    client = zeep.Client(str(BUNDLED_WSDL))
    return client.service._binding.get("getItemDeliveryStatus")


def _normalising() -> list[str]:
    answer = SoapWire.answer(
        answer_about([item_number(serial) for serial in range(ITEMS * _NORMALISED_ANSWERS)])
    )
    events = [event for item in answer.items for event in item.events]
    took = cpu_ms({"": lambda: [*map(Normaliser(wording_ledger()).observe, events)]}, repeats=5)[""]
    per_second = len(events) / took * 1000
    ceiling = CEILING * EVENTS
    return [
        "normalise",
        f"{per_second:,.0f} events/s",
        f"ceiling {ceiling:,.0f} events/s",
        f"{per_second / ceiling:.0f}",
    ]


def _loading(engine: Engine, answers: int) -> list[list[str]]:
    all_new, in_steps = register(engine, 0, answers), register(engine, answers * ITEMS, answers)

    def load(batches: Sequence[Sequence[str]], events: Callable[[int], int]) -> tuple[Load, float]:
        """Load answers with this number of events of the n-th item; with the floor in ms of the first of them."""
        archive(engine, batches, events)
        floor = Floor(answer_about(batches[0], [events(item) for item in range(ITEMS)]))
        return timed_load(engine, floor), floor.ms

    load(register(engine, 2 * answers * ITEMS, 1), lambda item: EVENTS)  # what a process learns once
    new = load(all_new, lambda item: EVENTS)
    beside = _peers(engine, [answer_about(batch) for batch in all_new])
    unchanged = load(all_new, lambda item: EVENTS)
    load(in_steps, lambda item: EVENTS - 2)
    loads = {
        "new items": new,
        "unchanged answers": unchanged,
        "one item in twenty changed": load(
            in_steps, lambda item: EVENTS - 1 if item % 20 == 0 else EVENTS - 2
        ),
        "one new event an item": load(in_steps, lambda item: EVENTS if item % 20 == 0 else EVENTS - 1),
    }
    items = answers * ITEMS
    seconds = new[0].seconds
    return [
        *(
            _beside_floor(f"load: {name}", one.cpu_s * 1000 / answers, floor)
            for name, (one, floor) in loads.items()
        ),
        *(
            _beside_floor(f"beside new items: {name}", cpu_s * 1000 / answers, floor)
            for name, (cpu_s, floor) in beside.items()
        ),
        [
            "bytes to facts, everything new",
            f"{items / seconds:,.0f} items/s",
            f"ceiling {CEILING:.0f} items/s",
            f"{items / seconds / CEILING:.1f}",
        ],
    ]


def _peers(engine: Engine, bodies: Sequence[bytes]) -> dict[str, tuple[float, float]]:
    """The CPU seconds of others for the answers that were just loaded, each with the floor in ms around it."""

    def beside(measure: Callable[[], dict[str, float]]) -> dict[str, tuple[float, float]]:
        floor = Floor(bodies[0])
        floor.sample()
        cpu_s = measure()
        floor.sample()
        return {name: (each, floor.ms) for name, each in cpu_s.items()}

    return {
        **beside(lambda: {"zeep and to_sql, bytes to rows": zeep_to_sql(engine, bodies)}),
        **beside(lambda: {f"dlt merge, {name} to rows": s for name, s in dlt_merges(engine, bodies).items()}),
        **beside(lambda: {"bare COPY of the fact rows": _copy_floor(engine)}),
    }


def _replaying(engine: Engine) -> list[str]:
    """Replay everything that was loaded; the CPU time must not depend on the number of buckets."""

    def replay(buckets: int) -> tuple[float, int]:
        cpu_s = cpu_s_of(engine)
        plan, _ = plan_replay(engine, Selection(), buckets, report=lambda line: None)
        events = sum(replay_bucket(engine, bucket, report=lambda line: None).events for bucket in plan)
        return cpu_s_of(engine) - cpu_s, events

    one, events = replay(1)
    thirty, _ = replay(30)
    return [
        "replay: 30 buckets",
        f"{thirty:.2f} s",
        f"1 bucket {one:.2f} s, {events / one:,.0f} events/s",
        f"{thirty / one:.2f}",
    ]


def _copy_floor(engine: Engine) -> float:
    """The CPU seconds that a bare COPY of the facts takes which a load has just written."""
    with engine.begin() as connection:
        rows: Sequence[Any] = connection.execute(text(_READ_FACTS)).all()
        connection.execute(text(_COPY_FLOOR))
    began = cpu_s_of(engine)
    with (
        engine.begin() as connection,
        connection.connection.cursor().copy("COPY public.bench_floor FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(row)
    took = cpu_s_of(engine) - began
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE public.bench_floor"))
    return took
