"""What was known at an instant: `hkpost.tracking_event_as_of`."""

from datetime import datetime, timedelta

from hkpost.ecship.rows import ReportedEvent, Texts
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERY,
    HK,
    POSTED,
    POSTING,
    LoadedWarehouse,
    event,
    item_answer,
)

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"
A_MOMENT = timedelta(microseconds=1)


def days(warehouse: LoadedWarehouse, at: datetime, item_no: str = ITEM) -> list[str]:
    """The local days of the events known at an instant, oldest first; numbered without a gap."""
    rows = warehouse.rows(
        "SELECT sequence_no, event_date FROM hkpost.tracking_event_as_of(:at) WHERE item_no = :no"
        " ORDER BY sequence_no",
        at=at,
        no=item_no,
    )
    assert [row["sequence_no"] for row in rows] == list(range(1, len(rows) + 1))
    return [f"{row['event_date']:%d-%m}" for row in rows]


def test_an_event_is_known_from_the_answer_that_first_had_it(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING))
    posted = warehouse.at
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL), item_answer(OTHER, ARRIVAL))
    arrived = warehouse.at
    assert days(warehouse, posted - A_MOMENT) == []
    assert days(warehouse, posted) == days(warehouse, arrived - A_MOMENT) == ["20-02"]
    assert days(warehouse, arrived) == ["20-02", "25-02"]
    assert (days(warehouse, posted, OTHER), days(warehouse, arrived, OTHER)) == ([], ["25-02"])


def test_a_retracted_event_is_not_known_until_it_returns_however_often(warehouse: LoadedWarehouse) -> None:
    both, one = (POSTING, ARRIVAL), (POSTING,)
    known = {}
    for history in (both, one, both, one, (*both, DELIVERY), (ARRIVAL,), both):
        warehouse.answer(item_answer(ITEM, *history))
        known[warehouse.at] = [e.event_date_time[:5] for e in history]
    assert {at: days(warehouse, at) for at in known} == known
    assert {at: days(warehouse, at + timedelta(minutes=59)) for at in known} == known
    absences = warehouse.rows(
        "SELECT retracted_at, returned_at FROM hkpost.tracking_event_absence WHERE item_no = :no"
        " ORDER BY retracted_at, returned_at",
        no=ITEM,
    )
    at = list(known)
    assert [(row["retracted_at"], row["returned_at"]) for row in absences] == [
        (at[1], at[2]),
        (at[3], at[4]),
        (at[5], at[6]),
        (at[5], None),
    ]


def test_errors_and_empty_answers_take_away_nothing(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    for answer in (
        item_answer(ITEM),
        item_answer(ITEM, status=1001),
        item_answer(ITEM, status=1003),
        item_answer(ITEM, status=9999),
    ):
        warehouse.answer(answer)
        assert days(warehouse, warehouse.at) == ["20-02", "25-02"]


def test_now_it_is_the_view_tracking_event(warehouse: LoadedWarehouse) -> None:
    message = Texts(f"The item ( {ITEM} ) left Hong Kong for its destination on  10-Oct-2025 ")
    undated = event("soon", POSTED)
    warehouse.answer(
        item_answer(ITEM, POSTING, ARRIVAL, undated, event("26-02-2026 00:00", message)),
        item_answer(OTHER, POSTING),
    )
    warehouse.answer(item_answer(ITEM, POSTING, undated, event("26-02-2026 00:00", message)))
    now = warehouse.rows("SELECT * FROM hkpost.tracking_event_as_of(now()) ORDER BY item_no, sequence_no")
    assert now == warehouse.rows("SELECT * FROM hkpost.tracking_event ORDER BY item_no, sequence_no")
    assert [list(row) for row in now[:1]] == [list(row) for row in warehouse.events(ITEM)[:1]], "same columns"
    assert len(now) == 4


def test_a_text_or_place_learned_later_is_told_of_the_past_too(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, ReportedEvent("20-02-2026 09:30", message=Texts(e=POSTED.e))))
    before = warehouse.at
    warehouse.answer(item_answer(ITEM, ReportedEvent("20-02-2026 09:30", *HK, POSTED)))
    row = warehouse.row("SELECT message_c, location_e FROM hkpost.tracking_event_as_of(:at)", at=before)
    assert (row["message_c"], row["location_e"]) == (POSTED.c, HK[1].e)


def plan(warehouse: LoadedWarehouse, columns: str) -> str:
    """How PostgreSQL goes about finding one item's recent events as of an instant, for an analyst."""
    with warehouse.engine.begin() as connection:
        run = connection.exec_driver_sql
        run("SET LOCAL enable_seqscan = off")  # so few rows are read whole otherwise
        run("SET LOCAL ROLE hkpost_analyst")
        rows = run(
            f"EXPLAIN SELECT {columns} FROM hkpost.tracking_event_as_of('2026-03-02 08:00+00')"
            f" WHERE item_no = '{ITEM}' AND event_date >= '2026-02-01'"
        )
        return "\n".join(row[0] for row in rows)


def test_one_item_is_found_by_the_indexes(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL), item_answer(OTHER, POSTING))
    warehouse.answer(item_answer(ITEM, POSTING), item_answer(OTHER, POSTING))
    whole = plan(warehouse, "*")
    assert "Function Scan" not in whole, "the function is part of the query"
    assert f"Index Cond: (((item_no)::text = '{ITEM}'::text) AND (event_date >= '2026-02-01'::date))" in whole
    for table in ("fact_tracking_event", "tracking_event_change"):
        assert f"Seq Scan on {table}" not in whole
    assert "fact_tracking_event_y2026m01" not in plan(warehouse, "message_e"), (
        "partitions before are left out"
    )
