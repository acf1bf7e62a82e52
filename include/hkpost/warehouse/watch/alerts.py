"""What a person must act on: found by `find_alerts.sql`, kept in `hkpost.alert` while it lasts."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine

from hkpost.warehouse.statements import statement

TRACKING = "hkpost_tracking"
"""The DAG whose runs are watched, unless another is named."""


@dataclass(frozen=True, slots=True)
class AccountQuota:
    """What scheduled runs of an account may send a day, and in which time zone that day is."""

    account: str
    quota: int
    zone: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to act on; `account` is empty when it concerns no single one.

    `details` are the values in the message, by name, where it has some.
    """

    name: str
    account: str
    message: str
    look_with: str
    details: dict[str, Any] | None = None

    @property
    def subject(self) -> str:
        """The alert in a few words."""
        return f"HKPost {self.name}" + (f" ({self.account})" if self.account else "")

    @property
    def text(self) -> str:
        """The alert with the query to look with."""
        return f"{self.message}." + (f"\nLook with: {self.look_with};" if self.look_with else "")


@dataclass(frozen=True, slots=True)
class Freshness:
    """An account at the end of the latest run: its due items, and for how long the longest waiting one is due."""

    account: str
    due_items: int
    lag_s: float


def unusable(account: str, message: str, items: int, problem: str) -> Alert:
    """An account that cannot be asked with, though items are due, and its problem; '' for several at once."""
    look_with = "SELECT account, count(*) FROM hkpost.mail_item WHERE is_open GROUP BY account"
    return Alert("account_unusable", account, message, look_with, {"items": items, "problem": problem})


def warehouse_unusable(conn_id: str, why: str) -> Alert:
    """The one alert that no table can keep."""
    message = f"the warehouse (connection {conn_id}) cannot be used, and nothing is watched: {why}"
    return Alert("warehouse_unusable", "", message, "")


def find_alerts(
    engine: Engine,
    accounts: Iterable[AccountQuota],
    others: Iterable[Alert] = (),
    *,
    tracking_dag_id: str = TRACKING,
) -> list[Alert]:
    """Find what a person must act on now, and keep it as open alerts; what is over ends.

    `others` are alerts that were found elsewhere, of other accounts than `accounts`. `tracking_dag_id` is the DAG whose
    runs are watched.
    """
    with engine.begin() as connection:
        parameters = {
            "accounts": _json(accounts),
            "others": _json(others),
            "tracking_dag_id": tracking_dag_id,
        }
        alerts = [Alert(*row) for row in connection.execute(statement("watch/find_alerts"), parameters)]
        connection.execute(statement("watch/note_alerts"), {"found": _json(alerts)})
    return alerts


def _json(rows: Iterable[AccountQuota | Alert]) -> str:
    return json.dumps([asdict(row) for row in rows])


@contextmanager
def sending(engine: Engine) -> Iterator[bool]:
    """Whether the alerts are ours to send, until the end of the block: another task may be sending them."""
    with engine.begin() as connection:
        yield bool(connection.execute(statement("watch/lock_sending")).scalar_one())


def alerts_to_send(engine: Engine) -> list[Alert]:
    """The open alerts that were not sent for `alert_again_hours`, the oldest first."""
    with engine.connect() as connection:
        return [Alert(*row) for row in connection.execute(statement("watch/alerts_to_send"))]


def note_sent(engine: Engine, alert: Alert) -> None:
    """Note that the alert was sent."""
    with engine.begin() as connection:
        connection.execute(statement("watch/alert_sent"), {"name": alert.name, "account": alert.account})


def latest_freshness(engine: Engine) -> list[Freshness]:
    """What the latest run left due, by account."""
    with engine.connect() as connection:
        return [Freshness(*row) for row in connection.execute(statement("watch/latest_freshness"))]
