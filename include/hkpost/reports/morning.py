"""The first thing of a morning: what needs a person, and how much waits in each queue."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Engine

from hkpost.reports.filters import QUEUES
from hkpost.reports.read_only import query, read_only, rows

HEAVIEST_FIRST: Final = (
    *(
        "no_connection",
        "never_run",
        "warehouse_unusable",
        "account_refused",
        "account_unusable",
        "run_stuck",
        "run_missing",
        "run_failed",
    ),
    *("counts_old", "breaker_open", "nothing_fresh", "mass_closing", "items_unanswered", "set_aside"),
    *("quota_used_up", "lane_at_risk", "lanes_worse"),
)
"""Kinds of what needs a person; others follow, wordings without a meaning last."""
_LAST: Final = ("unclassified_events", "unclassified")
_TELLS_OF_THE_RUN: Final = {"run_failed", "account_refused", "account_unusable", "breaker_open"}
_FIELDS: Final = ("account", "since", "n", "detail", "details")
_CONNECTIONS: Final = ("no_connection", "warehouse_unusable", "account_refused", "account_unusable")
_VIEWS: Final = {"set_aside": "rejected", "lanes_worse": "lanes"}


def morning(engine: Engine, dag_id: str, last_run: Mapping[str, Any] | None) -> dict[str, Any]:
    """What a person must act on, the heaviest first, and when the page's counts were taken (None: never).

    `dag_id` is the DAG that tracks, `last_run` its latest run (`dag_id`, `run_id`, `state`, `started_at`,
    `ended_at`), None before the first; it comes back with `asked` and `answered`, the items of its answered
    requests and those that were spoken of.
    """
    with read_only(engine) as connection:
        counted_at = connection.execute(query("counted_at")).scalar_one()
        needs = rows(connection, "needs")
        if last_run is not None:
            asked = rows(connection, "runs", run_ids=[last_run["run_id"]])
            last_run = {
                **last_run,
                "asked": sum(row["items_asked"] for row in asked),
                "answered": sum(row["items_answered"] for row in asked),
            }
    return {
        "counted_at": counted_at,
        "last_run": last_run,
        "needs": in_order(_with_run(needs, last_run), dag_id),
    }


def in_order(needs: Iterable[Mapping[str, Any]], dag_id: str) -> list[dict[str, Any]]:
    """The heaviest first, each with a link to where it is looked at."""
    places = {kind: place for place, kind in enumerate(HEAVIEST_FIRST)}
    places |= {kind: len(places) + 1 + place for place, kind in enumerate(_LAST)}
    return [
        {**dict.fromkeys(_FIELDS), "link": _link(need, dag_id), **need}
        for need in sorted(needs, key=lambda need: places.get(need["kind"], len(HEAVIEST_FIRST)))
    ]


def _with_run(needs: list[dict[str, Any]], last_run: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """With the last run where it failed and no alert tells of that, without what an alert tells already."""
    kinds = {need["kind"] for need in needs}
    if "unclassified_events" in kinds:
        needs = [need for need in needs if need["kind"] != "unclassified"]
    if last_run is None or last_run["state"] != "failed" or kinds & _TELLS_OF_THE_RUN:
        return needs
    return [*needs, {"kind": "run_failed", "since": last_run["ended_at"], "run": last_run["run_id"]}]


def _link(need: Mapping[str, Any], dag_id: str) -> dict[str, Any] | None:
    kind, account = need["kind"], need.get("account")
    if kind in _CONNECTIONS:
        return {"page": "connections"}
    if kind in _VIEWS:
        return {"view": _VIEWS[kind]}
    if kind == "run_failed" and "run" in need:
        return {"dag": dag_id, "run": need["run"]}
    if kind.startswith("run_") or kind in ("never_run", "counts_old", "breaker_open", "items_unanswered"):
        return {"dag": dag_id}
    if kind == "nothing_fresh":
        return {"list": {"account": account}}
    return None


def queue(engine: Engine) -> dict[str, Any]:
    """How many items each queue has, how many it had yesterday (None: not counted), and the filter of its list.

    Counts are those of the end of the last run: `counted_at`, None before the first. `silent` are the items on
    lanes that report nothing after the departure.
    """
    with read_only(engine) as connection:
        counted = {row["queue"]: row for row in rows(connection, "queue")}
        destinations = connection.execute(query("silent_destinations")).scalar_one()
    return {
        "counted_at": max((row["counted_at"] for row in counted.values()), default=None),
        "rows": [
            {
                "group": name,
                "n": counted[name]["n"],
                "n_yesterday": counted[name]["n_yesterday"],
                "filter": {"group": name},
            }
            for name in QUEUES
            if name in counted and name != "silent"
        ],
        "silent": {"n": counted["silent"]["n"] if "silent" in counted else 0, "destinations": destinations},
    }
