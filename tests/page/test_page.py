import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hkpost.reports.charts import lead_time

from .conftest import PHONE, WIDE, Airflow, Tab

PARTS = ("", "list/stuck", "list/expired", "list/not_found", "list/rejected", "search/nothing")
Open = Callable[..., Tab]


def number(words: str) -> int:
    return int(re.sub(r"[^0-9]", "", words))


def tile(page: Page, title: str) -> str:
    return page.locator(f"section.tile[aria-label^='{title}'] .value").inner_text()


def an_item(airflow: Airflow) -> str:
    """The item with the retracted event."""
    return str(
        airflow.value("SELECT min(item_no) FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL")
    )


def test_the_page_is_in_airflows_navigation_and_opens_within_airflow(tab: Open, airflow: Airflow) -> None:
    page = tab().page
    page.goto(airflow.address)
    page.get_by_role("link", name="HKPost", exact=True).click()
    page.wait_for_url("**/plugin/hkpost**")
    frame = page.frame_locator("iframe[title=HKPost]")
    expect(frame.get_by_role("heading", name="HKPost mail tracking")).to_be_visible()
    expect(frame.locator("section.tile").first).to_be_visible()


def test_a_run_is_followed_to_airflows_own_page_out_of_the_frame(tab: Open, airflow: Airflow) -> None:
    page = tab().page
    page.goto(f"{airflow.address}/plugin/hkpost")
    page.frame_locator("iframe[title=HKPost]").get_by_role("link", name="hkpost_tracking").first.click()
    page.wait_for_url("**/dags/hkpost_tracking/runs/**")


def test_the_overview_says_what_the_tables_hold(tab: Open, airflow: Airflow) -> None:
    page = tab().open()
    assert number(tile(page, "Open items")) == airflow.value(
        "SELECT count(*) FROM hkpost.mail_item WHERE is_open"
    )
    assert number(tile(page, "Closed today")) == airflow.value(
        "SELECT count(*) FROM hkpost.mail_item WHERE NOT is_open"
    )
    used = airflow.value("SELECT requests_counted FROM hkpost.api_quota_day")
    assert number(tile(page, "Quota").split("\n")[0]) == 100_000 - 1_000 - int(str(used))
    states = {
        row.locator(".name").inner_text(): number(row.locator(".count").inner_text())
        for row in page.locator("section.card[aria-label='Open items'] li").all()
    }
    in_transit = airflow.value("SELECT count(*) FROM hkpost.mail_item WHERE state = 'in_transit'")
    assert states["In transit"] == in_transit
    expect(page.locator("section.card[aria-label='Last runs'] .badge").last).to_have_text("success")


def test_counts_of_three_days_ago_are_not_told_as_of_now(tab: Open, airflow: Airflow) -> None:
    moved = "UPDATE hkpost.freshness_snapshot SET taken_at = taken_at {} interval '3 days'"
    airflow.execute(moved.format("-"))
    try:
        page = tab().open()
        assert tile(page, "Freshness") == "3 days"
        tiles = page.locator(".tiles")
        expect(tiles).to_contain_text("no run has ended for 3 days")
        expect(tiles).to_contain_text("were due 3 days ago")
        for calm in ("nothing is due", "nothing is waiting", "due now"):
            expect(tiles).not_to_contain_text(calm)
    finally:
        airflow.execute(moved.format("+"))


def test_the_unclassified_wordings_are_listed(tab: Open, airflow: Airflow) -> None:
    page = tab().open()
    count = airflow.value("SELECT count(*) FROM hkpost.dim_wording WHERE event_type = 'unclassified'")
    assert number(tile(page, "Unclassified")) == count
    newest = airflow.value(
        "SELECT template FROM hkpost.dim_wording WHERE event_type = 'unclassified'"
        " ORDER BY first_seen_at DESC, wording_id DESC LIMIT 1"
    )
    expect(page.locator("section.card[aria-label='Unclassified wordings']")).to_contain_text(str(newest))


def test_the_four_charts_are_drawn_and_can_be_read_as_tables(tab: Open, airflow: Airflow) -> None:
    page = tab().open()
    expect(page.locator("[data-chart][data-drawn] canvas")).to_have_count(4)
    lead = page.locator("[data-chart=lead_time]")
    lead.locator("summary").click()
    expect(lead.locator("tbody tr")).to_have_count(len(lead_time(airflow.engine)["rows"]))
    inked = (
        "canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(v => v)"
    )
    assert page.locator("[data-chart=funnel] canvas").evaluate(inked)


def test_another_destination_draws_another_lead_time(tab: Open) -> None:
    page = tab().open()
    lead = page.locator("[data-chart=lead_time][data-drawn]")
    before = lead.locator("canvas").evaluate("canvas => canvas.toDataURL()")
    lead.locator("select").select_option(index=1)
    page.wait_for_function(
        "before => document.querySelector('[data-chart=lead_time] canvas').toDataURL() !== before", arg=before
    )


