"""What the page looks like, at the two widths it is read at; with --write-screenshots into docs/images."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hkpost_local.paths import PROJECT

from .conftest import PHONE, WIDE, Airflow, Tab

IMAGES = PROJECT / "docs" / "images"
SHOTS = {
    "today": (WIDE, "light", "en"),
    "today-dark-zh": (WIDE, "dark", "zh-Hant"),
    "today-phone": (PHONE, "light", "en"),
    "items": (WIDE, "light", "en"),
    "items-phone-zh": (PHONE, "light", "zh-Hans"),
    "item": (WIDE, "light", "en"),
    "item-phone-zh": (PHONE, "dark", "zh-Hant"),
    "find": (WIDE, "light", "en"),
}


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_of_the_page_is_as_wide_as_its_window(
    tab: Callable[..., Tab], airflow: Airflow, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    width, scheme, language = SHOTS[name]
    [item] = airflow.rows(
        "SELECT item_no FROM hkpost.item_forecast JOIN hkpost.mail_item USING (item_no)"
        " WHERE p90_at IS NOT NULL ORDER BY event_count DESC, item_no LIMIT 1"
    ) or airflow.rows("SELECT min(item_no) AS item_no FROM hkpost.mail_item WHERE state = 'arrived'")
    pasted = airflow.value(
        "SELECT string_agg(item_no, ',') FROM (SELECT item_no FROM hkpost.mail_item LIMIT 4) AS f"
    )
    parts = {
        "today": "",
        "items": "items?group=stuck",
        "item": f"item/{item['item_no']}",
        "find": f"find?q={pasted},RR999999996HK,hello",
    }
    page = tab(width, scheme=scheme, language=language).open(parts[name.partition("-")[0]])
    if name.startswith("today"):
        expect(page.locator("canvas[data-drawn]")).to_have_count(2)
    is_whole = name in ("today", "item", "item-phone-zh")
    folder = IMAGES if request.config.getoption("--write-screenshots") else tmp_path
    folder.mkdir(exist_ok=True)
    image = page.screenshot(path=folder / f"{name}.png", full_page=is_whole)
    assert struct.unpack(">I", image[16:20]) == (width,)
