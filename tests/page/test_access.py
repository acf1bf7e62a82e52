"""Everybody can use it: no violation of WCAG 2.2 AA, nothing cut off, and the keyboard is enough."""

from collections.abc import Callable
from typing import cast

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import PHONE, WIDE, Airflow, Scheme, Tab
from .test_item import an_item

Open = Callable[..., Tab]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
SETTINGS = [
    (WIDE, "light", "en"),
    (PHONE, "dark", "zh-Hant"),
    (1920, "light", "zh-Hans"),
    (768, "dark", "en"),
]
OUTSIDE = """width => [...document.querySelectorAll('header *, main *')]
    .filter(e => !e.closest('.scroll') && !e.closest('.chips') && !e.closest('.hidden') && e.getClientRects().length
        && e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize(("width", "scheme", "language"), SETTINGS)
def test_no_view_breaks_wcag_or_is_cut_off(
    tab: Open, airflow: Airflow, width: int, scheme: str, language: str
) -> None:
    opened = tab(width, scheme=cast(Scheme, scheme), language=language)
    for part in (
        "",
        "items?group=stuck",
        f"item/{an_item(airflow)}",
        "find?q=RR999999996HK,hello",
        "rejected",
    ):
        page = opened.open(part)
        page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true; })")
        opened.wait_until_idle()
        found = Axe().run(page, options=RULES).response["violations"]
        broken = [(rule["id"], [node["html"][:90] for node in rule["nodes"]]) for rule in found]
        assert broken == [], part
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, part
        assert page.evaluate(OUTSIDE, width) == [], part
        assert page.evaluate("document.documentElement.lang") == language


def tab_to(page: Page, selector: str, most: int = 60) -> None:
    for _ in range(most):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {selector}")


def test_the_keyboard_is_enough_for_every_task(tab: Open, airflow: Airflow) -> None:
    opened = tab()
    page = opened.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    group = airflow.value(
        "SELECT queue FROM hkpost.queue_item WHERE queue <> 'silent' GROUP BY queue ORDER BY count(*) DESC LIMIT 1"
    )
    tab_to(page, f".groups a[data-group={group}]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#/items?group={group}")
    tab_to(page, "select[name=sort]")
    page.keyboard.type("Item")
    expect(page.locator("select[name=sort]")).to_have_value("item_no")
    tab_to(page, "tbody a")
    item_no = str(page.evaluate("document.activeElement.textContent"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(item_no)
    tab_to(page, ".toggles button")
    page.keyboard.press("Enter")
    expect(page.locator(".toggles button").first).to_have_attribute("aria-pressed", "true")
    opened.open()
    tab_to(page, "#q")
    page.keyboard.type(an_item(airflow))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/#/item/{an_item(airflow)}")