def test_one_item_shows_its_timeline_in_three_languages_and_every_request(
    tab: Open, airflow: Airflow
) -> None:
    item_no = an_item(airflow)
    page = tab().open(f"item/{item_no}")
    events = airflow.rows(
        "SELECT f.*, p.location_e, p.location_c, p.location_s,"
        " hkpost.fill_template(t.message_e, f.text_params) AS message_e,"
        " hkpost.fill_template(t.message_c, f.text_params) AS message_c,"
        " hkpost.fill_template(t.message_s, f.text_params) AS message_s"
        " FROM hkpost.fact_tracking_event f LEFT JOIN hkpost.dim_event_text t USING (text_id)"
        " LEFT JOIN hkpost.dim_place p USING (place_id) WHERE item_no = :i",
        i=item_no,
    )
    shown = page.locator(".timeline > li")
    expect(shown).to_have_count(len(events))
    said = str(page.locator(".timeline").text_content())
    places = " ".join(page.locator(".timeline .place").all_text_contents())
    for event in events:
        for language in "ecs":
            assert str(event[f"message_{language}"]) in said
            assert str(event[f"location_{language}"]) in places
        assert f"{event['event_time_local']:%Y-%m-%d %H:%M}" in said
        assert f"{event['event_time']:%Y-%m-%d %H:%M} UTC" in said
    expect(page.locator(".timeline > li[data-retracted]")).to_have_count(1)
    expect(page.locator(".timeline .retracted")).to_contain_text("no longer reported since")
    calls = airflow.value("SELECT count(*) FROM hkpost.api_call WHERE item_nos @> ARRAY[:i]", i=item_no)
    expect(page.locator("section.card[aria-label='Requests that asked about it'] tbody tr")).to_have_count(
        int(str(calls))
    )
    expect(page.locator("dl")).to_contain_text("of its silence")


def test_a_place_is_named_in_each_of_its_languages(tab: Open, airflow: Airflow) -> None:
    [place] = airflow.rows(
        "SELECT item_no, location_e, location_c, location_s FROM hkpost.tracking_event"
        " WHERE location_e <> location_c AND location_c <> location_s ORDER BY item_no, event_key LIMIT 1"
    )
    places = tab().open(f"item/{place['item_no']}").locator(".timeline .place")
    for language, suffix in (("en", "e"), ("zh-Hant", "c"), ("zh-Hans", "s")):
        named = places.locator(f"[lang={language}]").filter(has_text=str(place[f"location_{suffix}"]))
        expect(named.first).to_be_visible()


def test_an_item_that_is_not_tracked_is_said_to_be_so_with_the_way_to_ask(tab: Open) -> None:
    opened = tab()
    page = opened.open("item/RB999999999HK")
    expect(page.locator("main")).to_contain_text("RB999999999HK is not tracked")
    expect(page.get_by_role("link", name="Ask now")).to_be_visible()
    # The browser notes the 404 by itself.
    opened.complaints[:] = [said for said in opened.complaints if "404" not in said]


def test_search_finds_a_number_with_blanks_and_an_order_reference(tab: Open, airflow: Airflow) -> None:
    [row, *_] = airflow.rows(
        "SELECT min(item_no) AS item_no, source_ref FROM hkpost.mail_item GROUP BY source_ref HAVING count(*) = 1"
    )
    item_no = str(row["item_no"])
    page = tab().open()
    for words in (f"{item_no[:2]} {item_no[2:6]} {item_no[6:]}".lower(), str(row["source_ref"])):
        page.get_by_role("searchbox").fill(words)
        page.get_by_role("button", name="Find").click()
        page.wait_for_url(f"**/#/item/{item_no}")
        expect(page.locator(".head h2")).to_have_text(item_no)


def test_several_numbers_are_found_at_once_and_an_untracked_one_leads_to_its_page(
    tab: Open, airflow: Airflow
) -> None:
    found = [str(row["item_no"]) for row in airflow.rows("SELECT item_no FROM hkpost.mail_item LIMIT 2")]
    page = tab().open()
    page.get_by_role("searchbox").fill(", ".join([*found, "RR999999996HK"]))
    page.get_by_role("button", name="Find").click()
    for item_no in found:
        expect(page.locator("main table").get_by_role("link", name=item_no)).to_be_visible()
    expect(page.locator(".untracked").get_by_role("link", name="RR999999996HK")).to_have_attribute(
        "href", "#/item/RR999999996HK"
    )


def test_the_address_within_airflow_names_what_is_shown_and_a_reload_shows_it_again(
    tab: Open, airflow: Airflow
) -> None:
    page = tab().page
    page.goto(f"{airflow.address}/plugin/hkpost")
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Expired").click()
    expect(page).to_have_url(re.compile(r"/plugin/hkpost.*#/list/expired$"))
    expect(page).to_have_title("Expired · HKPost mail tracking")
    page.reload()
    expect(frame.get_by_role("heading", name="Expired")).to_be_visible()


