"""Everything that runs, persons and the page do to a warehouse in a day, once each, on one engine."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from hkpost.dispatch.account import FetchJob, fetch_account
from hkpost.ecship.pasted_numbers import pasted_numbers
from hkpost.ecship.settings import account_settings
from hkpost.jobs.load import load_pending
from hkpost.jobs.replay import plan_replay, replay_bucket
from hkpost.jobs.selection import Selection
from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.reports import charts, overview
from hkpost.reports import item as items
from hkpost.reports.filters import ItemFilter
from hkpost.reports.items import page
from hkpost.reports.items_csv import items_csv
from hkpost.reports.lookup import lookup
from hkpost.reports.morning import morning, queue
from hkpost.reports.rejected import rejected_csv, rejected_page
from hkpost.warehouse.intake.register import canonicalise, register_rows
from hkpost.warehouse.items.queue import due_items
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from hkpost.warehouse.items.urgent import latest_known, mark_urgent, release_urgent, still_urgent
from hkpost.warehouse.maintenance.daily import (
    apply_retention,
    make_partitions,
    refresh_statistics,
    table_sizes,
)
from hkpost.warehouse.requests.lease import known_accounts
from hkpost.warehouse.setting import number
from hkpost.warehouse.watch.alerts import (
    AccountQuota,
    alerts_to_send,
    find_alerts,
    latest_freshness,
    note_sent,
)
from hkpost.warehouse.watch.quality import check_quality
from tests.helpers.scripted_service import Items, Reply, ScriptedService, envelope, item

ACCOUNT = "hkpost_default"
DELIVERED, UNKNOWN, PASTED = "RB123456785HK", "RB000000010HK", "RB000000023HK"
_SETTINGS = {"pace_margin_ms": 60}


def whole_day(engine: Engine) -> None:
    """Register, ask, load, close, check, replay, maintain and look; the test fails where one of them does."""
    register_rows(
        engine,
        ["item_no", "registered_at", "priority"],
        [[[DELIVERED, "2026-02-27T16:00:00", 3], [UNKNOWN, None, None], ["a number too long", "never", "x"]]],
    )
    canonicalise(engine)
    assert reopen(engine) == 0
    pasted = pasted_numbers(PASTED)
    mark_urgent(engine, "by-hand", ACCOUNT, pasted.item_nos, pasted.refused)
    assert due_items(engine) == {ACCOUNT: 3}
    _ask(engine)
    summary = load_pending(engine, report=lambda line: None)
    assert (summary.items, summary.events_new) == (3, 4)
    mark_terminal(engine)
    refresh_snapshots(engine)
    assert still_urgent(engine, "by-hand") == {}
    release_urgent(engine, "by-hand", [PASTED])
    assert latest_known(engine, [DELIVERED])[DELIVERED].state == "delivered"
    assert [finding for finding in check_quality(engine) if finding.is_broken] == []
    find_alerts(
        engine, [AccountQuota(account, 99_000, "Asia/Hong_Kong") for account in known_accounts(engine)]
    )
    for alert in alerts_to_send(engine):
        note_sent(engine, alert)
    plan, _ = plan_replay(engine, Selection(), 2, report=lambda line: None)
    for selection in plan:
        replay_bucket(engine, selection, report=lambda line: None)
    make_partitions(engine)
    apply_retention(engine)
    refresh_statistics(engine)
    assert table_sizes(engine)
    _look(engine)


def _ask(engine: Engine) -> None:
    service = ScriptedService(_answer)
    settings = account_settings(ACCOUNT, service.url, "sender", "s3cret-word", _SETTINGS)
    with service.running():
        summary = fetch_account(
            engine, FetchJob(settings, "by-hand", number(engine, "max_run_minutes") * 60), lambda line: None
        )
    assert summary.failure is None


def _answer(asked: Items) -> Reply:
    """A delivered item with a date in a text and an unknown wording, a posted one, an unknown one."""
    results = {
        DELIVERED: item(
            DELIVERED,
            0,
            ("27-02-2026 16:00", "HK", "Posted"),
            ("28-02-2026 09:00", "US", f"Item {DELIVERED} was waved at on 28-Feb-2026"),
            ("01-03-2026 10:30", "US", "Delivered"),
        ),
        UNKNOWN: item(UNKNOWN, 1001),
        PASTED: item(PASTED, 0, ("27-02-2026 16:00", "HK", "Posted")),
    }
    return Reply(envelope("".join(results[item_no] for item_no in asked)))


def _look(engine: Engine) -> None:
    """The page's questions."""
    seen = overview.overview(engine)
    assert seen["unclassified_count"] == 1
    assert latest_freshness(engine)
    overview.run_summaries(engine, ["by-hand"])
    overview.quota(
        engine, account_settings(ACCOUNT, None, "sender", "s3cret-word", _SETTINGS), 1, datetime.now(UTC)
    )
    for chart in (charts.lead_time, charts.funnel, charts.lanes, charts.backlog, charts.pace):
        chart(engine)
    found = items.item(engine, DELIVERED)
    assert found is not None
    messages = [event["message_e"] for event in found["timeline"]]
    assert messages == ["Delivered", f"Item {DELIVERED} was waved at on 28-Feb-2026", "Posted"]
    assert lookup(engine, DELIVERED)["rows"]
    assert morning(engine, "hkpost_tracking", None)["counted_at"] is not None
    assert queue(engine)["rows"]
    for wanted in (
        ItemFilter(),
        ItemFilter(group="stuck"),
        ItemFilter(state="delivered"),
        ItemFilter(week=date(2026, 2, 23)),
    ):
        page(engine, wanted)
        with items_csv(engine, wanted, ZoneInfo("UTC"), "en") as file:
            assert file.read()
    rejected_page(engine)
    with rejected_csv(engine, ZoneInfo("UTC"), "en") as file:
        assert file.read()
