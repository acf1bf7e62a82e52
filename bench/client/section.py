"""The client's part: which cases are measured, and their table."""

from collections.abc import Callable, Iterable

from bench.client.measure import Case, Result, measure
from bench.client.zeep_clients import THREADS
from bench.table import Section

NAMES = {
    "ours": "our client (lease, ledger, archive)",
    "zeep": "zeep in sequence",
    "zeep-threads": f"zeep, pool of {THREADS} threads",
    "zeep-async": "zeep's AsyncClient",
}
TITLE = "Client: requests a second, and the gaps as the server saw them"
COLUMNS = (
    *("client", "latency", "cores", "requests/s", "of the ceiling", "gaps", "under 100 ms"),
    *("min ms", "p1", "p50", "p99", "CPU s / 1,000"),
)
NOTES = (
    "Gaps between requests as the kernel of the server's side received their first bytes (SO_TIMESTAMPNS);"
    " one counts as under 100 ms when its first or its last bytes were. The server is a process of its own on the"
    " same machine and answers 30 items of 8 events in three languages, uncompressed, after the latency.",
    "Busy: a process that only runs beside them, for each core. CPU: the client's process alone.",
    "Ours is the whole fetching of an account: lease, a committed ledger row before each request, the answer judged and"
    " archived, in PostgreSQL on the same machine, with the default margin of 5 ms (9.5 requests/s are possible)."
    " zeep sends the same message with the same digest, turns the answer into objects and keeps nothing; it begins a"
    " request every 100 ms, as one would without knowing more.",
)


def cases(scale: float) -> list[Case]:
    """What is measured; at 1 the full figures: 10,000 gaps of ours at 300 ms, half of them with busy cores.

    At 0 just enough to see that everything runs.
    """

    def case(client: str, latency_ms: int, gaps: int, *, busy: bool = False) -> Case:
        return Case(client, latency_ms, max(round(gaps * scale), 3) + 1, busy)

    return [
        case("ours", 50, 500),
        case("ours", 1_500, 500),
        case("ours", 300, 5_000),
        case("ours", 300, 5_000, busy=True),
        *(
            case(client, 300, gaps, busy=busy)
            for client, gaps in (("zeep", 300), ("zeep-threads", 500), ("zeep-async", 500))
            for busy in ((False, True) if scale else (False,))
        ),
    ]


def client_section(warehouse_url: str, scale: float, report: Callable[[str], None]) -> Section:
    """Measure the cases one after another, in a migrated warehouse."""
    results = []
    for case in cases(scale):
        cores = "busy" if case.busy else "idle"
        report(f"{NAMES[case.client]}, {case.latency_ms} ms, cores {cores}: {case.requests:,} requests")
        results.append(measure(case, warehouse_url))
    return Section(TITLE, COLUMNS, list(_rows(results)), NOTES, broken=too_soon(results))


def too_soon(results: Iterable[Result]) -> list[str]:
    """A line for each case in which our client sent a request less than 100 ms after another; the peers may."""
    return [
        f"{NAMES['ours']}, {case.latency_ms:,} ms, cores {'busy' if case.busy else 'idle'}:"
        f" {gaps.under_limit:,} of {gaps.count:,} gaps were under 100 ms, the smallest {gaps.min_ms:.1f} ms by first"
        f" and {gaps.min_last_ms:.1f} ms by last bytes"
        for case, gaps in ((result.case, result.gaps) for result in results)
        if case.client == "ours" and gaps.under_limit
    ]


def _rows(results: Iterable[Result]) -> Iterable[list[str]]:
    for result in results:
        case, gaps = result.case, result.gaps
        yield [
            NAMES[case.client],
            f"{case.latency_ms:,} ms",
            "busy" if case.busy else "idle",
            f"{gaps.rate:.2f}",
            f"{gaps.share_of_ceiling:.1%}",
            f"{gaps.count:,}",
            f"{gaps.under_limit:,}",
            *(f"{value:.1f}" for value in (gaps.min_ms, gaps.p1_ms, gaps.p50_ms, gaps.p99_ms)),
            f"{result.cpu_s_per_1000:.1f}",
        ]