def test_what_another_tab_stores_leaves_what_is_typed(tab: Open) -> None:
    opened = tab()
    page = opened.open()
    page.get_by_role("searchbox").fill("RB12")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    other = page.context.new_page()
    other.goto(page.url)
    other.evaluate("localStorage.setItem('somebody-elses', 'value')")
    other.evaluate("localStorage.setItem('theme', 'dark')")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("searchbox")).to_have_value("RB12")
    assert len([url for url in asked if "/api/overview" in url]) == 1, (
        "the new theme drew it again, nothing else"
    )


def test_a_list_is_downloaded_as_csv_without_formulas(tab: Open, airflow: Airflow) -> None:
    page = tab().open("list/rejected")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename.startswith("hkpost-rejected-")
    rows = list(csv.DictReader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == airflow.value("SELECT count(*) FROM hkpost.rejected_record")
    hostile = next(row for row in rows if "1+1" in row["item_no"])
    assert hostile["item_no"] == "'=1+1"


def test_what_the_service_sent_is_shown_as_text_and_never_as_markup(tab: Open) -> None:
    page = tab().open("list/rejected")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("main img").count() == 0


def test_both_languages_and_the_choice_between_them_stays(tab: Open) -> None:
    page = tab(language="zh").open()
    expect(page.get_by_role("heading", name="香港郵政郵件追蹤")).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "zh-Hant-HK"
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="HKPost mail tracking")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="HKPost mail tracking")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="香港郵政郵件追蹤")).to_be_visible()


def test_the_two_lists_of_words_have_the_same_words(tab: Open) -> None:
    page = tab().open()
    lists = page.evaluate(
        "import('./static/words.js').then(({WORDS, REASONS, STAGES}) => [WORDS, REASONS, STAGES]"
        ".map(words => Object.values(words).map(list => Object.entries(list)"
        ".map(([key, text]) => [key, ...(text.match(/\\{\\w+\\}/g) ?? []).sort()].join()).sort())))"
    )
    for english, chinese in lists:
        assert english == chinese


def test_every_stage_of_the_warehouse_has_its_name(tab: Open, airflow: Airflow) -> None:
    named = tab().open().evaluate("import('./static/words.js').then(({STAGES}) => Object.keys(STAGES.en))")
    stages = airflow.rows(
        "SELECT DISTINCT stage FROM hkpost.dim_event_type WHERE event_type <> 'unclassified'"
    )
    assert {str(row["stage"]) for row in stages} <= set(named)


def test_a_state_has_the_name_and_the_tone_of_the_warehouse(tab: Open, airflow: Airflow) -> None:
    changed = "UPDATE hkpost.dim_state SET name_e = '{}', tone = '{}' WHERE state = 'in_transit'"
    airflow.execute(changed.format("On its way", "alarm"))
    try:
        page = tab().open()
        row = page.locator("section.card[aria-label='Open items'] li").filter(has_text="On its way")
        expect(row.locator(".fill")).to_have_attribute("data-tone", "alarm")
        badge = tab().open(f"item/{an_item(airflow)}").locator(".head .badge")
        expect(badge).to_have_text("On its way")
        expect(badge).to_have_attribute("data-tone", "alarm")
    finally:
        airflow.execute(changed.format("In transit", "neutral"))


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_off_at_the_side(tab: Open, airflow: Airflow, width: int, language: str) -> None:
    opened = tab(width, language=language)
    for part in (*PARTS, f"item/{an_item(airflow)}"):
        page = opened.open(part)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, part
        outside = page.evaluate(
            "width => [...document.querySelectorAll('header *, main *')]"
            ".filter(e => !e.closest('.scroll') && !e.closest('.hidden') && e.getClientRects().length"
            " && e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 80))",
            width,
        )
        assert outside == [], part


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_issue(tab: Open, airflow: Airflow, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    opened = tab(scheme=scheme)
    for part in ("", "list/stuck", "list/rejected", f"item/{an_item(airflow)}"):
        page = opened.open(part)
        found = Axe().run(page).response["violations"]
        grave = [
            (rule["id"], [node["html"][:90] for node in rule["nodes"]])
            for rule in found
            if rule["impact"] in ("serious", "critical")
        ]
        assert grave == [], part


def test_light_and_dark_follow_airflow_else_the_system(tab: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = tab(scheme="light").open(), tab(scheme="dark").open()
    assert light.evaluate(ground) != dark.evaluate(ground)
    light.evaluate("localStorage.setItem('theme', 'dark')")
    light.reload()
    light.wait_for_selector("html[data-theme=dark]")
    assert light.evaluate(ground) == dark.evaluate(ground)


def test_the_keyboard_is_enough(tab: Open, airflow: Airflow) -> None:
    item_no = an_item(airflow)
    page = tab().open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    page.wait_for_selector(".tile")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "q":
            break
    page.keyboard.type(item_no)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#/item/{item_no}")
