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
    item_answer,
)

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"
NOWHERE = ("", NO_TEXTS)


def test_an_event_becomes_a_fact_with_its_time_place_texts_and_meaning(warehouse: LoadedWarehouse) -> None:
    summary = warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    posted, arrived = warehouse.events(ITEM)
    assert (posted["sequence_no"], posted["event_type"], posted["time_precision"]) == (1, "EMA", "zone")
    assert posted["event_time"] == datetime(2026, 2, 20, 1, 30, tzinfo=UTC)
    assert (posted["location_code"], posted["country_iso"], posted["location_c"]) == ("HK", "HK", "香港")
    assert (arrived["sequence_no"], arrived["event_type"], arrived["time_precision"]) == (2, "EMD", "country")
    assert (arrived["message_e"], arrived["message_c"], arrived["message_s"]) == ARRIVED
    assert arrived["event_time_text"] == "25-02-2026 18:00"
    assert arrived["first_seen_at"] == warehouse.at
    assert (summary.answers, summary.items, summary.items_changed, summary.events_new) == (1, 1, 1, 2)


def test_what_is_known_of_the_items_is_found_by_index_and_no_month_is_read_whole(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    scans = text(
        "SELECT sum(seq_scan) AS whole, sum(idx_scan) AS by_index FROM pg_stat_xact_user_tables"
        " WHERE relname LIKE 'fact_tracking_event_%'"
    )
    with warehouse.engine.begin() as connection:
        before = connection.execute(scans).one()
        stored = read_events(connection, [ITEM, OTHER], Dimensions())
        after = connection.execute(scans).one()
        assert connection.scalar(text("SHOW enable_seqscan")) == "on", "for these rows alone"
    assert {item_no: len(events) for item_no, events in stored.items()} == {ITEM: 2}
    assert after.whole == before.whole
    assert after.by_index > before.by_index


def test_item_numbers_and_dates_in_a_message_are_kept_as_parameters(warehouse: LoadedWarehouse) -> None:
    message = f"The item ( {ITEM} ) left Hong Kong for its destination on  10-Oct-2025 "
    warehouse.answer(item_answer(ITEM, event("09-10-2025 10:00", Texts(message))))
    (fact,) = warehouse.rows("SELECT text_params, event_type FROM hkpost.fact_tracking_event")
    assert fact["text_params"] == [ITEM, "10-Oct-2025"]
    assert fact["event_type"] == "EMC"
    assert warehouse.events(ITEM)[0]["message_e"] == message.strip()


def test_the_same_answer_again_writes_no_fact(warehouse: LoadedWarehouse) -> None:
    item = item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT)
    warehouse.answer(item)
    before = warehouse.versions()
    summary = warehouse.answer(item)
    assert warehouse.versions() == before
    assert summary.items_changed == 0
    assert (warehouse.item(ITEM)["poll_count"], warehouse.item(ITEM)["last_polled_at"]) == (2, warehouse.at)


def test_an_answer_that_was_loaded_is_not_loaded_again(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING))
    before = warehouse.versions()
    assert warehouse.load().answers == 0
    warehouse.run("UPDATE hkpost.raw_response SET loaded_at = NULL")
    warehouse.run("UPDATE hkpost.mail_item SET content_hash = NULL")
    assert warehouse.load().answers == 1
    assert warehouse.versions() == before
    assert warehouse.changes(ITEM) == [("appeared", "20-02")]


def test_another_order_writes_no_fact(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY))
    before = warehouse.versions()
    warehouse.answer(item_answer(ITEM, ARRIVAL, DELIVERY, POSTING))
    warehouse.run("UPDATE hkpost.mail_item SET content_hash = NULL")
    warehouse.answer(item_answer(ITEM, DELIVERY, ARRIVAL, POSTING))
    assert warehouse.versions() == before


@pytest.mark.parametrize("languages", ["AECS", "ECSA", "CEAS", "SCE"])
def test_another_language_adds_nothing_and_erases_nothing(warehouse: LoadedWarehouse, languages: str) -> None:
    item = item_answer(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE)
    for lang in languages:
        summary = warehouse.answer(item if lang == "A" else in_language(item, lang))
        assert summary.retracted == 0
    events = warehouse.events(ITEM)
    assert [(e["message_e"], e["message_c"], e["message_s"]) for e in events] == [POSTED, ARRIVED, DELIVERED]
    assert len(warehouse.versions()) == 3
    kept = warehouse.item(ITEM)
    assert (kept["milestone_e"], kept["milestone_c"], kept["milestone_s"]) == DELIVERED_MILESTONE
    assert kept["state"] == "delivered"


