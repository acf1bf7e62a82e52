"""Urgent items: a person needs an answer at once, so they go before all others, closed ones too, until answered."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from hkpost.ecship.pasted_numbers import Refused
from hkpost.ecship.status import StatusCode, describe
from hkpost.reasons import Reason, Why
from hkpost.warehouse.intake.rejected import reject_number
from hkpost.warehouse.statements import statement


@dataclass(frozen=True, slots=True)
class UrgentItem:
    """An urgent item, as it was known before; `is_answered` when its answer waits to be loaded already."""

    item_no: str
    account: str
    state: str
    is_open: bool
    closed_at: datetime | None
    is_answered: bool
    is_new: bool


@dataclass(frozen=True, slots=True)
class LatestKnown:
    """What is known of one item: its state, its latest current event, when it was and will be asked."""

    item_no: str
    account: str
    state: str
    is_open: bool
    close_reason: str | None
    closed_at: datetime | None
    api_status: int | None
    api_message: str | None
    last_polled_at: datetime | None
    next_poll_at: datetime | None
    event_count: int
    event_time_local: datetime | None
    event_time_text: str | None
    location: str | None
    message: str | None

    def line(self) -> str:
        """The item in one line."""
        parts = [f"{self.item_no}: {self.state}"]
        if self.event_count:
            when = (
                f"{self.event_time_local:%d-%m-%Y %H:%M}" if self.event_time_local else self.event_time_text
            )
            parts.append(
                f"latest event {when or 'at an unknown time'} {self.location or ''}: {self.message or ''}"
            )
        else:
            parts.append("no event yet")
        if self.api_status not in (None, StatusCode.SUCCESS):
            parts.append(f"the service said {describe(int(self.api_status or 0))}")
        parts.append(
            f"asked {self.last_polled_at:%d-%m-%Y %H:%M:%S %Z}" if self.last_polled_at else "never asked"
        )
        parts.append(
            f"asked again {self.next_poll_at:%d-%m-%Y %H:%M %Z}" if self.next_poll_at else "not asked again"
        )
        return ", ".join(parts)


def mark_urgent(
    engine: Engine, run_id: str, account: str, item_nos: Sequence[str], refused: Iterable[Refused]
) -> list[UrgentItem]:
    """Register numbers as urgent for a run, new ones with `account`, and note what is refused.

    A known item keeps its account: only that one may ask about it. Doing it twice is once.
    """
    with engine.begin() as connection:
        for piece in refused:
            reason = Reason(Why.NOT_ASKED, cause=piece.reason)
            reject_number(connection, account, piece.text, reason, "track_now")
        parameters = {"item_nos": list(item_nos), "account": account, "run_id": run_id}
        return [UrgentItem(*row) for row in connection.execute(statement("items/mark_urgent"), parameters)]


def still_urgent(engine: Engine, run_id: str) -> dict[str, str]:
    """The urgent items of a run that have no answer yet; the account of each."""
    with engine.connect() as connection:
        return {
            row.item_no: row.account
            for row in connection.execute(statement("items/urgent_items"), {"run_id": run_id})
        }


def release_urgent(engine: Engine, run_id: str, item_nos: Collection[str]) -> None:
    """End a run's urgency: what has no answer goes back to its turn, and confirming looks stay as planned."""
    with engine.begin() as connection:
        connection.execute(statement("items/release_urgent"), {"run_id": run_id})
        connection.execute(statement("items/keep_confirming_look"), {"item_nos": list(item_nos)})


def latest_known(engine: Engine, item_nos: Collection[str]) -> dict[str, LatestKnown]:
    """What is known of each of some items; without those that are not in `hkpost.mail_item`."""
    with engine.connect() as connection:
        rows = connection.execute(statement("items/latest_known"), {"item_nos": list(item_nos)})
        return {row.item_no: LatestKnown(*row) for row in rows}
