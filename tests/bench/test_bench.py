"""`make bench` in its smallest size: every row is there, whatever its figure."""

import re

import pytest

import bench.__main__
from bench.__main__ import PARTS, main
from bench.client.gaps import gaps_of
from bench.client.measure import Case, Result
from bench.client.section import NAMES, cases, too_soon
from bench.table import Section
from hkpost_local.paths import PROJECT

MS = 1_000_000


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> str:
    record = tmp_path_factory.mktemp("bench") / "record.md"
    # What polling measures has a test of its own.
    parts = [part for part in PARTS if part != "polling"]
    assert main(["--tiny", "--save", str(record), "--only", *parts]) == 0
    return record.read_text(encoding="utf-8")


def test_ours_and_the_peers_are_measured_side_by_side(recorded: str) -> None:
    cells = [line.strip("| ").split(" | ") for line in recorded.splitlines()]
    measured = {name: [tuple(row[1:3]) for row in cells if row[0] == name] for name in NAMES.values()}
    assert measured.pop(NAMES["ours"]) == [
        *[("50 ms", "idle"), ("1,500 ms", "idle"), ("300 ms", "idle")],
        ("300 ms", "busy"),
    ]
    assert set(map(tuple, measured.values())) == {(("300 ms", "idle"),)}


def test_the_full_figures_have_ten_thousand_gaps_half_of_them_with_busy_cores() -> None:
    ours = [case for case in cases(1) if (case.client, case.latency_ms) == ("ours", 300)]
    assert [(case.requests - 1, case.busy) for case in ours] == [(5_000, False), (5_000, True)]
    assert {(case.client, case.busy) for case in cases(1)} >= {(c, b) for c in NAMES for b in (False, True)}


def test_every_stage_has_its_figure_and_its_floor(recorded: str) -> None:
    stages = (
        *("parse: lxml.fromstring alone", "parse: ours, to rows", "parse: zeep, to objects", "normalise"),
        *("load: new items", "load: unchanged answers", "load: one item in twenty changed"),
        *("load: one new event an item", "bytes to facts, everything new", "replay: 30 buckets"),
        *("beside new items: zeep and to_sql, bytes to rows", "beside new items: dlt merge, dicts to rows"),
        *("beside new items: dlt merge, arrow to rows", "beside new items: bare COPY of the fact rows"),
    )
    for stage in stages:
        assert f"| {stage} |" in recorded


def test_every_view_and_every_question_of_the_cookbook_was_asked_and_its_plan_kept(recorded: str) -> None:
    views = [f"view {path.stem}" for path in (PROJECT / "include/hkpost/warehouse/views").glob("*.sql")]
    assert all(re.search(rf"^\| {view}\b", recorded, re.MULTILINE) for view in views)
    recipes = re.findall(r"^## (\d+\. .+)$", (PROJECT / "docs/cookbook.md").read_text(), re.MULTILINE)
    for name in (f"cookbook {recipe}" for recipe in recipes):
        assert f"| {name} |" in recorded
        assert f"Plan: {name}<" in recorded


def test_every_route_of_the_page_and_its_first_paint_are_measured(recorded: str) -> None:
    lists = ("items", "items?group=stuck", "items?group=at_risk", "list/rejected")
    charts = ("chart/lead_time", "chart/funnel", "chart/backlog", "chart/pace")
    for what in ("morning", "queue", "lanes", "overview", *charts, *lists, "lookup", "first paint"):
        assert f"| {what} |" in recorded


def test_gaps_are_taken_between_arrivals_in_their_order_by_first_and_by_last_byte() -> None:
    stamps = [(0, 5 * MS), (250 * MS, 251 * MS), (101 * MS, 104 * MS)]
    gaps = gaps_of(stamps)
    assert gaps.count == 2
    assert gaps.min_ms == pytest.approx(101)
    assert gaps.min_last_ms == pytest.approx(99)
    assert gaps.under_limit == 1
    assert gaps.rate == pytest.approx(8)


def test_a_gap_of_ours_under_100_ms_is_a_broken_promise_and_a_peers_is_not() -> None:
    close = gaps_of([(0, 5 * MS), (250 * MS, 251 * MS), (101 * MS, 104 * MS)])
    kept = gaps_of([(0, 0), (100 * MS, 100 * MS), (205 * MS, 205 * MS)])
    results = [
        Result(Case("zeep-async", 300, 3), close, 0.0),
        Result(Case("ours", 1_500, 3), kept, 0.0),
        Result(Case("ours", 300, 3, busy=True), close, 0.0),
    ]
    [line] = too_soon(results)
    assert "300 ms, cores busy: 1 of 2 gaps were under 100 ms" in line


def test_a_broken_promise_is_said_and_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    section = Section("figures", ("client",), [["ours"]], broken=["ours: 1 of 2 gaps were under 100 ms"])
    monkeypatch.setattr(bench.__main__, "measured", lambda *_: [section])
    assert main([]) == 1
    assert "BROKEN PROMISE: ours: 1 of 2 gaps were under 100 ms" in capsys.readouterr().err
