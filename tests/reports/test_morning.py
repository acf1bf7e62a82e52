"""The morning line and the queues, held against one warehouse that goes through its days."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.reports.filters import ItemFilter
from hkpost.reports.items import page
from hkpost.reports.morning import morning, queue
from tests.helpers.warehouse_by_hand import Warehouse

NOW = datetime.now(UTC)
RUN = {"dag_id": "hkpost_tracking", "run_id": "r1", "state": "success", "started_at": NOW, "ended_at": NOW}
FAILED = {**RUN, "state": "failed"}


def kinds(engine: Engine, run: dict[str, object] | None = RUN) -> list[str]:
    return [need["kind"] for need in morning(engine, "hkpost_tracking", run)["needs"]]


def test_a_morning_says_what_needs_a_person_the_heaviest_first(engine: Engine, warehouse: Warehouse) -> None:
    before = morning(engine, "hkpost_tracking", None)
    assert (before["counted_at"], before["last_run"]) == (None, None)
    assert [need["kind"] for need in before["needs"]] == ["never_run"]
    assert queue(engine)["counted_at"] is None

    warehouse.item("RB123456785HK", state="exception", last_polled_at=NOW)
    warehouse.item("RB000000010HK", state="delivery_attempted", last_polled_at=NOW)
    warehouse.journeys()
    refresh_snapshots(engine)
    assert kinds(engine) == [], "all well"

    warehouse.run(
        "INSERT INTO hkpost.api_call"
        " (account, run_id, sent_at, quota_day, item_count, items_answered, item_nos, outcome)"
        " VALUES ('a', 'r1', now(), current_date, 30, 29, '{}', 'answered'),"
        " ('b', 'r1', now(), current_date, 5, NULL, '{}', 'answered'),"
        " ('b', 'r1', now(), current_date, 5, NULL, '{}', 'timeout')"
    )
    last_run = morning(engine, "hkpost_tracking", RUN)["last_run"]
    assert (last_run["asked"], last_run["answered"]) == (35, 34)

    warehouse.run(
        "INSERT INTO hkpost.dim_wording (kind, lang, template) VALUES ('event', 'e', 'Lost at sea')"
    )
    assert kinds(engine, FAILED) == ["run_failed", "unclassified"]
    [failed, unclassified] = morning(engine, "hkpost_tracking", FAILED)["needs"]
    assert failed["link"] == {"dag": "hkpost_tracking", "run": "r1"}
    assert unclassified["n"] == 1

    warehouse.run(
        "INSERT INTO hkpost.alert (name, account, message, look_with, details) VALUES"
        " ('lanes_worse', '', 'two lanes', '', NULL),"
        " ('account_refused', 'hkpost_b', 'the service refuses the account', '', '{\"said\": \"9992\"}'),"
        " ('nothing_fresh', 'hkpost_b', 'no answer came', '', NULL)"
    )
    warehouse.run("UPDATE hkpost.freshness_snapshot SET taken_at = taken_at - interval '3 days'")
    seen = morning(engine, "hkpost_tracking", FAILED)["needs"]
    assert [need["kind"] for need in seen] == [
        *("account_refused", "counts_old", "nothing_fresh", "lanes_worse", "unclassified")
    ], "the alert about the account tells why the run failed"
    assert (seen[0]["account"], seen[0]["detail"]) == ("hkpost_b", "the service refuses the account")
    assert [need["details"] for need in seen] == [{"said": "9992"}, *[None] * 4]
    assert seen[0]["link"] == {"page": "connections"}, "where the credential is corrected"
    assert [seen[2]["link"], seen[3]["link"]] == [{"list": {"account": "hkpost_b"}}, {"view": "lanes"}]

    warehouse.run("UPDATE hkpost.alert SET ended_at = now()")
    refresh_snapshots(engine)
    assert kinds(engine) == ["unclassified"]


def test_a_queue_is_counted_by_day_and_leads_to_its_list(engine: Engine, warehouse: Warehouse) -> None:
    last = NOW - timedelta(days=40)
    warehouse.item("RB123456785HK", state="exception", last_polled_at=NOW)
    warehouse.item("RB000000010HK", state="in_transit", last_polled_at=NOW, last_event_at=last)
    warehouse.event("RB000000010HK", f"{last:%Y-%m-%d %H:%M}", "EMC", sequence_no=1)
    warehouse.journeys()
    refresh_snapshots(engine)
    warehouse.run("UPDATE hkpost.queue_day SET day = day - 1, items = items + 3 WHERE queue = 'exception'")
    warehouse.item("RB000000023HK", state="exception", last_polled_at=NOW)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'delivered' WHERE item_no = 'RB000000010HK'")
    warehouse.journeys()
    refresh_snapshots(engine)
    refresh_snapshots(engine)
    seen = queue(engine)
    assert [(row["group"], row["n"], row["n_yesterday"]) for row in seen["rows"]] == [
        ("exception", 2, 4),
        ("failed_delivery", 0, None),
        ("collection_lapsing", 0, None),
        ("at_risk", 0, None),
        ("stuck", 0, None),
    ]
    assert seen["silent"] == {"n": 0, "destinations": 0}
    for row in seen["rows"]:
        assert page(engine, ItemFilter(**row["filter"]))["total"] == row["n"]
