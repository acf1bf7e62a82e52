"""One box for any number or reference, and the unknown ones asked about at once."""

from collections.abc import Callable

import httpx
import jwt
from playwright.sync_api import BrowserContext, Page, expect

from hkpost_local.airflow_settings import UI_USER

from .conftest import PATIENCE_MS, Airflow, Tab

Open = Callable[..., Tab]


def searched(page: Page, words: str) -> None:
    page.get_by_role("searchbox").fill(words)
    page.get_by_role("searchbox").press("Enter")


def test_one_number_in_any_form_or_an_order_reference_leads_to_its_item(tab: Open, airflow: Airflow) -> None:
    [row, *_] = airflow.rows(
        "SELECT min(item_no) AS item_no, source_ref FROM hkpost.mail_item WHERE source_ref IS NOT NULL"
        " GROUP BY source_ref HAVING count(*) = 1 LIMIT 1"
    )
    item_no = str(row["item_no"])
    page = tab().open()
    for words in (
        f" {item_no[:2]} {item_no[2:6]}-{item_no[6:]}".lower(),
        str(row["source_ref"]),
        str(row["source_ref"]).lower(),
    ):
        searched(page, words)
        page.wait_for_url(f"**/#/item/{item_no}")
        expect(page.locator("h1")).to_have_text(item_no)
        page.goto(page.url.partition("#")[0] + "#/")


def test_blanks_ask_nothing(tab: Open) -> None:
    page = tab().open()
    searched(page, "   ")
    expect(page.locator(".morning")).to_be_visible()


def test_many_pieces_become_a_table_and_what_is_none_is_said_with_why(tab: Open, airflow: Airflow) -> None:
    found = [
        str(row["item_no"]) for row in airflow.rows("SELECT item_no FROM hkpost.mail_item ORDER BY 1 LIMIT 3")
    ]
    page = tab().open("find")
    page.get_by_label("Item numbers or order references").fill("\n".join([*found, "RR999999996HK", "hello"]))
    page.locator("main").get_by_role("button", name="Find").click()
    for item_no in found:
        expect(page.locator("main table").get_by_role("link", name=item_no)).to_be_visible()
    expect(page.locator(".untracked")).to_contain_text("RR999999996HK")
    expect(page.locator(".unknown")).to_contain_text("hello")
    page.reload()
    expect(page.locator("main table").get_by_role("link", name=found[0])).to_be_visible()


def test_an_untracked_number_is_asked_about_in_place_and_its_answer_shown(
    tab: Open, airflow: Airflow
) -> None:
    [row] = airflow.rows(
        "SELECT item_no FROM hkpost.mail_item WHERE state = 'in_transit' AND event_count > 2"
        " AND item_no NOT IN (SELECT item_no FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL)"
        " ORDER BY item_no DESC LIMIT 1"
    )
    item_no = str(row["item_no"])
    for table in (
        "fact_tracking_event",
        "tracking_event_change",
        "item_state_change",
        "item_journey",
        "mail_item",
    ):
        airflow.execute(f"DELETE FROM hkpost.{table} WHERE item_no = :i", i=item_no)
    page = tab().open("find")
    page.get_by_label("Item numbers or order references").fill(item_no.lower())
    page.locator("main").get_by_role("button", name="Find").click()
    expect(page.locator(".untracked")).to_contain_text(item_no)
    page.locator(".untracked").get_by_role("button").click()
    expect(page.locator(".untracked")).to_contain_text("Asking about 1")
    expect(page.locator(".untracked")).to_contain_text("Answered", timeout=2 * PATIENCE_MS)
    found = page.locator("main table").get_by_role("row").filter(has_text=item_no)
    expect(found).to_contain_text("In transit")
    assert airflow.value("SELECT count(*) FROM hkpost.fact_tracking_event WHERE item_no = :i", i=item_no)


def viewers_token(airflow: Airflow) -> str:
    """A token of a user who may read and no more, as Airflow gives it: signed like the administrator's."""
    body = {"username": UI_USER, "password": airflow.password}
    given = httpx.post(f"{airflow.address}/auth/token", json=body).json()["access_token"]
    claims = jwt.decode(given, options={"verify_signature": False}) | {"sub": "viewer", "role": "viewer"}
    secret = airflow.system.secrets.jwt_secret
    return jwt.encode(claims, secret, algorithm=jwt.get_unverified_header(given)["alg"])


def test_a_viewer_reads_all_and_sees_no_button_that_asks(
    airflow: Airflow, new_context: Callable[..., BrowserContext]
) -> None:
    token = viewers_token(airflow)
    item_no = str(airflow.value("SELECT min(item_no) FROM hkpost.mail_item WHERE is_open"))
    context = new_context("en", None)
    try:
        context.add_cookies([{"name": "_token", "value": token, "url": airflow.address}])
        page = context.new_page()
        for part, heading in ((f"item/{item_no}", item_no), (f"find?q={item_no},RR999999996HK", "Find")):
            page.goto(f"{airflow.address}/hkpost/#/{part}")
            expect(page.locator("h1")).to_have_text(heading)
            page.wait_for_load_state("networkidle")
            expect(page.locator("main")).to_contain_text(item_no)
            expect(page.get_by_role("button", name="ask", exact=False)).to_have_count(0)
    finally:
        context.close()
    answer = httpx.post(
        f"{airflow.address}/api/v2/dags/hkpost_track_now/dagRuns",
        json={"logical_date": None},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 403


def test_several_numbers_in_one_line_and_the_beginning_of_one_are_found(tab: Open, airflow: Airflow) -> None:
    first, second = (
        str(row["item_no"]) for row in airflow.rows("SELECT item_no FROM hkpost.mail_item ORDER BY 1 LIMIT 2")
    )
    page = tab().open()
    searched(page, f"{first} {second}")
    for item_no in (first, second):
        expect(page.locator("main table").get_by_role("link", name=item_no)).to_be_visible()
    searched(page, first[:11].lower())
    page.wait_for_url(f"**/#/item/{first}")
    expect(page.locator("h1")).to_have_text(first)


def test_where_asking_now_is_paused_the_button_says_so_and_switches_it_on(
    tab: Open, airflow: Airflow
) -> None:
    item_no = str(airflow.value("SELECT max(item_no) FROM hkpost.mail_item WHERE state = 'arrived'"))
    airflow.system.api.pause("hkpost_track_now", paused=True)
    page = tab().open(f"item/{item_no}")
    page.get_by_role("button", name="Switch on hkpost_track_now and ask").click()
    expect(page.locator(".ask")).to_contain_text(
        "Answered; what it says is shown here.", timeout=2 * PATIENCE_MS
    )
    expect(page.locator(".ask").get_by_role("button")).to_have_text("Ask now")
