"""What could not be used is kept once, with how often and when last, and goes for age."""

import pytest

from hkpost.warehouse.maintenance.daily import apply_retention
from tests.helpers.answers_by_hand import HK, POSTED, POSTING, LoadedWarehouse, answer_xml, event, item_answer
from tests.helpers.replaying import replay

ITEM, OTHER = "RB000000010HK", "RB000000023HK"


def unreadable(number: int) -> str:
    return f"99-99-2026 {number:05d}"


def test_the_same_reject_of_the_same_item_is_one_row_that_counts(warehouse: LoadedWarehouse) -> None:
    for _ in range(3):
        warehouse.answer(item_answer(ITEM, status=9998), item_answer(OTHER, status=9998))
    rows = warehouse.rows("SELECT * FROM hkpost.rejected_record ORDER BY item_no")
    assert [(row["item_no"], row["times"]) for row in rows] == [(ITEM, 3), (OTHER, 3)]
    assert {row["call_id"] for row in rows} == {warehouse.value("SELECT max(call_id) FROM hkpost.api_call")}
    assert all(row["rejected_at"] < row["last_at"] for row in rows)


@pytest.mark.parametrize("is_same", [True, False])
def test_thousands_of_bad_events_in_an_answer_give_few_rows_that_count_all(
    warehouse: LoadedWarehouse, is_same: bool
) -> None:
    for answer in range(3):
        bad = [
            event(unreadable(answer if is_same else answer * 2_000 + number), POSTED, HK)
            for number in range(2_000)
        ]
        warehouse.answer(item_answer(ITEM, POSTING, *bad))
    counted = warehouse.row("SELECT count(*) AS rows, sum(times) AS times FROM hkpost.rejected_record")
    assert counted["rows"] == 3 if is_same else counted["rows"] < 100
    assert counted["times"] == 6_000


def test_different_pieces_of_an_item_are_kept_each(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, event(unreadable(1), POSTED, HK)))
    warehouse.answer(
        item_answer(ITEM, POSTING, event(unreadable(1), POSTED, HK), event(unreadable(2), POSTED, HK))
    )
    pieces = warehouse.rows("SELECT raw_fragment, times FROM hkpost.rejected_record ORDER BY raw_fragment")
    assert [(row["raw_fragment"], row["times"]) for row in pieces] == [(unreadable(1), 1), (unreadable(2), 1)]


def test_what_concerns_no_item_is_kept_for_each_answer(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    calls = [warehouse.archive([ITEM], answer_xml([item_answer(ITEM, POSTING)], count=30)) for _ in range(2)]
    warehouse.load()
    rows = warehouse.rows("SELECT call_id, times FROM hkpost.rejected_record ORDER BY call_id")
    assert [(row["call_id"], row["times"]) for row in rows] == [(call_id, 1) for call_id in calls]


def test_a_replay_repeats_and_counts_nothing(warehouse: LoadedWarehouse) -> None:
    for _ in range(2):
        warehouse.answer(
            item_answer(ITEM, POSTING, event(unreadable(1), POSTED, HK)), item_answer(OTHER, status=9998)
        )
    warehouse.ask([ITEM], item_answer("X" * 20, POSTING))
    before = warehouse.rows("SELECT * FROM hkpost.rejected_record ORDER BY rejected_id")
    replay(warehouse.engine)
    assert warehouse.rows("SELECT * FROM hkpost.rejected_record ORDER BY rejected_id") == before


def test_rejects_are_dropped_when_they_were_met_long_ago(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, status=9998), item_answer(OTHER, status=9998))
    warehouse.run("UPDATE hkpost.rejected_record SET rejected_at = now() - interval '500 days'")
    warehouse.run(
        "UPDATE hkpost.rejected_record SET last_at = now() - interval '401 days' WHERE item_no = :no", no=ITEM
    )
    apply_retention(warehouse.engine)
    assert warehouse.value("SELECT item_no FROM hkpost.rejected_record") == OTHER
    warehouse.run("UPDATE hkpost.setting SET value = '0' WHERE name = 'rejected_days'")
    apply_retention(warehouse.engine)
    assert warehouse.reasons() == []
