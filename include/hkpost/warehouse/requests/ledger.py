"""The ledger of requests: a row before each leaves, its outcome and its archived answer together."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Engine

from hkpost.enums import Outcome
from hkpost.reasons import Reason, Why
from hkpost.warehouse.requests.lease import Lease, LeaseLost, ledger_transaction
from hkpost.warehouse.statements import statement

NEVER_ARRIVED = frozenset({Outcome.UNREACHABLE, Outcome.NOT_SENT})
"""Outcomes of requests that the service never saw: they do not count to its quota."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A request that is in the ledger and has no outcome yet."""

    call_id: int
    sent_at: datetime
    quota_day: date
    item_nos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArchivedBody:
    """An answer's bytes as they are kept; `blanked` when an echoed credential was removed."""

    body: bytes
    content_type: str
    blanked: bool


@dataclass(frozen=True, slots=True)
class CallResult:
    """What came of a request.

    `outcome` is the ledger's word; `latency_ms` from the
    departure to the last byte; `error` says in words what went wrong; `items_answered` of how many of its items
    the answer says something.
    """

    outcome: Outcome
    http_status: int | None = None
    api_status: int | None = None
    latency_ms: int | None = None
    error: str | None = None
    items_answered: int | None = None
    archive: ArchivedBody | None = None


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """Requests that count against an account's current day; `exhausted` when the service said 9994."""

    day: date
    used: int
    exhausted: bool


def quota_use(engine: Engine, account: str, quota_timezone: str) -> QuotaUse:
    """Count what an account has used of its current day (specification page 3, note 2)."""
    with engine.connect() as connection:
        row = connection.execute(
            statement("requests/quota_used"), {"account": account, "quota_timezone": quota_timezone}
        ).one()
    return QuotaUse(row.quota_day, row.used, row.exhausted)


@dataclass(frozen=True, slots=True)
class LastCall:
    """The latest request of a run that has an outcome."""

    sent_at: datetime
    outcome: str
    error: str | None


def last_call_of_holder(engine: Engine, account: str) -> LastCall | None:
    """What came of the latest request of the run that holds an account; None when nothing did yet."""
    with engine.connect() as connection:
        row = connection.execute(statement("requests/holders_last_call"), {"account": account}).one_or_none()
    return None if row is None else LastCall(*row)


class Ledger:
    """Writes the requests that one lease allows to send."""

    def __init__(self, engine: Engine, lease: Lease, *, run_id: str, lang: str, quota_timezone: str) -> None:
        self._engine = engine
        self._lease = lease
        self._row = {
            "account": lease.account,
            "fence": lease.fence,
            "run_id": run_id,
            "lang": lang,
            "quota_timezone": quota_timezone,
        }

    def open(self, item_nos: Sequence[str]) -> OpenCall:
        """Commit a row for a request that is about to leave.

        Raises:
            LeaseLost: another run holds the account, so the request must not leave.
        """
        with ledger_transaction(self._engine, self._lease.ttl_s) as connection:
            row = connection.execute(
                statement("requests/open_call"), {**self._row, "item_nos": list(item_nos)}
            ).one_or_none()
        if row is None:
            raise self._lost()
        return OpenCall(row.call_id, row.sent_at, row.quota_day, tuple(item_nos))

    def close(self, call: OpenCall, result: CallResult) -> None:
        """Commit a request's outcome, its archived answer and what follows for its items, together.

        Raises:
            LeaseLost: another run holds the account and asks again, so that the answer came too late.
        """
        with ledger_transaction(self._engine, self._lease.ttl_s) as connection:
            # That it never left is news even then.
            if not self._close(connection, call, result, even_lost=result.outcome in NEVER_ARRIVED):
                raise self._lost()
            if result.archive is not None:
                self._archive(connection, call, result.archive, to_load=result.outcome == Outcome.ANSWERED)
            if result.outcome == Outcome.ANSWERED:
                connection.execute(
                    statement("requests/await_load"),
                    {"call_id": call.call_id, "item_nos": list(call.item_nos)},
                )
            if result.outcome in (Outcome.INVALID_INPUT, Outcome.UNKNOWN_STATUS):
                self._reject(connection, call, result)

    def note(self, call: OpenCall, result: CallResult) -> None:
        """Commit the outcome of a request that was a test only: nothing is kept and nothing follows of it."""
        with ledger_transaction(self._engine, self._lease.ttl_s) as connection:
            self._close(connection, call, result, even_lost=True)

    def _lost(self) -> LeaseLost:
        return LeaseLost(f"another run has taken the account {self._lease.account}")

    def _close(self, connection: Connection, call: OpenCall, result: CallResult, *, even_lost: bool) -> bool:
        closed = connection.execute(
            statement("requests/close_call"),
            {
                "call_id": call.call_id,
                "sent_at": call.sent_at,
                "outcome": result.outcome,
                "http_status": result.http_status,
                "api_status": result.api_status,
                "latency_ms": result.latency_ms,
                "error": result.error,
                "items_answered": result.items_answered,
                "even_lost": even_lost,
            },
        )
        return closed.rowcount == 1

    def _archive(
        self, connection: Connection, call: OpenCall, archive: ArchivedBody, *, to_load: bool
    ) -> None:
        connection.execute(
            statement("requests/archive_answer"),
            {
                "call_id": call.call_id,
                "account": self._lease.account,
                "lang": self._row["lang"],
                "body": gzip.compress(archive.body, 6, mtime=0),
                "body_size": len(archive.body),
                "content_type": archive.content_type,
                "credential_blanked": archive.blanked,
                "to_load": to_load,
            },
        )

    def _reject(self, connection: Connection, call: OpenCall, result: CallResult) -> None:
        culprit = call.item_nos[0] if result.outcome == Outcome.INVALID_INPUT else None
        why = Why.REQUEST_STATUS_UNKNOWN if culprit is None else Why.REQUEST_INPUT_REFUSED
        reason = Reason(why, (result.error or result.outcome,))
        connection.execute(
            statement("requests/reject_answer"),
            {
                "source": "fetch",
                "account": self._lease.account,
                "item_no": culprit,
                "call_id": call.call_id,
                **reason.columns(),
                "raw_fragment": ", ".join(call.item_nos),
            },
        )
        if culprit is not None:
            connection.execute(
                statement("requests/postpone_item"), {"item_no": culprit, "reason": str(reason)}
            )
