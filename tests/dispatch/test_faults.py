"""Every fault of the matrix: what the run does, what the tables hold after it, and that the next run heals it.

`make faults` writes what is observed here into docs/faults.md; the last test holds the two together.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.dispatch.summary import FetchSummary
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.items.terminal import mark_terminal
from tests.dispatch.fault_document import Observed, document
from tests.dispatch.faults import FAULTS, NUMBERS, SECRET, Fault, healthy
from tests.dispatch.test_secrets import stored
from tests.helpers.scripted_service import ScriptedService
from tests.helpers.self_signed import self_signed

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "faults.md"

ITEMS = """
    SELECT item_no, state, is_open, close_reason, api_status, milestone_e, origin_country, destination_country,
           first_event_at, last_event_at, event_count, delivered_at, pending_call_id
    FROM hkpost.mail_item ORDER BY item_no
"""
EVENTS = """
    SELECT item_no, sequence_no, event_date, event_time_local, event_time, event_time_text, time_precision,
           time_zone, event_type, location_code, location_e, message_e, message_c, message_s
    FROM hkpost.tracking_event ORDER BY item_no, sequence_no
"""
ANSWERED = "SELECT count(*) FROM hkpost.mail_item WHERE api_status IN (0, 1001, 1002, 1003, 1004)"
DUE = """
    SELECT count(*) FROM hkpost.mail_item
    WHERE is_open AND pending_call_id IS NULL AND (next_poll_at IS NULL OR next_poll_at <= now())
"""
A_DAY_LATER = """
    UPDATE hkpost.mail_item SET next_poll_at = next_poll_at - interval '1 day' WHERE is_open;
    UPDATE hkpost.api_call SET quota_day = quota_day - 1;
"""

TABLES_THAT_GROW = """
    SELECT relname FROM pg_class
    WHERE relnamespace = 'hkpost'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
      AND relname NOT IN ('setting', 'poll_policy', 'dim_event_type', 'dim_state', 'dim_wording', 'dim_country',
                          'dim_country_alias', 'applied_file', 'alembic_version')
"""

Tables = tuple[list[Any], list[Any]]


@dataclass
class Bench:
    """A warehouse that is emptied for each fault, the services, and the observations made so far."""

    engine: Engine
    service: ScriptedService
    untrusted: ScriptedService
    seen: dict[str, Observed]
    fault_free: Tables | None = None

    def observe(self, fault: Fault) -> Observed:
        """What the fault did, found out once."""
        if fault.name not in self.seen:
            self.seen[fault.name] = self._observe(self.engine, fault)
        return self.seen[fault.name]

    def without_fault(self) -> Tables:
        """The tables as a service without any fault leaves them."""
        if self.fault_free is None:
            _register(self.engine)
            self.service.script = healthy
            _run(self.engine, self.service.url)
            self.fault_free = _tables(self.engine)
        return self.fault_free

    def _observe(self, engine: Engine, fault: Fault) -> Observed:
        without_fault = self.without_fault()
        _register(engine)
        places = {"service": self.service.address, "untrusted": self.untrusted.address}
        self.service.script = fault.script()
        self.service.refuses_connect = fault.refuses_connect
        connection = {
            name: value.format(**places) if isinstance(value, str) else value
            for name, value in fault.connection.items()
        }
        host = fault.host.format(**places) if fault.host else self.service.url
        before = len(self.service.seen)
        summary = _run(engine, host, **connection)
        observed = Observed(
            outcomes=dict(
                _rows(engine, "SELECT outcome, count(*) FROM hkpost.api_call GROUP BY 1 ORDER BY 1")
            ),
            reached=len(self.service.seen) - before,
            fails=summary.failure is not None,
            ends=_without_ports(summary.failure or summary.ended, places),
            answered=_rows(engine, ANSWERED)[0][0],
            due=_rows(engine, DUE)[0][0],
            rejected=_rows(engine, "SELECT count(*) FROM hkpost.rejected_record")[0][0],
            is_clean=SECRET not in stored(engine),
        )
        with engine.begin() as db:
            db.exec_driver_sql(A_DAY_LATER)
        self.service.script = healthy
        healing = _run(engine, self.service.url)
        return replace(observed, healed=healing.failure is None and _tables(engine) == without_fault)


def _register(engine: Engine) -> None:
    """Nothing but the items, all of them due."""
    with engine.begin() as db:
        for name in db.execute(text(TABLES_THAT_GROW)).scalars().all():
            db.exec_driver_sql(f'DELETE FROM hkpost."{name}"')
        db.execute(
            text("INSERT INTO hkpost.mail_item (item_no) SELECT unnest(:n ::text[])"), {"n": list(NUMBERS)}
        )


def _run(engine: Engine, host: str, **connection: Any) -> FetchSummary:
    """Fetch, load and close, as the DAG does; one request at a time, waits and gaps cut short."""
    settings = account_settings(
        "hkpost_default", host, "integrator", SECRET, {"max_in_flight": 1, **connection}
    )
    job = FetchJob(
        replace(settings, min_interval_ms=2, pace_margin_ms=0), "run", max_run_s=300, first_wait_s=0.001
    )
    summary = fetch_account(engine, job, lambda line: None)
    load_pending(engine, report=lambda line: None)
    mark_terminal(engine)
    return summary


def _rows(engine: Engine, sql: str) -> list[Any]:
    with engine.connect() as db:
        return [tuple(row) for row in db.execute(text(sql))]


def _tables(engine: Engine) -> Tables:
    return _rows(engine, ITEMS), _rows(engine, EVENTS)


def _without_ports(words: str, places: dict[str, str]) -> str:
    for name, address in places.items():
        words = words.replace(address, f"http://{name}").replace(address.partition("://")[2], name)
    return words


@pytest.fixture(scope="module")
def bench(new_warehouse: Callable[[], AbstractContextManager[str]], tmp_path_factory: Any) -> Iterator[Bench]:
    untrusted = ScriptedService(healthy, tls=self_signed(tmp_path_factory.mktemp("tls")).server)
    with ScriptedService(healthy).running() as service, untrusted.running(), new_warehouse() as url:
        engine = warehouse_engine(url)
        yield Bench(engine, service, untrusted, {})
        engine.dispose()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_run_does_what_the_fault_asks_for_and_the_next_one_heals_it(bench: Bench, fault: Fault) -> None:
    observed = bench.observe(fault)
    assert observed.outcomes == fault.outcomes
    assert observed.reached == sum(observed.outcomes.values()) - observed.outcomes.get("unreachable", 0)
    assert (observed.fails, observed.due, observed.rejected) == (fault.fails, fault.due, fault.rejected)
    assert fault.ends in observed.ends
    assert observed.is_clean
    assert observed.healed, "after the next healthy run the tables are those without the fault"


def test_the_document_says_what_was_observed(bench: Bench, pytestconfig: pytest.Config) -> None:
    observed = document([(fault, bench.observe(fault)) for fault in FAULTS])
    if pytestconfig.getoption("--write-faults"):
        DOCUMENT.write_text(observed, encoding="utf-8")
    assert DOCUMENT.read_text(encoding="utf-8") == observed, "`make faults` writes the document again"
