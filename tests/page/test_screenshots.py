"""What the page looks like; with --write-screenshots each view in three languages, on a desk and on a phone."""

import struct
import subprocess
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hkpost.reasons import Reason, Why
from hkpost_local.paths import PROJECT

from .conftest import LANGUAGES, PHONE, WIDE, Airflow, Tab

IMAGES = PROJECT / "docs" / "images"
WHOLE = ("today", "item")
"""Views of which a picture shows more than the first screen."""
DARK = ("zh-Hant",)
"""Languages whose pictures are dark."""
USUAL_REJECTS = (
    ("open_items", "RB12345678HK0001", Reason(Why.NOT_ASKED, (), Reason(Why.TOO_LONG, ("16", "13"))), 5),
    ("track_now", "Item No", Reason(Why.NOT_ASKED, (), Reason(Why.NO_DIGITS)), 60),
    ("load", "EA716955319HK", Reason(Why.MILESTONE_WORDING), 120),
)
"""From where, of what, why, and how many minutes ago."""
ZONE = "localStorage.setItem('timezone', 'Asia/Hong_Kong')"


def chinese_fonts() -> str:
    """The fonts with Chinese that the browser finds; without any it draws boxes."""
    return subprocess.run(("fc-list", ":lang=zh-tw"), capture_output=True, text=True, check=True).stdout


def parts(airflow: Airflow) -> dict[str, str]:
    """What the address of each view names: things that are worth looking at."""
    [item] = airflow.rows(
        "SELECT item_no FROM hkpost.item_forecast JOIN hkpost.item_promise USING (item_no)"
        " WHERE p90_at IS NOT NULL AND status = 'at_risk' ORDER BY item_no LIMIT 1"
    ) or airflow.rows("SELECT min(item_no) AS item_no FROM hkpost.mail_item WHERE state = 'in_transit'")
    pasted = airflow.value(
        "SELECT string_agg(item_no, ',') FROM (SELECT item_no FROM hkpost.mail_item LIMIT 4) AS f"
    )
    return {
        "today": "",
        "items": "items?group=stuck",
        "item": f"item/{item['item_no']}",
        "find": f"find?q={pasted},RR999999996HK,hello",
        "rejected": "rejected",
    }


def test_a_picture_of_the_page_is_as_wide_as_its_window(
    tab: Callable[..., Tab], airflow: Airflow, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if is_kept := request.config.getoption("--write-screenshots"):
        assert chinese_fonts(), "a font with Chinese is needed for the pictures: Debian's fonts-noto-cjk"
        airflow.system.api.pause("hkpost_track_now", paused=False)
        airflow.execute("DELETE FROM hkpost.rejected_record")
        for source, item_no, reason, minutes in USUAL_REJECTS:
            airflow.execute(
                "INSERT INTO hkpost.rejected_record"
                " (source, account, item_no, reason, reason_code, reason_values, last_at)"
                " VALUES (:source, 'hkpost_default', :item_no, :reason, :reason_code, :reason_values,"
                " now() - make_interval(mins => :minutes))",
                source=source,
                item_no=item_no,
                minutes=minutes,
                **reason.columns(),
            )
    views = parts(airflow)
    for view, width, language in (
        product(views, (WIDE, PHONE), LANGUAGES)
        if is_kept
        else [("today", WIDE, "en"), ("item", PHONE, "en")]
    ):
        opened = tab(width, scheme="dark" if language in DARK else "light", language=language)
        opened.page.add_init_script(ZONE)
        page = opened.open(views[view])
        if view == "today":
            expect(page.locator("canvas[data-drawn]")).to_have_count(2)
        name = "-".join([view, *["phone"] * (width == PHONE), *[language] * (language != "en")])
        image = page.screenshot(
            path=(IMAGES if is_kept else tmp_path) / f"{name}.png", full_page=view in WHOLE
        )
        assert struct.unpack(">I", image[16:20]) == (width,)
        page.close()
