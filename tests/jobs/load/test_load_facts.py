"""Facts: what an answer's events become, and that nothing but news ever changes a row."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from hkpost.ecship.rows import NO_TEXTS, ReportedEvent, Texts
from hkpost.warehouse.facts.dimensions import Dimensions
from hkpost.warehouse.facts.histories import read_events
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    ARRIVED,
    DELIVERED,
    DELIVERED_MILESTONE,
    DELIVERY,
    HK,
    IN_TRANSIT,
    POSTED,
    POSTING,
    US,
    LoadedWarehouse,
    answer_xml,
    event,
    in_language,
    told,
)

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"
NOWHERE = ("", NO_TEXTS)


def test_an_event_becomes_a_fact_with_its_time_place_texts_and_meaning(house: LoadedWarehouse) -> None:
    summary = house.answer(told(ITEM, POSTING, ARRIVAL))
    posted, arrived = house.events(ITEM)
    assert (posted["sequence_no"], posted["event_type"], posted["time_precision"]) == (1, "EMA", "zone")
    assert posted["event_time"] == datetime(2026, 2, 20, 1, 30, tzinfo=UTC)
    assert (posted["location_code"], posted["country_iso"], posted["location_c"]) == ("HK", "HK", "香港")
    assert (arrived["sequence_no"], arrived["event_type"], arrived["time_precision"]) == (2, "EMD", "country")
    assert (arrived["message_e"], arrived["message_c"], arrived["message_s"]) == ARRIVED
    assert arrived["event_time_text"] == "25-02-2026 18:00"
    assert arrived["first_seen_at"] == house.at
    assert (summary.answers, summary.items, summary.items_changed, summary.events_new) == (1, 1, 1, 2)


def test_what_is_known_of_the_items_is_found_by_index_and_no_month_is_read_whole(
    house: LoadedWarehouse,
) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL))
    scans = text(
        "SELECT sum(seq_scan) AS whole, sum(idx_scan) AS by_index FROM pg_stat_xact_user_tables"
        " WHERE relname LIKE 'fact_tracking_event_%'"
    )
    with house.engine.begin() as connection:
        before = connection.execute(scans).one()
        stored = read_events(connection, [ITEM, OTHER], Dimensions())
        after = connection.execute(scans).one()
        assert connection.scalar(text("SHOW enable_seqscan")) == "on", "for these rows alone"
    assert {item_no: len(events) for item_no, events in stored.items()} == {ITEM: 2}
    assert after.whole == before.whole
    assert after.by_index > before.by_index


def test_item_numbers_and_dates_in_a_message_are_kept_as_parameters(house: LoadedWarehouse) -> None:
    message = f"The item ( {ITEM} ) left Hong Kong for its destination on  10-Oct-2025 "
    house.answer(told(ITEM, event("09-10-2025 10:00", Texts(message))))
    (fact,) = house.rows("SELECT text_params, event_type FROM hkpost.fact_tracking_event")
    assert fact["text_params"] == [ITEM, "10-Oct-2025"]
    assert fact["event_type"] == "EMC"
    assert house.events(ITEM)[0]["message_e"] == message.strip()


def test_the_same_answer_again_writes_no_fact(house: LoadedWarehouse) -> None:
    item = told(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT)
    house.answer(item)
    before = house.versions()
    summary = house.answer(item)
    assert house.versions() == before
    assert summary.items_changed == 0
    assert (house.item(ITEM)["poll_count"], house.item(ITEM)["last_polled_at"]) == (2, house.at)


def test_an_answer_that_was_loaded_is_not_loaded_again(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING))
    before = house.versions()
    assert house.load().answers == 0
    house.run("UPDATE hkpost.raw_response SET loaded_at = NULL")
    house.run("UPDATE hkpost.mail_item SET content_hash = NULL")
    assert house.load().answers == 1
    assert house.versions() == before
    assert house.changes(ITEM) == [("appeared", "20-02")]


def test_another_order_writes_no_fact(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY))
    before = house.versions()
    house.answer(told(ITEM, ARRIVAL, DELIVERY, POSTING))
    house.run("UPDATE hkpost.mail_item SET content_hash = NULL")
    house.answer(told(ITEM, DELIVERY, ARRIVAL, POSTING))
    assert house.versions() == before


@pytest.mark.parametrize("languages", ["AECS", "ECSA", "CEAS", "SCE"])
def test_another_language_adds_nothing_and_erases_nothing(house: LoadedWarehouse, languages: str) -> None:
    item = told(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE)
    for lang in languages:
        summary = house.answer(item if lang == "A" else in_language(item, lang))
        assert summary.retracted == 0
    events = house.events(ITEM)
    assert [(e["message_e"], e["message_c"], e["message_s"]) for e in events] == [POSTED, ARRIVED, DELIVERED]
    assert len(house.versions()) == 3
    kept = house.item(ITEM)
    assert (kept["milestone_e"], kept["milestone_c"], kept["milestone_s"]) == DELIVERED_MILESTONE
    assert kept["state"] == "delivered"


def test_a_place_filled_in_later_replaces_the_empty_one_in_the_same_row(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, event("20-02-2026 09:30", POSTED, NOWHERE)))
    (before,) = house.rows("SELECT * FROM hkpost.fact_tracking_event")
    assert (before["place_id"], before["event_time"], before["time_precision"]) == (None, None, "unknown")
    summary = house.answer(told(ITEM, POSTING))
    (after,) = house.rows("SELECT * FROM hkpost.fact_tracking_event")
    assert after["event_key"] == before["event_key"]
    assert (after["location_code"], after["time_precision"]) == ("HK", "zone")
    assert after["event_time"] == datetime(2026, 2, 20, 1, 30, tzinfo=UTC)
    assert (summary.events_new, summary.events_changed) == (0, 1)
    assert house.changes(ITEM) == [("appeared", "20-02")]


def test_a_new_event_leaves_the_rows_of_the_others_alone(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL))
    before = set(house.versions())
    house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY))
    assert before < set(house.versions())


def test_an_event_in_between_moves_the_later_ones_only(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, DELIVERY))
    first = house.versions()
    house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY))
    assert [e["message_e"] for e in house.events(ITEM)] == [m.e for m in (POSTED, ARRIVED, DELIVERED)]
    assert [e["sequence_no"] for e in house.events(ITEM)] == [1, 2, 3]
    assert len(set(first) & set(house.versions())) == 1


def test_equal_events_of_one_answer_are_as_many_facts(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, POSTING))
    house.answer(told(ITEM, POSTING, POSTING))
    assert len(house.events(ITEM)) == 2


def test_an_event_no_longer_reported_is_retracted_and_comes_back(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL))
    summary = house.answer(told(ITEM, POSTING))
    assert summary.retracted == 1
    assert [e["message_e"] for e in house.events(ITEM)] == ["Item posted."]
    (gone,) = house.rows("SELECT * FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL")
    assert (gone["retracted_at"], gone["sequence_no"]) == (house.at, None)
    assert house.item(ITEM)["event_count"] == 1
    assert house.answer(told(ITEM, POSTING, ARRIVAL)).returned == 1
    assert [e["sequence_no"] for e in house.events(ITEM)] == [1, 2]
    assert house.changes(ITEM) == [
        ("appeared", "20-02"),
        ("appeared", "25-02"),
        ("retracted", "25-02"),
        ("returned", "25-02"),
    ]


def test_what_was_known_on_a_day_can_be_asked(house: LoadedWarehouse) -> None:
    histories = [(POSTING, ARRIVAL), (POSTING,), (POSTING, ARRIVAL, DELIVERY), (POSTING, DELIVERY)]
    days = []
    for history in histories:
        house.answer(told(ITEM, *history))
        days.append(house.at)
    known = [
        house.value(
            "SELECT count(*) FROM (SELECT DISTINCT ON (event_key) change FROM hkpost.tracking_event_change"
            " WHERE changed_at <= :day ORDER BY event_key, changed_at DESC) AS last WHERE change <> 'retracted'",
            day=day,
        )
        for day in days
    ]
    assert known == [2, 1, 3, 2]


@pytest.mark.parametrize("status", [0, 1001, 1002, 1003, 1004, 4711, 9998, 9999])
def test_an_error_or_an_empty_history_retracts_nothing(house: LoadedWarehouse, status: int) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT))
    before, item = house.versions(), house.item(ITEM)
    house.answer(told(ITEM, status=status))
    after = house.item(ITEM)
    assert house.versions() == before
    kept = ("state", "event_count", "milestone_e", "milestone_c", "last_event_at", "last_changed_at")
    assert {name: after[name] for name in kept} == {name: item[name] for name in kept}


@pytest.mark.parametrize(
    "time", ["2026-02-20T09:30", "soon", "31-02-2026 10:00", "01-01-0001 00:00", "1" * 500]
)
def test_a_time_that_cannot_be_read_keeps_its_event_and_is_reported_once(
    house: LoadedWarehouse, time: str
) -> None:
    house.answer(told(ITEM, event(time, POSTED), ARRIVAL))
    house.answer(told(ITEM, event(time, POSTED), ARRIVAL, DELIVERY))
    (unread,) = house.rows("SELECT * FROM hkpost.fact_tracking_event WHERE event_time_local IS NULL")
    assert f"{unread['event_date']}" == "1900-01-01"
    assert (unread["event_time_text"], unread["time_precision"]) == (time, "unknown")
    assert unread["sequence_no"] == 3, "what has no time comes last"
    (rejected,) = house.rows("SELECT * FROM hkpost.rejected_record")
    assert (rejected["source"], rejected["item_no"], rejected["raw_fragment"]) == ("load", ITEM, time)


def test_a_date_before_every_partition_has_its_place(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, event("01-03-1995 10:00", POSTED), event("01-03-2095 10:00", DELIVERED)))
    assert house.value("SELECT count(*) FROM hkpost.fact_tracking_event_default") == 2


def test_two_answers_about_an_item_are_laid_on_each_other_in_the_order_received(
    house: LoadedWarehouse,
) -> None:
    house.register(ITEM)
    for history in [(POSTING,), (POSTING, ARRIVAL), (POSTING,)]:
        house.archive([ITEM], answer_xml([told(ITEM, *history)]))
    assert house.load().answers == 3
    assert [e["message_e"] for e in house.events(ITEM)] == ["Item posted."]
    assert house.changes(ITEM) == [("appeared", "20-02"), ("appeared", "25-02"), ("retracted", "25-02")]
    assert house.item(ITEM)["poll_count"] == 3


def test_a_chunk_is_loaded_as_a_whole_or_not_at_all(house: LoadedWarehouse) -> None:
    house.register(ITEM, OTHER)
    house.archive([ITEM, OTHER], answer_xml([told(ITEM, POSTING), told(OTHER, POSTING)]))
    house.run(
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'the disk is full'; END $$"
    )
    house.run(
        "CREATE TRIGGER refuse BEFORE UPDATE ON hkpost.mail_item FOR EACH ROW EXECUTE FUNCTION public.refuse()"
    )
    with pytest.raises(DBAPIError, match="the disk is full"):
        house.load()
    assert house.versions() == []
    assert house.value("SELECT count(*) FROM hkpost.tracking_event_change") == 0
    assert house.value("SELECT count(*) FROM hkpost.mail_item WHERE pending_call_id IS NULL") == 0
    house.run("DROP TRIGGER refuse ON hkpost.mail_item")
    assert house.load().events_new == 2
    assert len(house.versions()) == 2


def test_two_loads_at_once_load_each_answer_once(house: LoadedWarehouse) -> None:
    numbers = [f"RB{n:09d}HK" for n in range(150)]
    house.register(*numbers)
    for number in numbers:
        house.archive([number], answer_xml([told(number, POSTING, ARRIVAL)]))
    answers: list[int] = []
    loads = [threading.Thread(target=lambda: answers.append(house.load().answers)) for _ in range(3)]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    assert sum(answers) == 150
    assert len(house.versions()) == 300
    assert house.value("SELECT max(poll_count) FROM hkpost.mail_item") == 1


def test_whatever_comes_the_current_events_are_the_last_good_history(house: LoadedWarehouse) -> None:
    chance = random.Random(7)
    numbers = [f"RB{n:09d}HK" for n in range(25)]
    house.register(*numbers)
    moments = ["20-02-2026 09:30", "20-02-2026 18:00", "21-02-2026 00:00", "no time"]
    last: dict[str, list[ReportedEvent]] = {}
    for _ in range(12):
        items = []
        for number in numbers:
            history = [
                event(
                    chance.choice(moments),
                    chance.choice([POSTED, ARRIVED, DELIVERED]),
                    chance.choice([HK, US]),
                )
                for _ in range(chance.randrange(6))
            ]
            items.append(told(number, *history))
            last[number] = history or last.get(number, [])
        house.ask(numbers, *items)
        before = house.versions()
        house.run("UPDATE hkpost.mail_item SET content_hash = NULL")
        house.ask(numbers, *(replace(i, events=tuple(chance.sample(i.events, len(i.events)))) for i in items))
        assert house.versions() == before
    for number, history in last.items():
        kept = [(e["event_time_text"], e["location_code"], e["message_c"]) for e in house.events(number)]
        reported = [(e.event_date_time, e.location_code, e.message.c) for e in history]
        assert sorted(kept) == sorted(reported)
        assert house.item(number)["event_count"] == len(history)
    assert house.value("SELECT count(*) FROM hkpost.mail_item WHERE pending_call_id IS NOT NULL") == 0