def test_a_place_filled_in_later_replaces_the_empty_one_in_the_same_row(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, event("20-02-2026 09:30", POSTED, NOWHERE)))
    (before,) = warehouse.rows("SELECT * FROM hkpost.fact_tracking_event")
    assert (before["place_id"], before["event_time"], before["time_precision"]) == (None, None, "unknown")
    summary = warehouse.answer(item_answer(ITEM, POSTING))
    (after,) = warehouse.rows("SELECT * FROM hkpost.fact_tracking_event")
    assert after["event_key"] == before["event_key"]
    assert (after["location_code"], after["time_precision"]) == ("HK", "zone")
    assert after["event_time"] == datetime(2026, 2, 20, 1, 30, tzinfo=UTC)
    assert (summary.events_new, summary.events_changed) == (0, 1)
    assert warehouse.changes(ITEM) == [("appeared", "20-02")]


def test_a_new_event_leaves_the_rows_of_the_others_alone(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    before = set(warehouse.versions())
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY))
    assert before < set(warehouse.versions())


def test_an_event_in_between_moves_the_later_ones_only(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY))
    first = warehouse.versions()
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY))
    assert [e["message_e"] for e in warehouse.events(ITEM)] == [m.e for m in (POSTED, ARRIVED, DELIVERED)]
    assert [e["sequence_no"] for e in warehouse.events(ITEM)] == [1, 2, 3]
    assert len(set(first) & set(warehouse.versions())) == 1


def test_equal_events_of_one_answer_are_as_many_facts(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, POSTING))
    warehouse.answer(item_answer(ITEM, POSTING, POSTING))
    assert len(warehouse.events(ITEM)) == 2


def test_an_event_no_longer_reported_is_retracted_and_comes_back(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    summary = warehouse.answer(item_answer(ITEM, POSTING))
    assert summary.retracted == 1
    assert [e["message_e"] for e in warehouse.events(ITEM)] == ["Item posted."]
    (gone,) = warehouse.rows("SELECT * FROM hkpost.fact_tracking_event WHERE retracted_at IS NOT NULL")
    assert (gone["retracted_at"], gone["sequence_no"]) == (warehouse.at, None)
    assert warehouse.item(ITEM)["event_count"] == 1
    assert warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL)).returned == 1
    assert [e["sequence_no"] for e in warehouse.events(ITEM)] == [1, 2]
    assert warehouse.changes(ITEM) == [
        ("appeared", "20-02"),
        ("appeared", "25-02"),
        ("retracted", "25-02"),
        ("returned", "25-02"),
    ]


def test_what_was_known_on_a_day_can_be_asked(warehouse: LoadedWarehouse) -> None:
    histories = [(POSTING, ARRIVAL), (POSTING,), (POSTING, ARRIVAL, DELIVERY), (POSTING, DELIVERY)]
    days = []
    for history in histories:
        warehouse.answer(item_answer(ITEM, *history))
        days.append(warehouse.at)
    known = [
        warehouse.value(
            "SELECT count(*) FROM (SELECT DISTINCT ON (event_key) change FROM hkpost.tracking_event_change"
            " WHERE changed_at <= :day ORDER BY event_key, changed_at DESC) AS last WHERE change <> 'retracted'",
            day=day,
        )
        for day in days
    ]
    assert known == [2, 1, 3, 2]


@pytest.mark.parametrize("status", [0, 1001, 1002, 1003, 1004, 4711, 9998, 9999])
def test_an_error_or_an_empty_history_retracts_nothing(warehouse: LoadedWarehouse, status: int) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT))
    before, item = warehouse.versions(), warehouse.item(ITEM)
    warehouse.answer(item_answer(ITEM, status=status))
    after = warehouse.item(ITEM)
    assert warehouse.versions() == before
    kept = ("state", "event_count", "milestone_e", "milestone_c", "last_event_at", "last_changed_at")
    assert {name: after[name] for name in kept} == {name: item[name] for name in kept}


