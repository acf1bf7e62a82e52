"""In Chinese every word of ours is Chinese: what is English is what the service, a database or a person wrote."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from hkpost.reasons import Reason, Why

from .conftest import Airflow, Tab
from .test_words import WORDS

Open = Callable[..., Tab]
FOREIGN = "said in foreign words"
"""What a service or a database says of itself."""
ENGLISH = "an english sentence of ours"
DETAILS = {
    "said": FOREIGN,
    "problem": FOREIGN,
    "undo": "UPDATE hkpost.mail_item SET state = 'in_transit'",
    "outcome": "timeout",
    "reasons": ["expired", "malformed"],
    "run": "scheduled__2026-03-01",
    "tasks": "fetch",
    "since": "2026-03-01T10:00:00+00:00",
    "origin": "HK",
    "destination": "US",
    "service": "R",
}
NUMBERS = (
    *("items", "asked", "answers", "missing", "requests", "used"),
    *("quota", "hours", "percent", "events", "lanes", "before"),
)
ALERTS = [key.removeprefix("says_") for key in WORDS if key.startswith("says_")]
_ENGLISH_TEXTS = r"""() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    const isSentence = (text) => /\b[a-z]{2,}\s+[a-z]{2,}\b/.test(text);
    const isOurs = (node) => node.closest('[lang]').lang.startsWith('zh') && !node.closest('script, style, textarea');
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.nodeType === Node.TEXT_NODE) {
            if (isSentence(node.data) && isOurs(node.parentElement)) found.push(node.data);
        } else if (isOurs(node)) {
            for (const name of ['title', 'aria-label', 'placeholder', 'alt']) {
                if (isSentence(node.getAttribute(name) ?? '')) found.push(node.getAttribute(name));
            }
        }
    }
    return found;
}"""


def reason_of(why: Why) -> Reason:
    """A reason with values in foreign words, and with another one behind it where there is place for one."""
    own = why.sentence.count("{") - ("{why}" in why.sentence)
    return Reason(why, (FOREIGN,) * own, Reason(Why.NO_DIGIT) if "{why}" in why.sentence else None)


@pytest.fixture(scope="module")
def everything(airflow: Airflow) -> Iterator[str]:
    """An alert of each kind, something rejected for each reason, all of them of one item; its number."""
    item_no = str(airflow.value("SELECT min(item_no) FROM hkpost.mail_item WHERE state = 'in_transit'"))
    for name in ALERTS:
        details = json.dumps(DETAILS | dict.fromkeys(NUMBERS, 5))
        airflow.execute(
            "INSERT INTO hkpost.alert (name, account, message, look_with, details)"
            " VALUES (:name, 'test', :message, 'SELECT 1', CAST(:details AS jsonb))",
            name=name,
            message=ENGLISH,
            details=details,
        )
    for why in Why:
        airflow.execute(
            "INSERT INTO hkpost.rejected_record (source, account, item_no, reason, reason_code, reason_values, last_at)"
            " VALUES ('load', 'test', :item_no, :reason, :reason_code, :reason_values, now() + interval '1 hour')",
            item_no=item_no,
            **reason_of(why).columns(),
        )
    yield item_no
    airflow.execute("DELETE FROM hkpost.alert WHERE account = 'test'")
    airflow.execute("DELETE FROM hkpost.rejected_record WHERE account = 'test'")


@pytest.fixture(params=["zh-Hant", "zh-Hans"])
def chinese(request: pytest.FixtureRequest, tab: Open) -> Tab:
    return tab(language=request.param)


def unfolded(page: Page) -> Page:
    """The view with all that is folded in it open."""
    folded = page.locator("details:not([open])")
    while folded.count():  # what is opened may have more of them
        folded.first.evaluate("details => { details.open = true; }")
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    return page


def english(page: Page) -> list[str]:
    """The sentences of ours in a view that are English."""
    return [text for text in page.evaluate(_ENGLISH_TEXTS) if FOREIGN not in text]


def test_an_alert_and_what_to_do_are_chinese_but_for_what_others_said(chinese: Tab, everything: str) -> None:
    page = unfolded(chinese.open())
    expect(page.locator(".needs > li[data-kind]").nth(len(ALERTS) - 1)).to_be_visible()
    assert english(page) == []
    told = set(page.locator(".needs [lang=en]").all_inner_texts())
    assert told <= {FOREIGN, DETAILS["undo"]} and FOREIGN in told


def test_every_reason_of_a_reject_is_chinese_but_for_what_others_said(chinese: Tab, everything: str) -> None:
    page = chinese.open("rejected")
    rows = page.locator("tbody tr").filter(has_text=everything)
    expect(rows).to_have_count(len(Why))
    assert not any(text.isascii() for text in rows.locator("td.wide").all_inner_texts())
    page = unfolded(chinese.open(f"item/{everything}"))
    shown = page.locator("[data-part=rejects] td.wide").all_inner_texts()
    assert len(shown) == len(Why)
    assert not any(text.isascii() for text in shown)


@pytest.mark.parametrize(
    "part",
    [
        "items",
        "items?group=stuck",
        "items?group=at_risk&sort=promised_on",
        "items?group=expired",
        "items?reason=delivered",
        "items?state=nonsense",
        "item/RR000000005HK",
        "find?q=hello%0ARB%20123%20456%2078%20HK%0ARR999999996HK%0AEX12345678901234%0ASO-99",
        "nonsense",
    ],
)
def test_no_view_has_an_english_sentence_of_ours(chinese: Tab, part: str) -> None:
    page = unfolded(chinese.open(part))
    assert english(page) == []
    chinese.complaints[:] = [said for said in chinese.complaints if "status of 40" not in said]


def test_an_item_of_each_state_is_told_in_chinese(chinese: Tab, airflow: Airflow) -> None:
    for row in airflow.rows(
        "SELECT DISTINCT ON (state) state, item_no FROM hkpost.mail_item ORDER BY state, item_no"
    ):
        page = unfolded(chinese.open(f"item/{row['item_no']}"))
        assert english(page) == [], row["state"]
