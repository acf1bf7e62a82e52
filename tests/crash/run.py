"""The whole way of one account in one process, by the functions that the operators call."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from crash.boundaries import Boundaries, cut_off, kill, stop, watch
from hkpost.client.settings import account_settings
from hkpost.fetch.account import FetchJob, fetch_account
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake import register_rows, tidy_numbers
from hkpost.warehouse.load import load_pending
from hkpost.warehouse.quality import check_quality
from hkpost.warehouse.terminal import mark_terminal, reopen

ACCOUNT = "hkpost_default"
LEASE_TTL_S = 2.0


def run_account(
    warehouse: str,
    host: str,
    shipments: list[tuple[str, str, int]],
    strike: Mapping[str, Any] | None = None,
    max_in_flight: int = 16,
) -> list[tuple[str, str]]:
    """Register, reopen, fetch, load, close, check; returns the boundaries that were met.

    `shipments` are rows of the business's table: item number, time of registration, priority. `strike` is where
    to be struck (`at` or `number`, see `Boundaries`) and `by` what: kill, stop or cut.
    """
    wanted = strike or {}
    blows = {"kill": kill, "stop": stop, "cut": partial(cut_off, warehouse)}
    at = tuple(wanted["at"]) if "at" in wanted else None
    boundaries = Boundaries(blows[wanted.get("by", "kill")], at, wanted.get("number"))
    watch(boundaries.reach)
    engine = warehouse_engine(warehouse)
    register_rows(engine, ("item_no", "registered_at", "priority"), [shipments])
    tidy_numbers(engine)
    reopen(engine)
    extra = {"pace_margin_ms": 1, "max_in_flight": max_in_flight}
    settings = account_settings(ACCOUNT, host, "integrator", "s3cret-credential", extra)
    job = FetchJob(settings, "a-run", max_run_s=600, lease_ttl_s=LEASE_TTL_S)
    if failure := fetch_account(engine, job, print).failure:
        raise AssertionError(failure)
    load_pending(engine, report=print)
    mark_terminal(engine)
    broken = [finding.line() for finding in check_quality(engine) if finding.is_broken]
    assert not broken, broken
    engine.dispose()
    return boundaries.met
