"""`make bench` in its smallest size: every row is there, whatever its figure."""

from pathlib import Path

import pytest

from bench.__main__ import main
from bench.client.gaps import gaps_of
from bench.client.section import NAMES

MS = 1_000_000


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> str:
    record = tmp_path_factory.mktemp("bench") / "record.md"
    assert main(["--tiny", "--save", str(record)]) == 0
    return record.read_text(encoding="utf-8")


def test_ours_and_the_peers_are_measured_side_by_side_with_idle_and_busy_cores(recorded: str) -> None:
    rows = [line for line in recorded.splitlines() if " ms |" in line and "requests" not in line]
    for name in NAMES.values():
        cores = {row.split(" | ")[2] for row in rows if row.startswith(f"| {name} |")}
        assert cores == {"idle", "busy"}
    latencies = [row.split(" | ")[1] for row in rows if row.startswith(f"| {NAMES['ours']} |")]
    assert latencies == ["50 ms", "1,500 ms", "300 ms", "300 ms"]


def test_every_stage_has_its_figure_and_its_floor(recorded: str) -> None:
    stages = (
        *("parse: lxml.fromstring alone", "parse: ours, to rows", "parse: zeep, to objects", "normalise"),
        *("load: new items", "load: unchanged answers", "load: one in twenty changed"),
        "bytes to facts, everything new",
    )
    for stage in stages:
        assert f"| {stage} |" in recorded


def test_every_view_was_asked_and_its_plan_kept(recorded: str) -> None:
    views = {path.stem for path in Path("include/hkpost/warehouse/views").glob("*.sql")}
    for view in views:
        assert f"| view {view} |" in recorded
        assert f"Plan: {view}" in recorded


def test_gaps_are_taken_between_arrivals_in_their_order_by_first_and_by_last_byte() -> None:
    stamps = [(0, 5 * MS), (250 * MS, 251 * MS), (101 * MS, 104 * MS)]
    gaps = gaps_of(stamps)
    assert gaps.count == 2
    assert gaps.min_ms == pytest.approx(101)
    assert gaps.min_last_ms == pytest.approx(99)
    assert gaps.under_limit == 1
    assert gaps.rate == pytest.approx(8)
