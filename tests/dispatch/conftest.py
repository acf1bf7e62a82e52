"""A warehouse with due items, a service that follows a script, and one run between them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.dispatch.summary import FetchSummary
from hkpost.ecship.settings import account_settings
from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.scripted_service import Items, Reply, ScriptedService, answers

PASSWORD = "s3cret-credential"


@dataclass
class FetchHarness:
    """One account's end of the pipeline, as a test drives it."""

    engine: Engine
    service: ScriptedService
    said: list[str] = field(default_factory=list)

    def register(
        self, count: int, account: str = "hkpost_default", priority: int = 0, prefix: str = "RB"
    ) -> list[str]:
        numbers = [f"{prefix}{number:09d}HK" for number in range(1, count + 1)]
        with self.engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO hkpost.mail_item (item_no, account, priority) SELECT unnest(:n ::text[]), :a, :p"
                ),
                {"n": numbers, "a": account, "p": priority},
            )
        return numbers

    def fetch(
        self,
        *,
        max_run_s: float = 120,
        lease_wait_s: float = 0,
        run_id: str = "test-run",
        breaker_limit: int = 4,
        first_wait_s: float = 0.02,
        account: str = "hkpost_default",
        host: str | None = None,
        item_nos: tuple[str, ...] | None = None,
        may_use_reserve: bool = False,
        **extra: Any,
    ) -> FetchSummary:
        settings = account_settings(
            account,
            host or self.service.url,
            "integrator",
            PASSWORD,
            {"timeout_s": 5, **extra},
        )
        job = FetchJob(
            settings,
            run_id,
            max_run_s,
            lease_wait_s,
            breaker_limit,
            first_wait_s,
            item_nos=item_nos,
            may_use_reserve=may_use_reserve,
        )
        return fetch_account(self.engine, job, self.said.append)

    def rows(self, sql: str, **parameters: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(sql), parameters))

    def outcomes(self) -> dict[str, int]:
        return {
            row.outcome: row.n
            for row in self.rows("SELECT outcome, count(*) AS n FROM hkpost.api_call GROUP BY outcome")
        }

    def due(self) -> set[str]:
        return {
            row.item_no
            for row in self.rows(
                "SELECT item_no FROM hkpost.mail_item WHERE is_open AND pending_call_id IS NULL"
                " AND (next_poll_at IS NULL OR next_poll_at <= now())"
            )
        }

    def everything_stored(self) -> str:
        """All that the ledger, the archive, the rejects and the items hold, as one text."""
        tables = ("api_call", "rejected_record", "mail_item", "account_lease")
        rows = [row for table in tables for row in self.rows(f"SELECT t::text FROM hkpost.{table} t")]
        return "\n".join(str(row[0]) for row in rows)


@pytest.fixture
def harness(warehouse_url: str) -> Iterator[Callable[..., FetchHarness]]:
    """Make a harness whose service follows a script."""
    engine = warehouse_engine(warehouse_url)
    service = ScriptedService()

    def make(script: Callable[[Items], Reply] = answers) -> FetchHarness:
        service.script = script
        return FetchHarness(engine, service)

    with service.running():
        yield make
    engine.dispose()
