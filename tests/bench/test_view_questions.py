"""The questions that the views are timed with: each can be asked, and no view is left out."""

from sqlalchemy import text

from bench.views.__main__ import questions
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.view_writer import VIEWS

NOT_ASKED = {"tracking_event_absence", "quality_check"}
"""Not asked by analysts: one is read by the function tracking_event_as_of, the other by each run."""


def test_every_view_has_its_question() -> None:
    asked = {name.split(":")[0] for name in questions()}
    assert asked == {view.stem for view in VIEWS} - NOT_ASKED


def test_an_analyst_may_ask_each_of_them(warehouse_url: str) -> None:
    engine = warehouse_engine(warehouse_url)
    with engine.connect() as connection:
        connection.execute(text("SET ROLE hkpost_analyst"))
        for sql in questions().values():
            connection.execute(text(sql)).all()
    engine.dispose()
