"""One item as a story."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from .conftest import Airflow, Tab

Open = Callable[..., Tab]
EVENTS = (
    "SELECT f.*, p.location_e, p.location_c, p.location_s,"
    " hkpost.fill_template(t.message_e, f.text_params) AS message_e,"
    " hkpost.fill_template(t.message_c, f.text_params) AS message_c,"
    " hkpost.fill_template(t.message_s, f.text_params) AS message_s"
    " FROM hkpost.fact_tracking_event f LEFT JOIN hkpost.dim_event_text t USING (text_id)"
    " LEFT JOIN hkpost.dim_place p USING (place_id) WHERE item_no = :i"
)


def an_item(airflow: Airflow) -> str:
    """The item with the retracted event."""
    return str(
        airflow.value("SELECT min(item_no) FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL")
    )


def test_its_events_come_in_one_language_and_on_one_clock_the_others_on_demand(
    tab: Open, airflow: Airflow
) -> None:
    item_no = an_item(airflow)
    opened = tab()
    opened.page.add_init_script("localStorage.setItem('timezone', 'Asia/Hong_Kong')")
    page = opened.open(f"item/{item_no}")
    expect(page.locator(".toggles .note")).to_have_text(re.compile("^Hong Kong .*Time$"))
    events = airflow.rows(EVENTS, i=item_no)
    timeline = page.locator(".timeline")
    expect(timeline.locator("> li")).to_have_count(len(events))
    for event in events:
        expect(timeline).to_contain_text(str(event["message_e"]))
        expect(timeline).not_to_contain_text(str(event["message_c"]))
    page.get_by_role("button", name="All languages").click()
    for event in events:
        for language in "ecs":
            expect(timeline).to_contain_text(str(event[f"message_{language}"]))
    before = timeline.locator(".when").all_inner_texts()
    page.get_by_role("button", name="Local clocks").click()
    expect(timeline.locator(".when").last).to_contain_text("(Hong Kong")
    assert timeline.locator(".when").all_inner_texts() != before
    expect(timeline.locator("li[data-retracted] .retracted")).to_contain_text("no longer reported since")


def test_the_story_says_where_it_is_how_long_that_took_and_what_is_expected(
    tab: Open, airflow: Airflow
) -> None:
    [row] = airflow.rows(
        "SELECT item_no FROM hkpost.item_forecast JOIN hkpost.mail_item USING (item_no)"
        " WHERE p50_at IS NOT NULL AND is_open AND state = 'in_transit' ORDER BY item_no LIMIT 1"
    ) or airflow.rows("SELECT min(item_no) AS item_no FROM hkpost.mail_item WHERE state = 'in_transit'")
    page = tab().open(f"item/{row['item_no']}")
    expect(page.locator(".steps > li")).to_have_count(7)
    expect(page.locator(".steps > li[aria-current=step]")).to_have_count(1)
    expect(page.locator(".steps > li").first).to_contain_text("days")
    expect(page.locator(".forecast")).to_be_visible()
    expect(page.locator("dl")).to_contain_text(re.compile("time since its last event|news"))


def test_its_requests_and_states_are_folded(tab: Open, airflow: Airflow) -> None:
    item_no = an_item(airflow)
    page = tab().open(f"item/{item_no}")
    calls = page.locator("[data-part=item_requests]")
    expect(calls.locator("table")).to_be_hidden()
    calls.locator("summary").click()
    asked = airflow.value("SELECT count(*) FROM hkpost.api_call WHERE item_nos @> ARRAY[:i]", i=item_no)
    expect(calls.locator("tbody tr")).to_have_count(int(str(asked)))
    expect(calls.locator("tbody tr").first).to_contain_text("answered")


def test_in_chinese_all_of_it_is_chinese(tab: Open, airflow: Airflow) -> None:
    item_no = an_item(airflow)
    event = airflow.rows(f"{EVENTS} AND text_id IS NOT NULL ORDER BY event_key LIMIT 1", i=item_no)[0]
    for language, suffix, answered in (("zh-Hant", "c", "已回覆"), ("zh-Hans", "s", "已回复")):
        page = tab(language=language).open(f"item/{item_no}")
        expect(
            page.locator(".timeline .message").filter(has_text=str(event[f"message_{suffix}"])).first
        ).to_be_visible()
        page.locator("[data-part=item_requests] summary").click()
        expect(page.locator("[data-part=item_requests]")).to_contain_text(answered)
        words = page.locator(".story").inner_text()
        assert "Hong Kong" not in words
        assert "transit" not in words


def copied(page: Page) -> str:
    page.get_by_role("button", name="English").last.click()
    expect(page.locator(".copy")).to_contain_text("Copied.")
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_text_for_the_customer_is_copied_and_where_that_is_not_allowed_shown(
    tab: Open, airflow: Airflow
) -> None:
    item_no = an_item(airflow)
    opened = tab()
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened.open(f"item/{item_no}")
    assert copied(page).startswith(f"Your item {item_no} to ")
    opened.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page = opened.open(f"item/{item_no}")
    page.locator(".copy").get_by_role("button", name="繁體中文").click()
    expect(page.locator(".copy textarea")).to_be_focused()
    assert item_no in page.locator(".copy textarea").input_value()
    expect(page.locator(".copy")).to_contain_text("press Ctrl+C")


def test_a_number_that_is_none_is_said_to_be_of_another_form_and_no_typing_error(
    tab: Open, airflow: Airflow
) -> None:
    airflow.execute(
        "INSERT INTO hkpost.mail_item (item_no, state, closed_at, close_reason)"
        " VALUES ('RB12345678HK', 'invalid_number', now(), 'invalid_number')"
    )
    try:
        page = tab().open("item/RB12345678HK")
        expect(page.locator(".warning")).to_contain_text("not of the form of an item number")
        expect(page.locator(".warning")).not_to_contain_text("check digit")
        expect(page.locator("dl")).to_contain_text("never: it is closed")
        expect(page.locator("dl")).not_to_contain_text("Last answer")
    finally:
        airflow.execute("DELETE FROM hkpost.mail_item WHERE item_no = 'RB12345678HK'")


def test_a_text_in_another_language_than_its_field_says_is_marked_with_its_own(
    tab: Open, airflow: Airflow
) -> None:
    item_no = an_item(airflow)
    japanese = "お届け済み"
    text = (
        "(SELECT text_id FROM hkpost.fact_tracking_event WHERE item_no = :i AND text_id IS NOT NULL LIMIT 1)"
    )
    [before] = airflow.rows(
        f"SELECT text_id, message_e FROM hkpost.dim_event_text WHERE text_id = {text}", i=item_no
    )
    change = "UPDATE hkpost.dim_event_text SET message_e = :words WHERE text_id = :text_id"
    airflow.execute(change, words=japanese, text_id=before["text_id"])
    try:
        page = tab().open(f"item/{item_no}")
        expect(page.locator(".timeline [lang=ja]").first).to_have_text(japanese)
    finally:
        airflow.execute(change, words=before["message_e"], text_id=before["text_id"])
