"""Today: what needs a person comes first, and everything with a number leads to its list."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hkpost.reports.charts import lead_time

from .conftest import PHONE, Airflow, Tab

Open = Callable[..., Tab]


def number(words: str) -> int:
    return int(re.sub(r"[^0-9]", "", words))


def test_a_refused_credential_is_the_first_thing_that_is_seen_with_what_to_do(
    tab: Open, airflow: Airflow
) -> None:
    airflow.execute(
        "INSERT INTO hkpost.alert (name, account, message, look_with)"
        " VALUES ('account_refused', 'hkpost_default', 'the service refuses the account: 9992', 'SELECT 1')"
    )
    try:
        page = tab().open()
        expect(page.locator("h1")).to_contain_text(re.compile("needs? you"))
        first = page.locator(".needs > li").first
        expect(first).to_contain_text("Hongkong Post refuses the account")
        expect(first).to_contain_text("Correct the credential")
        box = first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 900, "it is seen without scrolling"
    finally:
        airflow.execute("DELETE FROM hkpost.alert WHERE name = 'account_refused'")


def test_counts_of_three_days_ago_are_not_told_as_of_now(tab: Open, airflow: Airflow) -> None:
    def move(change: str) -> None:
        for table in ("backlog_snapshot", "freshness_snapshot"):
            airflow.execute(f"UPDATE hkpost.{table} SET taken_at = taken_at {change}")

    try:
        for _ in range(3):  # a run that another test began may count once more when it ends
            move("- interval '3 days' WHERE taken_at > now() - interval '1 day'")
            page = tab().open()
            expect(page.locator(".lately")).to_contain_text("counts are")
            if "3 days old" in page.locator(".lately").inner_text():
                break
        expect(page.locator(".lately")).to_contain_text("counts are 3 days old")
        expect(page.locator(".morning")).not_to_contain_text("All well")
        expect(page.locator(".needs")).to_contain_text("What this page counts is old")
    finally:
        move("+ interval '3 days' WHERE taken_at <= now() - interval '1 day'")


def test_each_group_of_the_queue_leads_to_as_many_items(tab: Open, airflow: Airflow) -> None:
    page = tab().open()
    groups = page.locator(".groups > li > a")
    expect(groups).to_have_count(5)
    counted = {
        str(group.get_attribute("data-group")): number(group.locator(".value").inner_text())
        for group in groups.all()
    }
    assert counted["exception"] == airflow.value(
        "SELECT count(*) FROM hkpost.mail_item WHERE state = 'exception'"
    )
    page.locator("[data-group=exception]").click()
    expect(page.locator("h1")).to_have_text("Exceptions")
    expect(page.locator(".total")).to_have_text(re.compile(rf"^{counted['exception']} items?$"))


def test_a_bar_leads_to_the_items_behind_it(tab: Open, airflow: Airflow) -> None:
    opened = tab()
    page = opened.open()
    for title, name, sql in (
        ("Open items", "In transit", "state = 'in_transit'"),
        ("Closed today", "Delivered", "close_reason = 'delivered'"),
    ):
        bar = page.locator("section.card").filter(has=page.get_by_role("heading", name=title)).locator("li a")
        bar.filter(has_text=name).click()
        count = airflow.value(f"SELECT count(*) FROM hkpost.mail_item WHERE {sql}")
        expect(page.locator(".total")).to_have_text(f"{count:,} items")
        page.go_back()
        expect(page.locator(".morning")).to_be_visible()


def test_the_charts_are_drawn_can_be_read_as_tables_and_lead_to_lists(tab: Open, airflow: Airflow) -> None:
    opened = tab()
    page = opened.open()
    drawn = page.locator("canvas[data-drawn]")
    expect(drawn).to_have_count(2)
    lead = page.locator("[data-chart=lead_time]")
    lead.locator("summary").click()
    expect(lead.locator("tbody tr")).to_have_count(len(lead_time(airflow.engine)["rows"]))
    week = str(lead.locator("tbody a").first.get_attribute("href"))
    before = lead.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    lead.locator("select").select_option(index=1)
    page.wait_for_function(
        "before => document.querySelector('[data-chart=lead_time] canvas').toDataURL() !== before", arg=before
    )
    place = page.locator("[data-chart=backlog] canvas").evaluate(
        "canvas => { const bar = Chart.getChart(canvas).getDatasetMeta(2).data[0];"
        " return [bar.x, bar.y + bar.height / 2]; }"
    )
    page.locator("[data-chart=backlog] canvas").click(position={"x": place[0], "y": place[1]})
    expect(page).to_have_url(re.compile(r"#/items\?state=in_transit$"))
    opened.open(week.removeprefix("#/"))
    expect(page.locator("h1")).to_contain_text("posted in the week of")
    expect(page.locator(".total")).to_be_visible()


def test_the_exception_is_the_alarming_colour_and_transit_is_not(tab: Open, airflow: Airflow) -> None:
    airflow.execute(
        "INSERT INTO hkpost.backlog_snapshot (taken_at, account, state, items, due_items)"
        " SELECT max(taken_at) - interval '1 day', 'hkpost_default', 'exception', 3, 0 FROM hkpost.backlog_snapshot"
    )
    page = tab().open()
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    fills = page.locator("[data-chart=backlog] canvas").evaluate(
        "canvas => Object.fromEntries(Chart.getChart(canvas).data.datasets.map(d => [d.label, d.backgroundColor]))"
    )
    alarm = page.evaluate(
        "getComputedStyle(document.documentElement).getPropertyValue('--alarm-fill').trim()"
    )
    assert [label for label, fill in fills.items() if fill == alarm] == ["Exception"]


def _opened(page: Page, part: str) -> str:
    fold = page.locator(f"[data-part={part}]")
    fold.locator("summary").first.click()
    expect(fold.locator("table")).to_be_visible()
    return fold.inner_text()


def test_quota_runs_and_wordings_are_folded_below(tab: Open, airflow: Airflow) -> None:
    page = tab(PHONE).open()
    used = int(str(airflow.value("SELECT requests_counted FROM hkpost.api_quota_day")))
    assert f"{100_000 - 1_000 - used:,} requests left today" in page.locator("[data-part=quota]").inner_text()
    assert "success" in _opened(page, "runs")
    link = page.locator("[data-part=runs] a").first
    box = link.bounding_box()
    assert box is not None
    assert box["height"] >= 24, "large enough for a finger"
    newest = airflow.value(
        "SELECT template FROM hkpost.dim_wording WHERE event_type = 'unclassified'"
        " ORDER BY first_seen_at DESC, wording_id DESC LIMIT 1"
    )
    assert str(newest) in _opened(page, "wordings")


def test_a_state_has_the_name_and_the_tone_of_the_warehouse(tab: Open, airflow: Airflow) -> None:
    changed = "UPDATE hkpost.dim_state SET name_e = '{}', tone = '{}' WHERE state = 'in_transit'"
    airflow.execute(changed.format("On its way", "alarm"))
    try:
        row = tab().open().locator(".bars li").filter(has_text="On its way")
        expect(row.locator(".fill")).to_have_attribute("data-tone", "alarm")
    finally:
        airflow.execute(changed.format("In transit", "neutral"))


@pytest.mark.parametrize("refusal", [500, 0])
def test_an_answer_that_does_not_come_is_said_and_what_was_known_stays(tab: Open, refusal: int) -> None:
    opened = tab(alone=True)
    opened.page.clock.install()
    page = opened.open()
    page.route("**/api/queue", lambda route: route.fulfill(status=refusal) if refusal else route.abort())
    page.clock.fast_forward(61_000)
    expect(page.locator(".updated.stale")).to_contain_text("Not up to date")
    expect(page.locator(".groups")).to_be_visible()
    opened.complaints.clear()


def test_a_run_that_failed_is_said_first_with_the_way_to_it(tab: Open, airflow: Airflow) -> None:
    airflow.execute(
        "INSERT INTO hkpost.alert (name, account, message, look_with, details) VALUES ('run_failed', '', 'it failed',"
        ' \'SELECT 1\', \'{"run": "scheduled__1", "since": "2026-03-01T10:00:00+00:00", "tasks": "fetch"}\')'
    )
    try:
        need = tab().open().locator(".needs > li[data-kind=run_failed]")
        expect(need).to_contain_text("The last run failed")
        expect(need).to_contain_text("scheduled__1")
        expect(need.get_by_role("link", name="Open in Airflow")).to_have_attribute(
            "href", re.compile("dags/hkpost_tracking")
        )
    finally:
        airflow.execute("DELETE FROM hkpost.alert WHERE name = 'run_failed'")


def test_lanes_that_report_nothing_are_apart_from_the_stuck_ones_with_how_many(
    tab: Open, airflow: Airflow
) -> None:
    moved = "UPDATE hkpost.queue_item SET queue = '{}' WHERE item_no = :i AND queue = '{}'"
    item_no = airflow.value("SELECT min(item_no) FROM hkpost.queue_item WHERE queue = 'stuck'")
    counted = "UPDATE hkpost.queue_day SET items = items + {} WHERE queue = 'silent'"
    airflow.execute(moved.format("silent", "stuck"), i=item_no)
    airflow.execute(counted.format(1))
    try:
        page = tab().open()
        folded = page.locator(".queue details")
        expect(folded.locator("summary")).to_contain_text("silent on lanes that do not report")
        expect(page.locator(".groups [data-group=silent]")).to_have_count(0)
        folded.locator("summary").click()
        folded.get_by_role("link").click()
        expect(page.locator("h1")).to_have_text("Lane does not report")
        expect(page.locator("tbody")).to_contain_text(str(item_no))
    finally:
        airflow.execute(moved.format("stuck", "silent"), i=item_no)
        airflow.execute(counted.format(-1))


def test_the_funnel_has_shares_and_the_backlog_is_stacked_along_the_journey(
    tab: Open, airflow: Airflow
) -> None:
    page = tab().open()
    bars = page.locator("[data-chart=funnel] li")
    shares = [re.search(r"(\d+)\s*%", text) for text in bars.all_inner_texts()]
    assert len(shares) == 7 and all(shares)
    expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    stacked = page.locator("[data-chart=backlog] canvas").evaluate(
        "canvas => Chart.getChart(canvas).data.datasets.map(one => one.label)"
    )
    along = [
        str(row["name_e"]) for row in airflow.rows("SELECT name_e FROM hkpost.dim_state ORDER BY state_rank")
    ]
    assert stacked == [name for name in along if name in stacked]


def test_the_ceiling_of_requests_takes_the_margin_between_them_into_account(
    tab: Open, airflow: Airflow
) -> None:
    page = tab().open()
    page.locator("[data-part=quota] summary").first.click()
    note = page.locator("[data-chart=pace] .note")
    expect(note).to_contain_text("the pace set allows")
    # One each 100 ms, and a margin of 5 ms.
    assert re.findall(r"allows (\d+) a minute", note.inner_text()) == [str(60_000 // 105)]
