"""The page within Airflow: its address, title, language and theme, what is announced, and that its files never mix."""

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Route, expect

from hkpost_airflow.page.files import DIGEST
from hkpost_local.airflow_settings import UI_USER

from .conftest import Airflow, Tab

Open = Callable[..., Tab]


def test_the_page_is_in_airflows_navigation_and_leads_back_to_its_pages(tab: Open, airflow: Airflow) -> None:
    page = tab().page
    page.goto(airflow.address)
    page.get_by_role("link", name="HKPost", exact=True).click()
    page.wait_for_url("**/plugin/hkpost**")
    frame = page.frame_locator("iframe[title=HKPost]")
    frame.locator("[data-part=runs] summary").click()
    frame.get_by_role("link", name="hkpost_tracking").first.click()
    page.wait_for_url("**/dags/hkpost_tracking/runs/**")


def test_the_address_within_airflow_names_what_is_shown_and_a_reload_shows_it_again(
    tab: Open, airflow: Airflow
) -> None:
    page = tab().page
    page.goto(f"{airflow.address}/plugin/hkpost")
    frame = page.frame_locator("iframe")
    frame.get_by_role("link", name="Items").click()
    frame.get_by_role("link", name="Expired").click()
    expect(page).to_have_url(re.compile(r"/plugin/hkpost.*#/items\?group=expired$"))
    expect(page).to_have_title("Expired · HKPost mail tracking")
    page.reload()
    expect(frame.get_by_role("heading", name="Expired")).to_be_visible()


def test_a_login_that_has_ended_is_said_with_the_way_to_sign_in_and_back(tab: Open, airflow: Airflow) -> None:
    opened = tab(alone=True)
    page = opened.open("rejected")
    page.context.clear_cookies()
    page.get_by_role("link", name="Items", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Your login to Airflow has ended.")
    page.get_by_role("link", name="Sign in again").click()
    page.fill("input[name=username]", UI_USER)
    page.fill("input[name=password]", airflow.password)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Open items")
    expect(page.locator("tbody tr").first).to_be_visible()
    opened.complaints[:] = [said for said in opened.complaints if "401" not in said]


def test_another_view_has_its_title_takes_the_focus_and_is_announced(tab: Open) -> None:
    page = tab().open()
    page.get_by_role("link", name="Items", exact=True).click()
    expect(page.locator("h1")).to_have_text("Open items")
    expect(page.locator("h1")).to_be_focused()
    expect(page.locator("body > [role=status]")).to_have_text("Open items")
    expect(page).to_have_title("Open items · HKPost mail tracking")


def test_what_another_tab_stores_leaves_what_is_typed_and_asks_nothing(tab: Open) -> None:
    page = tab().open()
    page.get_by_role("searchbox").fill("RB12")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    other = page.context.new_page()
    other.goto(page.url.replace("#/", "#/rejected"))
    other.evaluate("localStorage.setItem('somebody-elses', 'value')")
    other.evaluate("localStorage.setItem('theme', 'dark')")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("searchbox")).to_have_value("RB12")
    assert asked == []


def test_the_language_is_airflows_until_it_is_chosen_here_and_the_choice_stays(tab: Open) -> None:
    page = tab(language="zh-Hans").open("rejected")
    expect(page.locator("h1")).to_have_text("未能使用")
    expect(page.locator(".brand")).to_have_text("香港邮政邮件追踪")
    for name, tag, title in (
        ("繁體中文", "zh-Hant", "香港郵政郵件追蹤"),
        ("English", "en", "HKPost mail tracking"),
    ):
        page.get_by_role("button", name=name).click()
        expect(page.locator(".brand")).to_have_text(title)
        expect(page.locator("html")).to_have_attribute("lang", tag)
    page.reload()
    expect(page.locator(".brand")).to_have_text("HKPost mail tracking")
    assert page.evaluate("localStorage.getItem('hkpost-language')") == "en"


def test_a_word_that_is_missing_is_shown_by_its_key(tab: Open) -> None:
    page = tab().open("rejected")
    said = page.evaluate(f"import('./static/{DIGEST}/language.js').then(({{word}}) => word('no_such_word'))")
    assert said == "no_such_word"


def test_light_and_dark_follow_airflow_else_the_system(tab: Open) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = tab(scheme="light").open("rejected"), tab(scheme="dark").open("rejected")
    assert light.evaluate(ground) != dark.evaluate(ground)
    light.evaluate("localStorage.setItem('theme', 'dark')")
    light.reload()
    light.wait_for_selector("html[data-theme=dark]")
    assert light.evaluate(ground) == dark.evaluate(ground)


def test_old_files_and_new_never_meet(tab: Open, airflow: Airflow) -> None:
    page = tab().open("rejected")
    cookies = {str(cookie["name"]): str(cookie["value"]) for cookie in page.context.cookies()}
    with httpx.Client(base_url=f"{airflow.address}/hkpost/", cookies=cookies) as client:
        kept = client.get(f"static/{DIGEST}/main.js")
        assert kept.status_code == 200
        assert kept.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert client.get("static/0123456789ab/main.js").status_code == 404
        assert client.get("").headers["Cache-Control"] == "private, no-store"
    loaded = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    assert {url.split("/static/")[1].partition("/")[0] for url in loaded if "/static/" in url} == {DIGEST}


def test_airflows_home_has_no_plugin_that_could_not_be_imported(tab: Open, airflow: Airflow) -> None:
    page = tab().page
    with page.expect_response("**/api/v2/plugins/importErrors*") as answered:
        page.goto(f"{airflow.address}/")
    assert answered.value.json()["import_errors"] == []
    expect(page.get_by_role("link", name="HKPost", exact=True)).to_be_visible()
    expect(page.get_by_text("Plugin Import Error")).to_have_count(0)


def test_a_view_that_takes_long_says_so_under_its_own_heading(tab: Open) -> None:
    page = tab().open()
    held: list[Route] = []
    page.route("**/api/list/rejected*", lambda route: held.append(route))
    page.get_by_role("link", name="Rejected", exact=True).click()
    expect(page.locator("h1")).to_have_text("Rejected")
    expect(page.locator("main [aria-busy=true]")).to_have_text("Loading …")
    expect(page.locator(".morning")).to_have_count(0)
    held[0].continue_()
    expect(page.locator("tbody tr").first).to_be_visible()
