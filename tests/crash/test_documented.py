"""docs/crash-safety.md lists the boundaries that are found, all of them and no other."""

from pathlib import Path

import pytest

from tests.crash.conftest import Uninterrupted

DOCS = Path(__file__).parents[2] / "docs" / "crash-safety.md"
FENCE = "```\n"
WRITE = "make test ARGS='tests/crash/test_documented.py --write-docs'"


def test_the_docs_list_the_boundaries_that_are_found(
    uninterrupted: Uninterrupted,
    track_now_uninterrupted: dict[str, Uninterrupted],
    replay_uninterrupted: Uninterrupted,
    pytestconfig: pytest.Config,
) -> None:
    runs = (uninterrupted, *track_now_uninterrupted.values(), replay_uninterrupted)
    found = "".join(f"{what}\n" for what in sorted({what for run in runs for what, _ in run.met}))
    before, listed, after = DOCS.read_text(encoding="utf-8").split(FENCE)
    if pytestconfig.getoption("write_docs"):
        DOCS.write_text(FENCE.join((before, found, after)), encoding="utf-8")
        return
    assert listed == found, f"a statement is new or gone: write the list again with {WRITE}"
