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
    "today-dark-zh": (WIDE, "dark", "zh"),
    "today-phone": (PHONE, "light", "en"),
    "item": (WIDE, "light", "en"),
    "item-phone-zh": (PHONE, "dark", "zh"),
    "stuck": (WIDE, "light", "en"),
}


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_of_the_page_is_as_wide_as_its_window(
    tab: Callable[..., Tab], airflow: Airflow, name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    width, scheme, language = SHOTS[name]
    item_no = airflow.value(
        "SELECT min(item_no) FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL"
    )
    parts = {"today": "", "item": f"item/{item_no}", "stuck": "list/stuck"}
    page = tab(width, scheme=scheme, language=language).open(parts[name.partition("-")[0]])
    if name.startswith("today"):
        expect(page.locator("[data-chart][data-drawn] canvas")).to_have_count(4)
    folder = IMAGES if request.config.getoption("--write-screenshots") else tmp_path
    folder.mkdir(exist_ok=True)
    image = page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert struct.unpack(">I", image[16:20]) == (width,)
