import csv
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from hkpost.reports.item import item, search
from hkpost.reports.lists import LISTS, PAGE_ROWS, UnknownPage, csv_file, page
from hkpost.reports.spreadsheet import safe_cell
from hkpost.warehouse.facts.journeys import rebuild_journeys
from tests.helpers.warehouse_by_hand import Warehouse


def read_csv(engine: Engine, name: str) -> list[dict[str, str]]:
    with csv_file(engine, name) as file:
        text = file.read().decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_has_its_columns_and_no_next_page(engine: Engine, name: str) -> None:
    shown = page(engine, name)
    assert shown["rows"] == []
    assert shown["next"] == ""
    assert len(shown["columns"]) > 3
    assert not {"page_value", "page_key"} & set(shown["columns"])


def test_the_pages_of_a_list_hold_every_row_once_the_latest_first(
    engine: Engine, warehouse: Warehouse
) -> None:
    now = datetime.now(UTC)
    numbers = [f"RB{number:09d}HK" for number in range(2 * PAGE_ROWS + 7)]
    for place, number in enumerate(numbers):  # many share an instant: the number decides between them
        closed_at = now - timedelta(minutes=place // 40)
        warehouse.item(number, state="expired", closed_at=closed_at, close_reason="expired")
    met, mark = [], ""
    while True:
        shown = page(engine, "expired", mark)
        met += [row["item_no"] for row in shown["rows"]]
        mark = shown["next"]
        if not mark:
            break
    assert sorted(met) == numbers
    closed = [row["closed_at"] for row in read_csv(engine, "expired")]
    assert closed == sorted(closed, reverse=True)
    assert len(closed) == len(numbers)


@pytest.mark.parametrize("mark", ["nonsense", '["nonsense", "x"]', "[1]"])
def test_a_mark_that_was_never_given_out_is_refused(engine: Engine, mark: str) -> None:
    with pytest.raises(UnknownPage, match="begin at the first"):
        page(engine, "expired", mark)


def test_stuck_items_are_the_worst_first(engine: Engine, warehouse: Warehouse) -> None:
    now = datetime.now(UTC)
    for number, days in (("A", 30), ("B", 90), ("C", 1)):
        warehouse.item(number, state="in_transit", last_event_at=now - timedelta(days=days))
        warehouse.event(number, f"{now - timedelta(days=days):%Y-%m-%d %H:%M}", "EMC", sequence_no=1)
    with engine.begin() as connection:
        rebuild_journeys(connection)
    assert [row["item_no"] for row in page(engine, "stuck")["rows"]] == ["B", "A"]


def test_rejected_records_are_told_with_their_reason(engine: Engine, warehouse: Warehouse) -> None:
    warehouse.run("INSERT INTO hkpost.rejected_record (source, item_no, reason) VALUES ('load', 'X', 'why')")
    assert [(row["item_no"], row["reason"]) for row in page(engine, "rejected")["rows"]] == [("X", "why")]


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1+1", "'  =1+1"),
        ("\u3000+1", "'\u3000+1"),
        ("＝1+1", "'＝1+1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ("RB123456785HK", "RB123456785HK"),
        (-1, -1),
        (None, None),
    ],
)
def test_no_cell_is_a_formula_to_a_spreadsheet(cell: object, safe: object) -> None:
    assert safe_cell(cell) == safe


def test_a_reason_that_looks_like_a_formula_is_defused_in_the_csv(
    engine: Engine, warehouse: Warehouse
) -> None:
    warehouse.run(
        "INSERT INTO hkpost.rejected_record (source, item_no, reason) VALUES ('load', '=1+1', '@evil, \"two\"')"
    )
    [row] = read_csv(engine, "rejected")
    assert (row["item_no"], row["reason"]) == ("'=1+1", '\'@evil, "two"')


def test_an_item_is_shown_with_all_that_is_known_of_it(engine: Engine, warehouse: Warehouse) -> None:
    now = datetime.now(UTC)
    warehouse.item("RB123456785HK", state="in_transit", next_poll_at=now + timedelta(hours=3), api_status=0)
    warehouse.event("RB123456785HK", "2026-03-01 10:00", "EMA", ("Posted", "已投寄", "已投寄"), sequence_no=1)
    warehouse.event("RB123456785HK", "2026-03-02 10:00", "EMC", ("Left", "", ""), retracted_at=now)
    warehouse.run(
        "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome)"
        " VALUES ('a', now(), current_date, 2, ARRAY['RB000000010HK', 'RB123456785HK'], 'answered')"
    )
    seen = item(engine, " rb123456785hk ")
    assert seen is not None
    assert seen["item"]["poll_after"] == timedelta(hours=6)
    assert [(event["message_e"], event["retracted_at"] is None) for event in seen["timeline"]] == [
        ("Left", False),
        ("Posted", True),
    ]
    assert [call["item_count"] for call in seen["requests"]] == [2]
    assert seen["check_digit_holds"]


def test_an_item_answered_1001_is_asked_by_the_rule_for_those_not_found(
    engine: Engine, warehouse: Warehouse
) -> None:
    warehouse.item("RB123456785HK", api_status=1001)
    seen = item(engine, "RB123456785HK")
    assert seen is not None
    assert seen["item"]["poll_after"] == timedelta(hours=12)


def test_an_item_that_is_not_tracked_is_none(engine: Engine) -> None:
    assert item(engine, "RB123456785HK") is None


@pytest.mark.parametrize(
    "words",
    [
        *("RB123456785HK", "rb 123 456 785 hk", " RB123456785HK\n", "RB-1234-5678-5HK", "RB12345", "rb 12"),
        *("SO 7/1", "so 7/1", " So 7/1 ".upper()),
    ],
)
def test_search_takes_a_number_in_any_form_its_beginning_and_the_order_reference(
    engine: Engine, warehouse: Warehouse, words: str
) -> None:
    warehouse.item("RB123456785HK", source_ref="SO 7/1")
    warehouse.item("RB000000010HK", source_ref="SO 7/12")
    found = search(engine, words)
    assert [row["item_no"] for row in found["rows"]] == ["RB123456785HK"]
    assert found["untracked"] == []


def test_search_takes_several_at_once_and_names_the_numbers_that_are_not_tracked(
    engine: Engine, warehouse: Warehouse
) -> None:
    for item_no, source_ref in (
        ("RB123456785HK", "SO-1"),
        ("RB000000010HK", "SO-2"),
        ("LK000000005HK", "SO-3"),
    ):
        warehouse.item(item_no, source_ref=source_ref)
    found = search(engine, "RB123456785HK, so-2\nRR999999996HK")
    assert {row["item_no"] for row in found["rows"]} == {"RB123456785HK", "RB000000010HK"}
    assert found["untracked"] == ["RR999999996HK"]


@pytest.mark.parametrize("words", ["", "   ", "RB1", "%", "____________"])
def test_what_names_nothing_finds_nothing(engine: Engine, warehouse: Warehouse, words: str) -> None:
    warehouse.item("RB123456785HK", source_ref="")
    assert search(engine, words)["rows"] == []
