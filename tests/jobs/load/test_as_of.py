"""What was known at an instant: `hkpost.tracking_event_as_of`."""

from datetime import datetime, timedelta

from hkpost.ecship.rows import ReportedEvent, Texts
from tests.helpers.answers_by_hand import ARRIVAL, DELIVERY, HK, POSTED, POSTING, LoadedWarehouse, event, told

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"
A_MOMENT = timedelta(microseconds=1)


def days(house: LoadedWarehouse, at: datetime, item_no: str = ITEM) -> list[str]:
    """The local days of the events known at an instant, oldest first; numbered without a gap."""
    rows = house.rows(
        "SELECT sequence_no, event_date FROM hkpost.tracking_event_as_of(:at) WHERE item_no = :no"
        " ORDER BY sequence_no",
        at=at,
        no=item_no,
    )
    assert [row["sequence_no"] for row in rows] == list(range(1, len(rows) + 1))
    return [f"{row['event_date']:%d-%m}" for row in rows]


def test_an_event_is_known_from_the_answer_that_first_had_it(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING))
    posted = house.at
    house.answer(told(ITEM, POSTING, ARRIVAL), told(OTHER, ARRIVAL))
    arrived = house.at
    assert days(house, posted - A_MOMENT) == []
    assert days(house, posted) == days(house, arrived - A_MOMENT) == ["20-02"]
    assert days(house, arrived) == ["20-02", "25-02"]
    assert (days(house, posted, OTHER), days(house, arrived, OTHER)) == ([], ["25-02"])


def test_a_retracted_event_is_not_known_until_it_returns_however_often(house: LoadedWarehouse) -> None:
    both, one = (POSTING, ARRIVAL), (POSTING,)
    known = {}
    for history in (both, one, both, one, (*both, DELIVERY), (ARRIVAL,), both):
        house.answer(told(ITEM, *history))
        known[house.at] = [e.event_date_time[:5] for e in history]
    assert {at: days(house, at) for at in known} == known
    assert {at: days(house, at + timedelta(minutes=59)) for at in known} == known
    absences = house.rows(
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


def test_errors_and_empty_answers_take_away_nothing(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL))
    for answer in (told(ITEM), told(ITEM, status=1001), told(ITEM, status=1003), told(ITEM, status=9999)):
        house.answer(answer)
        assert days(house, house.at) == ["20-02", "25-02"]


def test_now_it_is_the_view_tracking_event(house: LoadedWarehouse) -> None:
    message = Texts(f"The item ( {ITEM} ) left Hong Kong for its destination on  10-Oct-2025 ")
    undated = event("soon", POSTED)
    house.answer(
        told(ITEM, POSTING, ARRIVAL, undated, event("26-02-2026 00:00", message)), told(OTHER, POSTING)
    )
    house.answer(told(ITEM, POSTING, undated, event("26-02-2026 00:00", message)))
    now = house.rows("SELECT * FROM hkpost.tracking_event_as_of(now()) ORDER BY item_no, sequence_no")
    assert now == house.rows("SELECT * FROM hkpost.tracking_event ORDER BY item_no, sequence_no")
    assert [list(row) for row in now[:1]] == [list(row) for row in house.events(ITEM)[:1]], "same columns"
    assert len(now) == 4


def test_a_text_or_place_learned_later_is_told_of_the_past_too(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, ReportedEvent("20-02-2026 09:30", message=Texts(e=POSTED.e))))
    before = house.at
    house.answer(told(ITEM, ReportedEvent("20-02-2026 09:30", *HK, POSTED)))
    row = house.row("SELECT message_c, location_e FROM hkpost.tracking_event_as_of(:at)", at=before)
    assert (row["message_c"], row["location_e"]) == (POSTED.c, HK[1].e)


def plan(house: LoadedWarehouse, columns: str) -> str:
    """How PostgreSQL goes about finding one item's recent events as of an instant, for an analyst."""
    with house.engine.begin() as connection:
        run = connection.exec_driver_sql
        run("SET LOCAL enable_seqscan = off")  # so few rows are read whole otherwise
        run("SET LOCAL ROLE hkpost_analyst")
        rows = run(
            f"EXPLAIN SELECT {columns} FROM hkpost.tracking_event_as_of('2026-03-02 08:00+00')"
            f" WHERE item_no = '{ITEM}' AND event_date >= '2026-02-01'"
        )
        return "\n".join(row[0] for row in rows)


def test_one_item_is_found_by_the_indexes(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL), told(OTHER, POSTING))
    house.answer(told(ITEM, POSTING), told(OTHER, POSTING))
    whole = plan(house, "*")
    assert "Function Scan" not in whole, "the function is part of the query"
    assert f"Index Cond: (((item_no)::text = '{ITEM}'::text) AND (event_date >= '2026-02-01'::date))" in whole
    for table in ("fact_tracking_event", "tracking_event_change"):
        assert f"Seq Scan on {table}" not in whole
    assert "fact_tracking_event_y2026m01" not in plan(house, "message_e"), "partitions before are left out"
