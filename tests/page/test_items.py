"""Lists of items: filtered, sorted, counted, as a file; their address is the whole of them."""

import csv
import re
from collections.abc import Callable

from playwright.sync_api import expect

from .conftest import PHONE, Airflow, Tab

Open = Callable[..., Tab]
COUNT = "SELECT count(*) FROM hkpost.item_status WHERE {}"


def test_filters_are_in_the_address_and_outlive_back_and_reload(tab: Open, airflow: Airflow) -> None:
    opened = tab()
    page = opened.open("items")
    expect(page.locator(".total")).to_have_text(f"{airflow.value(COUNT.format('is_open')):,} items")
    page.locator("select[name=state]").select_option("customs")
    expect(page).to_have_url(re.compile(r"#/items\?state=customs$"))
    customs = airflow.value(COUNT.format("state = 'customs'"))
    expect(page.locator(".total")).to_have_text(f"{customs} items")
    expect(page).to_have_title("At customs · HKPost mail tracking")
    page.locator("select[name=sort]").select_option("item_no")
    first = airflow.value("SELECT min(item_no) FROM hkpost.mail_item WHERE state = 'customs'")
    expect(page.locator("tbody a").first).to_have_text(str(first))
    page.reload()
    opened.wait_until_idle()
    expect(page.locator("tbody a").first).to_have_text(str(first))
    expect(page.locator("select[name=sort]")).to_have_value("item_no")
    page.go_back()
    page.go_back()
    expect(page.locator("select[name=state]")).to_have_value("")


def test_the_focus_stays_on_a_filter_that_was_chosen(tab: Open) -> None:
    page = tab().open("items")
    page.locator("select[name=state]").focus()
    page.locator("select[name=state]").select_option("in_transit")
    expect(page.locator("h1")).to_have_text("In transit")
    expect(page.locator("select[name=state]")).to_be_focused()


def test_closed_items_are_listed_by_their_closing_and_sorted_by_what_is_shown_of_them(tab: Open) -> None:
    page = tab().open("items?state=delivered")
    expect(page.locator("thead th").nth(1)).to_have_text("Closed")
    orders = page.locator("select[name=sort] option").evaluate_all("all => all.map(one => one.value)")
    assert orders == ["", "-days_open", "-last_event_at", "destination", "item_no"]
    page.locator("select[name=state]").select_option("in_transit")
    expect(page.locator("thead th").nth(1)).to_have_text("Silent, days")
    expect(page.locator("select[name=sort] option[value=promised_on]")).to_have_count(1)


def test_a_list_goes_on_page_by_page(tab: Open, airflow: Airflow) -> None:
    page = tab().open("items?sort=item_no")
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    after = airflow.rows(
        "SELECT item_no FROM hkpost.mail_item WHERE is_open ORDER BY item_no OFFSET 50 LIMIT 1"
    )
    expect(page.locator("tbody a").first).to_have_text(str(after[0]["item_no"]))
    page.get_by_role("link", name="First page").click()
    expect(page.locator("tbody tr")).to_have_count(50)


def test_the_file_has_the_items_of_the_screen_in_its_language(tab: Open, airflow: Airflow) -> None:
    page = tab(language="zh-Hans").open("items?state=customs")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) - 1 == airflow.value(COUNT.format("state = 'customs'"))
    assert "海关处理" in rows[1]


def test_a_phone_shows_the_days_at_once(tab: Open) -> None:
    page = tab(PHONE).open("items")
    for place in (0, 1):
        box = page.locator("tbody tr").first.locator("td").nth(place).bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= PHONE
    expect(page.locator("thead th").nth(1)).to_have_text("Silent, days")
    page.get_by_role("link", name="Stuck", exact=True).click()
    expect(page.locator("h1")).to_have_text("Stuck")
    expect(page.locator("tbody .badge", has_text="Overdue").first).to_be_visible()
    ends = page.locator("tbody .badge").evaluate_all(
        "badges => badges.map(badge => badge.getBoundingClientRect().right)"
    )
    assert max(ends) <= PHONE
    page.get_by_role("link", name="Not found").click()
    expect(page.locator("h1")).to_have_text("Not found")
    chosen = page.locator(".chips [aria-current]")
    expect(chosen).to_have_text("Not found")
    expect(chosen).to_be_in_viewport(ratio=1)


def test_what_is_overdue_is_not_called_at_risk_besides(tab: Open, airflow: Airflow) -> None:
    [row, *_] = airflow.rows(
        "SELECT item_no FROM hkpost.item_promise JOIN hkpost.queue_item USING (item_no)"
        " WHERE status = 'overdue' AND queue = 'at_risk' ORDER BY item_no LIMIT 1"
    )
    opened = tab()
    for part in (f"items?q={row['item_no']}", f"item/{row['item_no']}"):
        page = opened.open(part)
        told = page.locator("main table, .story")
        expect(told.locator(".badge", has_text="Overdue")).to_have_count(1)
        expect(told).not_to_contain_text("At risk")
        expect(told).not_to_contain_text("likely")


def test_what_is_no_filter_is_said_in_a_sentence(tab: Open) -> None:
    opened = tab()
    page = opened.open("items?state=nonsense")
    expect(page.get_by_role("alert")).to_contain_text("there is no state 'nonsense'")
    opened.complaints[:] = [said for said in opened.complaints if "400" not in said]


def test_rejected_text_is_text_a_heading_no_item_and_a_file_without_formulas(
    tab: Open, airflow: Airflow
) -> None:
    airflow.execute(
        "INSERT INTO hkpost.rejected_record (source, account, item_no, reason, raw_fragment)"
        " VALUES ('load', 'hkpost_default', 'ITEM NO', 'no item number', '')"
    )
    page = tab().open("rejected")
    expect(page.locator("main")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("main img").count() == 0
    expect(page.get_by_role("cell", name="ITEM NO")).to_be_visible()
    expect(page.get_by_role("link", name="ITEM NO")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == airflow.value("SELECT count(*) FROM hkpost.rejected_record")
    assert next(row["Item number"] for row in rows if "1+1" in row["Item number"]) == "'=1+1"