@pytest.mark.parametrize(
    "time", ["2026-02-20T09:30", "soon", "31-02-2026 10:00", "01-01-0001 00:00", "1" * 500]
)
def test_a_time_that_cannot_be_read_keeps_its_event_and_is_reported_once(
    warehouse: LoadedWarehouse, time: str
) -> None:
    warehouse.answer(item_answer(ITEM, event(time, POSTED), ARRIVAL))
    warehouse.answer(item_answer(ITEM, event(time, POSTED), ARRIVAL, DELIVERY))
    (unread,) = warehouse.rows("SELECT * FROM hkpost.fact_tracking_event WHERE event_time_local IS NULL")
    assert f"{unread['event_date']}" == "1900-01-01"
    assert (unread["event_time_text"], unread["time_precision"]) == (time, "unknown")
    assert unread["sequence_no"] == 3, "what has no time comes last"
    (rejected,) = warehouse.rows("SELECT * FROM hkpost.rejected_record")
    assert (rejected["source"], rejected["item_no"], rejected["raw_fragment"]) == ("load", ITEM, time)


def test_a_date_before_every_partition_has_its_place(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(
        item_answer(ITEM, event("01-03-1995 10:00", POSTED), event("01-03-2095 10:00", DELIVERED))
    )
    assert warehouse.value("SELECT count(*) FROM hkpost.fact_tracking_event_default") == 2


def test_two_answers_about_an_item_are_laid_on_each_other_in_the_order_received(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.register(ITEM)
    for history in [(POSTING,), (POSTING, ARRIVAL), (POSTING,)]:
        warehouse.archive([ITEM], answer_xml([item_answer(ITEM, *history)]))
    assert warehouse.load().answers == 3
    assert [e["message_e"] for e in warehouse.events(ITEM)] == ["Item posted."]
    assert warehouse.changes(ITEM) == [("appeared", "20-02"), ("appeared", "25-02"), ("retracted", "25-02")]
    assert warehouse.item(ITEM)["poll_count"] == 3


def test_a_chunk_is_loaded_as_a_whole_or_not_at_all(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM, OTHER)
    warehouse.archive([ITEM, OTHER], answer_xml([item_answer(ITEM, POSTING), item_answer(OTHER, POSTING)]))
    warehouse.run(
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE 'the disk is full'; END $$"
    )
    warehouse.run(
        "CREATE TRIGGER refuse BEFORE UPDATE ON hkpost.mail_item FOR EACH ROW EXECUTE FUNCTION public.refuse()"
    )
    with pytest.raises(DBAPIError, match="the disk is full"):
        warehouse.load()
    assert warehouse.versions() == []
    assert warehouse.value("SELECT count(*) FROM hkpost.tracking_event_change") == 0
    assert warehouse.value("SELECT count(*) FROM hkpost.mail_item WHERE pending_call_id IS NULL") == 0
    warehouse.run("DROP TRIGGER refuse ON hkpost.mail_item")
    assert warehouse.load().events_new == 2
    assert len(warehouse.versions()) == 2


def test_two_loads_at_once_load_each_answer_once(warehouse: LoadedWarehouse) -> None:
    numbers = [f"RB{n:09d}HK" for n in range(150)]
    warehouse.register(*numbers)
    for number in numbers:
        warehouse.archive([number], answer_xml([item_answer(number, POSTING, ARRIVAL)]))
    answers: list[int] = []
    loads = [threading.Thread(target=lambda: answers.append(warehouse.load().answers)) for _ in range(3)]
    for load in loads:
        load.start()
    for load in loads:
        load.join()
    assert sum(answers) == 150
    assert len(warehouse.versions()) == 300
    assert warehouse.value("SELECT max(poll_count) FROM hkpost.mail_item") == 1


def test_whatever_comes_the_current_events_are_the_last_good_history(warehouse: LoadedWarehouse) -> None:
    chance = random.Random(7)
    numbers = [f"RB{n:09d}HK" for n in range(25)]
    warehouse.register(*numbers)
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
            items.append(item_answer(number, *history))
            last[number] = history or last.get(number, [])
        warehouse.ask(numbers, *items)
        before = warehouse.versions()
        warehouse.run("UPDATE hkpost.mail_item SET content_hash = NULL")
        warehouse.ask(
            numbers, *(replace(i, events=tuple(chance.sample(i.events, len(i.events)))) for i in items)
        )
        assert warehouse.versions() == before
    for number, history in last.items():
        kept = [(e["event_time_text"], e["location_code"], e["message_c"]) for e in warehouse.events(number)]
        reported = [(e.event_date_time, e.location_code, e.message.c) for e in history]
        assert sorted(kept) == sorted(reported)
        assert warehouse.item(number)["event_count"] == len(history)
    assert warehouse.value("SELECT count(*) FROM hkpost.mail_item WHERE pending_call_id IS NOT NULL") == 0
