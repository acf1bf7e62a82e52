"""Runs of one account on a copy of a prepared warehouse, killed where a test says."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
import sqlalchemy as sa

from hkpost.warehouse.engine import warehouse_engine
from tests.crash.fork_server import ForkServer, Run
from tests.crash.run import RUN_ID, SCHEDULED, TRACK_NOW
from tests.crash.tables import Tables, final_tables
from tests.crash.world import (
    CONFIRMED,
    LONG_AGO,
    LONG_UNKNOWN,
    MOVING,
    NEW_SHIPMENTS,
    OF_LATE,
    REFUSED_ACCOUNT,
    REOPENED,
    SHIPMENTS,
    UNCHANGED,
    UNHEARD_OF,
    URGENT,
    World,
)
from tests.helpers.awaiting import await_that
from tests.helpers.scripted_service import Items, ScriptedService

_names = itertools.count(1)


@dataclass
class Stage:
    """One warehouse, one service, and the runs between them."""

    url: str
    engine: sa.Engine
    service: ScriptedService
    fork_server: ForkServer
    runs: list[Run] = field(default_factory=list)

    def start(self, **job: Any) -> Run:
        run = self.fork_server.start(
            f"run-{next(_names)}",
            warehouse=self.url,
            host=self.service.url,
            **{"shipments": NEW_SHIPMENTS, **job},
        )
        self.runs.append(run)
        return run

    def run(self, **job: Any) -> list[tuple[str, str]]:
        """A run that must end well; returns the boundaries it met."""
        run = self.start(**job)
        code, met = run.end()
        assert code == 0, self.logs()
        return met

    def struck(self, steps: Sequence[str] = SCHEDULED, **strike: Any) -> int:
        """A run that is struck; returns how it ended, when its sessions are gone as well."""
        code, _ = self.start(strike=strike, steps=steps).end()
        self._await_no_session()
        return code

    def stopped(self, **strike: Any) -> Run:
        """A run that stops (SIGSTOP) where it has to; returns when it has.

        It has one request in flight at a time: none is about to leave while another one is struck.
        """
        run = self.start(strike={**strike, "by": "stop"}, max_in_flight=1)
        process = psutil.Process(run.pid)

        def has_stopped() -> bool:
            status = process.status()
            assert status != psutil.STATUS_ZOMBIE, self.logs()
            return status == psutil.STATUS_STOPPED

        await_that(has_stopped)
        return run

    def _await_no_session(self) -> None:
        """Wait until the server has noticed that its clients are gone."""
        self.engine.dispose()
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        await_that(lambda: self.rows(f"{others} AND backend_type = 'client backend'")[0][0] == 0)

    def let_lease_expire(self) -> None:
        """What the passing of time does after a holder died."""
        self.execute("UPDATE hkpost.account_lease SET heartbeat_at = heartbeat_at - interval '1 hour'")

    def limit_idle_transactions(self, interval: str) -> None:
        """What an administrator may set for the database; sessions from now on have it."""
        name = sa.make_url(self.url).database
        self.execute(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '{interval}'")

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(sa.text(sql), values))

    def execute(self, sql: str, **values: Any) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.text(sql), values)

    def tables(self) -> Tables:
        return final_tables(self.engine)

    def calls(self, *outcomes: str) -> list[Any]:
        """The ledger since the service of this stage listens, only some outcomes if any are given."""
        return self.rows(
            "SELECT call_id, outcome, item_nos FROM hkpost.api_call"
            " WHERE run_id = 'a-run' AND (outcome = ANY(:outcomes) OR :any) ORDER BY call_id",
            outcomes=list(outcomes),
            any=not outcomes,
        )

    def asked(self, *outcomes: str) -> Counter[Items]:
        """The requests of the ledger by their items."""
        return Counter(tuple(call.item_nos) for call in self.calls(*outcomes))

    def seen(self) -> Counter[Items]:
        """The requests that the service saw by their items."""
        return Counter(seen.items for seen in self.service.seen)

    def archived(self) -> Counter[str]:
        """How often each item is in an archived answer of this stage."""
        rows = self.rows(
            "SELECT call.item_nos FROM hkpost.api_call call JOIN hkpost.raw_response answer USING (call_id)"
            " WHERE call.run_id = 'a-run' AND call.outcome = 'answered'"
        )
        return Counter(number for row in rows for number in row.item_nos)

    def logs(self) -> str:
        return "\n".join(run.log.read_text() for run in self.runs)


@contextmanager
def staged(url: str, fork_server: ForkServer, generation: int) -> Iterator[Stage]:
    engine = warehouse_engine(url)
    service = ScriptedService(World(generation))
    try:
        with service.running():
            yield Stage(url, engine, service, fork_server)
    finally:
        engine.dispose()


def prepare(url: str, fork_server: ForkServer) -> None:
    """Load the first generations, then leave everything due, one item reopened and one to be confirmed.

    One alert is open whose reason is over, and another account has a reason for one.

    Partitions that stayed empty go: the warehouse is copied for each killed run.
    """
    for generation in (0, 1):
        with staged(url, fork_server, generation) as stage:
            stage.run(shipments=SHIPMENTS)
            stage.execute("UPDATE hkpost.mail_item SET next_poll_at = NULL WHERE is_open")
            stage.execute("UPDATE hkpost.api_call SET run_id = 'before'")
    with staged(url, fork_server, 2) as stage:
        stage.execute("UPDATE hkpost.mail_item SET state = 'in_transit' WHERE item_no = :no", no=REOPENED)
        stage.execute("UPDATE hkpost.mail_item SET next_poll_at = now() WHERE item_no = :no", no=CONFIRMED)
        stage.execute(
            "INSERT INTO hkpost.alert (name, account, message, look_with)"
            " VALUES ('breaker_open', :account, 'long over', 'SELECT 1')",
            account=REFUSED_ACCOUNT,
        )
        stage.execute(
            "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome, run_id)"
            " VALUES (:account, now(), (now() AT TIME ZONE 'Asia/Hong_Kong')::date, 1, '{X1}',"
            " 'credential_refused', 'before')",
            account=REFUSED_ACCOUNT,
        )
        stage.execute(
            "UPDATE hkpost.mail_item SET last_answered_at = :at WHERE item_no = :no",
            at=LONG_AGO,
            no=LONG_UNKNOWN,
        )
        for (partition,) in stage.rows(
            "SELECT oid::regclass::text FROM pg_class"
            " WHERE relispartition AND relkind = 'r' AND relname NOT LIKE '%default'"
        ):
            if not stage.rows(f"SELECT FROM {partition} LIMIT 1"):
                stage.execute(f"DROP TABLE {partition}")


def derange(stage: Stage) -> None:
    """What a replay puts right: events that are lost, a wording that has got a meaning, rejects that are gone."""
    stage.execute("DELETE FROM hkpost.fact_tracking_event WHERE item_no = :no", no=MOVING)
    stage.execute("DELETE FROM hkpost.rejected_record WHERE source = 'load'")
    stage.execute(
        "UPDATE hkpost.dim_wording SET event_type = 'EMI', in_ledger = true WHERE template = :template",
        template=UNHEARD_OF[2].removesuffix("."),
    )


def track_now(stage: Stage) -> list[tuple[str, str]]:
    """All of a track-now but its end; returns the boundaries of its first step, the wanting."""
    first, *between, _ = TRACK_NOW
    met = stage.run(steps=[first])
    # When it was registered would be the moment of a run.
    stage.execute(
        "UPDATE hkpost.mail_item SET registered_at = :at WHERE item_no = :no", at=OF_LATE, no=URGENT
    )
    stage.run(steps=between)
    leave_unanswered(stage)
    return met


def leave_unanswered(stage: Stage) -> None:
    """A person asked about one more item, and there is no answer yet."""
    stage.execute(
        "INSERT INTO hkpost.wanted_item (item_no, run_id) VALUES (:no, :run_id)", no=UNCHANGED, run_id=RUN_ID
    )
