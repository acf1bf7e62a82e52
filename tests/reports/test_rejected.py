import csv
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from hkpost.reports.item import item
from hkpost.reports.paging import PAGE_ROWS, UnknownPage
from hkpost.reports.rejected import rejected_csv, rejected_page
from hkpost.reports.spreadsheet import safe_cell
from tests.helpers.warehouse_by_hand import Warehouse


def read_csv(engine: Engine, language: str = "en") -> list[dict[str, str]]:
    with rejected_csv(engine, ZoneInfo("Asia/Tokyo"), language) as file:
        text = file.read().decode()
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))


def test_the_pages_of_the_rejects_hold_every_one_once_the_latest_first(
    engine: Engine, warehouse: Warehouse
) -> None:
    assert (rejected_page(engine)["rows"], rejected_page(engine)["next"]) == ([], "")
    warehouse.run(  # many share an instant: their order of coming decides between them
        "INSERT INTO hkpost.rejected_record (source, item_no, reason, last_at)"
        " SELECT 'load', n, 'why', now() - make_interval(mins => n / 40) FROM generate_series(1, :rows) AS n",
        rows=2 * PAGE_ROWS + 7,
    )
    met: list[str] = []
    mark = ""
    while True:
        shown = rejected_page(engine, mark)
        met += [row["item_no"] for row in shown["rows"]]
        mark = shown["next"]
        if not mark:
            break
    assert sorted(met, key=int) == [str(n) for n in range(1, 2 * PAGE_ROWS + 8)]
    assert [row["Item number"] for row in read_csv(engine)] == met


@pytest.mark.parametrize("mark", ["nonsense", '["nonsense", "x"]', "[1]"])
def test_a_mark_that_was_never_given_out_is_refused(engine: Engine, mark: str) -> None:
    with pytest.raises(UnknownPage, match="begin at the first"):
        rejected_page(engine, mark)


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
    [row] = read_csv(engine)
    assert (row["Item number"], row["Reason"]) == ("'=1+1", '\'@evil, "two"')


def test_the_csv_is_in_the_readers_language_and_on_the_readers_clock(
    engine: Engine, warehouse: Warehouse
) -> None:
    warehouse.run(
        "INSERT INTO hkpost.rejected_record (source, item_no, reason, reason_code, reason_values, last_at) VALUES"
        " ('track_now', 'hello', 'not asked: x', 'not_asked', ARRAY['no_digit'], '2026-03-01 15:30:45.123+00'),"
        " ('load', 'old', 'before codes', NULL, NULL, '2026-02-28 15:30+00')"
    )
    assert [
        (row["最近遇見 (Asia/Tokyo)"], row["來源"], row["原因"]) for row in read_csv(engine, "zh-Hant")
    ] == [
        ("2026-03-02 00:30", "即時查詢", "沒有查詢：當中沒有數字，是文字而非郵件編號"),
        ("2026-03-01 00:30", "回覆", "before codes"),
    ]


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
