"""The metrics that the operators send through Airflow's stats, each with what it means."""

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from airflow.providers.common.compat.sdk import Stats

from hkpost.dispatch.summary import FetchSummary
from hkpost.warehouse.watch.alerts import Alert, Freshness


class Metric(NamedTuple):
    """A metric: its name (Airflow puts its own prefix before it), kind, tags, and meaning."""

    name: str
    kind: str
    tags: tuple[str, ...]
    meaning: str


METRICS = (
    Metric(
        "hkpost.requests",
        "counter",
        ("account", "outcome"),
        "requests that ended so: api_call.outcome",
    ),
    Metric(
        "hkpost.items_answered", "counter", ("account",), "items that an archived answer says something about"
    ),
    Metric(
        "hkpost.fetch_seconds", "timer", ("account",), "how long a run asked (Airflow sends milliseconds)"
    ),
    Metric(
        "hkpost.gap_ms",
        "gauge",
        ("account",),
        "gap between two requests at the end of a run: wider after a 9991",
    ),
    Metric("hkpost.quota_left", "gauge", ("account",), "requests that the run might still have sent today"),
    Metric(
        "hkpost.events",
        "counter",
        ("change",),
        "events that a load found new, changed, retracted or returned",
    ),
    Metric("hkpost.items_changed", "counter", (), "items of which a load learned something new"),
    Metric("hkpost.rejected", "counter", (), "pieces of answers that went to rejected_record"),
    Metric(
        "hkpost.unclassified",
        "counter",
        (),
        "wordings that were seen for the first time and have no meaning yet",
    ),
    Metric(
        "hkpost.items_closed",
        "counter",
        ("reason",),
        "items that were closed: mail_item.close_reason",
    ),
    Metric("hkpost.items_due", "gauge", ("account",), "items that were still due at the end of a run"),
    Metric("hkpost.lag_seconds", "gauge", ("account",), "for how long the longest waiting of them was due"),
    Metric("hkpost.alerts", "gauge", (), "open alerts: hkpost.alert"),
)

_LOG = logging.getLogger(__name__)

_EVENTS = {
    "new": "events_new",
    "changed": "events_changed",
    "retracted": "retracted",
    "returned": "returned",
}


def count_fetch(summary: FetchSummary) -> None:
    """Send what a run over one account did."""
    tags = {"account": summary.account}
    for outcome, count in summary.requests.items():
        _send(Stats.incr, "hkpost.requests", count, tags={**tags, "outcome": outcome})
    _send(Stats.incr, "hkpost.items_answered", summary.items_answered, tags=tags)
    if not summary.gap_ms:
        return  # another run held the account and asked: what is left is that one's to say
    _send(Stats.timing, "hkpost.fetch_seconds", summary.seconds * 1000, tags=tags)
    _send(Stats.gauge, "hkpost.gap_ms", summary.gap_ms, tags=tags)
    _send(Stats.gauge, "hkpost.quota_left", summary.quota_left, tags=tags)


def count_load(counts: Mapping[str, Any]) -> None:
    """Send what a load did: the counts of `LoadSummary.counts`."""
    for change, name in _EVENTS.items():
        _send(Stats.incr, "hkpost.events", int(counts[name]), tags={"change": change})
    for name in ("items_changed", "rejected", "unclassified"):
        _send(Stats.incr, f"hkpost.{name}", int(counts[name]))


def count_closed(closed: Mapping[str, int]) -> None:
    """Send how many items were closed for each reason."""
    for reason, count in closed.items():
        _send(Stats.incr, "hkpost.items_closed", count, tags={"reason": reason})


def report_backlog(freshness: Iterable[Freshness], alerts: Iterable[Alert]) -> None:
    """Send what is left at the end of a run."""
    for account in freshness:
        _send(Stats.gauge, "hkpost.items_due", account.due_items, tags={"account": account.account})
        _send(Stats.gauge, "hkpost.lag_seconds", account.lag_s, tags={"account": account.account})
    _send(Stats.gauge, "hkpost.alerts", sum(1 for _ in alerts))


def _send(send: Callable[..., Any], name: str, value: float, tags: Mapping[str, str] | None = None) -> None:
    """Send one; a metric that cannot be sent is a line in the log, and turns no task red."""
    try:
        send(name, value, tags=tags)
    except Exception:  # whatever a metrics backend raises
        _LOG.warning("the metric %s could not be sent", name, exc_info=True)
