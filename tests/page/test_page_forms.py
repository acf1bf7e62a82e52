"""Airflow's own forms of ours, driven in the browser: the connection with its Test, and hkpost_track_now."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from hkpost.warehouse.watch.alerts import AccountQuota, find_alerts
from hkpost_local.simulated import LOGIN

from .conftest import PATIENCE_MS, Airflow, Tab

Open = Callable[..., Tab]


def service_url(airflow: Airflow) -> str:
    return airflow.system.settings.simulator_url


def add_connection(page: Page, airflow: Airflow, name: str, password: str) -> None:
    """Fill the form as a person does: the four fields that have no default."""
    page.goto(f"{airflow.address}/connections")
    page.get_by_role("button", name="Add Connection").first.click()
    form = page.get_by_role("dialog").filter(has=page.locator("input[name=connection_id]"))
    form.locator("input[name=connection_id]").fill(name)
    form.get_by_role("combobox").first.click()
    page.keyboard.type("Hongkong")
    page.get_by_role("option", name="Hongkong Post tracking").click()
    form.locator("input[name=host]").fill(service_url(airflow))
    form.locator("input[name=login]").fill(LOGIN)
    form.locator("input[name=password]").fill(password)
    form.locator("input[name=port]").fill("443")
    form.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text=name)).to_be_visible()


def press_test(page: Page, name: str) -> tuple[bool, str]:
    """The answer to the Test button of a connection's row."""
    row = page.get_by_role("row").filter(has_text=name)
    with page.expect_response("**/api/v2/connections/test", timeout=PATIENCE_MS) as answered:
        row.get_by_role("button", name="Test Connection").click()
    found = answered.value.json()
    return bool(found["status"]), str(found["message"])


def test_the_connection_form_has_its_fields_with_help_and_hides_what_is_secret(
    tab: Open, airflow: Airflow
) -> None:
    page = tab().page
    page.goto(f"{airflow.address}/connections")
    page.get_by_role("button", name="Add Connection").first.click()
    form = page.get_by_role("dialog").filter(has=page.locator("input[name=connection_id]"))
    form.get_by_role("combobox").first.click()
    page.keyboard.type("Hongkong")
    page.get_by_role("option", name="Hongkong Post tracking").click()
    for label in ("Service URL", "API username", "API credential"):
        expect(form.get_by_text(label, exact=True)).to_be_visible()
    expect(form.locator("input[name=password]")).to_have_attribute("type", "password")
    form.get_by_role("button", name="Extra Fields", exact=True).click()
    expect(form.locator("input[name=element_min_interval_ms]")).to_have_value("100")
    expect(form.get_by_text("Gap between two requests; never under 100.")).to_be_visible()
    expect(form.locator("input[name=element_proxy]")).to_have_attribute("type", "password")


@pytest.mark.parametrize("is_right", [True, False])
def test_the_test_button_says_what_came_back_in_words(tab: Open, airflow: Airflow, is_right: bool) -> None:
    opened = tab()
    page = opened.page
    name = "hkpost_right" if is_right else "hkpost_wrong"
    password = airflow.system.secrets.simulator_password if is_right else "not-the-credential"
    add_connection(page, airflow, name, password)
    tested = "SELECT count(*) FROM hkpost.api_call WHERE run_id = 'connection test'"
    before = airflow.value(tested)
    status, message = press_test(page, name)
    assert status is is_right
    assert ("was answered" if is_right else "9992") in message
    assert password not in message
    assert airflow.value(tested) == int(str(before)) + 1


def test_track_now_takes_numbers_as_they_are_pasted_into_its_form(tab: Open, airflow: Airflow) -> None:
    item_no = str(airflow.value("SELECT max(item_no) FROM hkpost.mail_item WHERE state = 'in_transit'"))
    pasted = f"{item_no[:2]} {item_no[2:6]} {item_no[6:]}".lower()
    page = tab().page
    page.goto(f"{airflow.address}/dags/hkpost_track_now")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.get_by_role("dialog").filter(has=page.locator("textarea[name=element_item_nos]"))
    form.locator("textarea[name=element_item_nos]").fill(pasted)
    with page.expect_response(re.compile("/dags/hkpost_track_now/dagRuns$")) as answered:
        form.get_by_role("button", name="Trigger", exact=True).click()
    assert answered.value.json()["conf"]["item_nos"] == pasted


def test_a_test_of_a_connection_leaves_nothing_on_the_page(tab: Open, airflow: Airflow) -> None:
    opened = tab()
    add_connection(opened.page, airflow, "demo", "not-the-credential")
    assert press_test(opened.page, "demo")[0] is False
    find_alerts(airflow.engine, [AccountQuota("hkpost_default", 99_000, "Asia/Hong_Kong")])
    assert (
        airflow.rows("SELECT name FROM hkpost.alert WHERE name = 'account_refused' AND ended_at IS NULL")
        == []
    )
    page = opened.open()
    page.locator("[data-part=quota] summary").first.click()
    expect(page.locator("[data-part=quota]")).to_contain_text("hkpost_default")
    expect(page.locator("[data-part=quota]")).not_to_contain_text("demo")


def test_the_languages_of_track_now_have_names_in_its_form(tab: Open, airflow: Airflow) -> None:
    page = tab().page
    page.goto(f"{airflow.address}/dags/hkpost_track_now")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.get_by_role("dialog").filter(has=page.locator("textarea[name=element_item_nos]"))
    expect(form).to_contain_text("As the connection says")
    expect(form.get_by_text("null", exact=True)).to_have_count(0)
