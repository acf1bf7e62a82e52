"""The drawing in docs/architecture.md is that of the code, and no arrow in it runs upwards."""

import pytest

from hkpost_local.room_sizes import comparison
from hkpost_local.rooms import drawing, floors, imports

from .conftest import PROJECT

ARCHITECTURE = PROJECT / "docs" / "architecture.md"
BEGIN, END = "<!-- rooms: written from the code -->\n", "<!-- end of rooms -->"
SIZES = "<!-- sizes: written from the code -->\n"


def test_the_drawing_of_the_rooms_is_that_of_the_code(request: pytest.FixtureRequest) -> None:
    before, rest = ARCHITECTURE.read_text(encoding="utf-8").split(BEGIN)
    drawn, after = rest.split(END)
    if request.config.getoption("--write-docs"):
        after = after.partition(SIZES)[0] + SIZES + comparison()
        ARCHITECTURE.write_text(before + BEGIN + drawing() + END + after, encoding="utf-8")
        return
    assert drawn == drawing(), "make test ARGS='tests/docs --write-docs' writes it again"


def test_no_room_imports_one_on_its_own_floor_or_above() -> None:
    floor_of = {room: number for number, floor in enumerate(floors()) for room in floor}
    assert [(start, to) for start, to in imports() if floor_of[to] <= floor_of[start]] == []
