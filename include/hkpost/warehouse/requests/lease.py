"""One sender an account: a lease in PostgreSQL with a heartbeat and a fencing number."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from hkpost.warehouse.statements import statement

LEASE_TTL_S = 20
"""A holder that has been silent for so long has died: its account may be taken."""


class LeaseLost(RuntimeError):
    """Another run holds the account now; nothing more may be sent."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an account, and since when."""

    name: str
    run_id: str | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to send for an account, until released or silent for `ttl_s` seconds.

    `fence` grows with each holder: the ledger takes no request of an earlier one. `gap_ms` is the gap
    between requests that the last holder needed, or None.
    """

    account: str
    fence: int
    gap_ms: float | None
    ttl_s: float = LEASE_TTL_S


@contextmanager
def ledger_transaction(engine: Engine, ttl_s: float) -> Iterator[Connection]:
    """A durable transaction of a lease's holder; its locks outlast the holder's silence no more than the lease does."""
    with engine.begin() as connection:
        connection.execute(statement("requests/begin_ledger"), {"silence_s": ttl_s})
        yield connection


def acquire(engine: Engine, account: str, run_id: str, ttl_s: float = LEASE_TTL_S) -> Lease | Holder:
    """Take an account's lease, or say who holds it; a holder that was silent for `ttl_s` seconds has died."""
    parameters = {
        "account": account,
        "holder": f"{socket.gethostname()}:{os.getpid()}",
        "run_id": run_id,
        "ttl_s": ttl_s,
    }
    with ledger_transaction(engine, ttl_s) as connection:
        taken = connection.execute(statement("requests/acquire_lease"), parameters).one_or_none()
        if taken:
            gap_ms = None if taken.gap_ms is None else float(taken.gap_ms)
            connection.execute(
                statement("requests/mark_lost_calls"), {"account": account, "before_fence": taken.fence}
            )
            return Lease(account, taken.fence, gap_ms, ttl_s)
        held = connection.execute(statement("requests/lease_holder"), {"account": account}).one()
        return Holder(held.holder or "a run that has just ended", held.run_id, held.acquired_at)


def known_accounts(engine: Engine) -> list[str]:
    """The accounts that have ever sent a request."""
    with engine.connect() as connection:
        return list(connection.scalars(statement("requests/known_accounts")))


def note_problem(engine: Engine, account: str, problem: str | None) -> None:
    """Note why an account could not ask at all (its WSDL, say); None when it could."""
    with engine.begin() as connection:
        if problem is None:
            connection.execute(statement("requests/clear_problem"), {"account": account})
        else:
            connection.execute(statement("requests/note_problem"), {"account": account, "problem": problem})


def renew(engine: Engine, lease: Lease, gap_ms: float) -> None:
    """Say that the holder is alive.

    Raises:
        LeaseLost: another run holds the account.
    """
    with ledger_transaction(engine, lease.ttl_s) as connection:
        parameters = {"account": lease.account, "fence": lease.fence, "gap_ms": gap_ms}
        if connection.execute(statement("requests/renew_lease"), parameters).one_or_none() is None:
            raise LeaseLost(f"another run has taken the account {lease.account}")


def release(engine: Engine, lease: Lease, gap_ms: float) -> None:
    """Give the account back; requests that have no outcome by now will never have one."""
    with ledger_transaction(engine, lease.ttl_s) as connection:
        parameters = {"account": lease.account, "fence": lease.fence, "gap_ms": gap_ms}
        connection.execute(statement("requests/release_lease"), parameters)
        connection.execute(
            statement("requests/mark_lost_calls"), {"account": lease.account, "before_fence": lease.fence + 1}
        )
