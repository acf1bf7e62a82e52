"""Items: texts, states and polling after each kind of answer."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from string import ascii_uppercase

import pytest

from hkpost.ecship.rows import ItemAnswer, ReportedEvent, Texts
from hkpost.jobs.load import load_pending
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERED_MILESTONE,
    DELIVERY,
    IN_TRANSIT,
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
QUEENS_ROAD = Texts("Queen's Road Post Office", "皇后大道郵政局", "皇后大道邮政局")
TRAINED = Texts("Travels by train", "乘火車", "乘火车")
"""Not classified."""


def wait(warehouse: LoadedWarehouse, item_no: str = ITEM) -> timedelta:
    """How long after its answer the item is asked again."""
    next_poll_at = warehouse.item(item_no)["next_poll_at"]
    assert isinstance(next_poll_at, datetime)
    return next_poll_at - warehouse.at


def milestone(warehouse: LoadedWarehouse) -> Texts:
    item = warehouse.item(ITEM)
    return Texts(*(item[f"milestone_{lang}"] or "" for lang in "ecs"))


# A good answer


def test_a_good_answer_fills_the_item(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(
        replace(
            item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT),
            posting_date_time="20-02-2026 09:00",
            drop_off_point=QUEENS_ROAD,
            origin_code="HK",
            destination_code="USA",
            milestone_code="M3",
        )
    )
    item = warehouse.item(ITEM)
    assert item["posted_at_local"] == datetime(2026, 2, 20, 9)
    assert (item["drop_off_point_e"], item["drop_off_point_c"], item["drop_off_point_s"]) == QUEENS_ROAD
    assert (item["origin_country"], item["origin_iso"]) == ("HK", "HK")
    assert (item["destination_country"], item["destination_iso"]) == ("USA", "US")
    assert (item["milestone_code"], item["milestone_e"]) == ("M3", "In transit")
    assert (item["state"], item["is_open"], item["api_status"]) == ("in_transit", True, 0)
    assert item["event_count"] == 2
    first, last = warehouse.events(ITEM)
    assert (item["first_event_at"], item["last_event_at"]) == (first["event_time"], last["event_time"])
    assert item["last_polled_at"] == item["last_answered_at"] == item["last_changed_at"] == warehouse.at
    assert (item["poll_count"], item["pending_call_id"], item["delivered_at"]) == (1, None, None)
    assert warehouse.states(ITEM) == [("registered", "in_transit", "answer")]
    assert warehouse.reasons() == []


def test_what_a_later_answer_leaves_empty_stays(warehouse: LoadedWarehouse) -> None:
    full = replace(
        item_answer(ITEM, POSTING, milestone=IN_TRANSIT),
        posting_date_time="20-02-2026 09:00",
        drop_off_point=QUEENS_ROAD,
        origin_code="HK",
        destination_code="US",
    )
    warehouse.answer(full)
    before = warehouse.item(ITEM)
    warehouse.answer(item_answer(ITEM, POSTING))
    changing = (
        "content_hash",
        "last_polled_at",
        "last_answered_at",
        "next_poll_at",
        "poll_count",
        "state",
        "last_changed_at",
    )
    after = warehouse.item(ITEM)
    assert {n: v for n, v in after.items() if n not in changing} == {
        n: v for n, v in before.items() if n not in changing
    }
    assert after["state"] == "accepted", "a milestone that is no longer given leaves the state to the events"


def test_particulars_that_cannot_be_read_are_reported_and_kept_out(warehouse: LoadedWarehouse) -> None:
    strange = replace(item_answer(ITEM, POSTING), posting_date_time="Friday", destination_code="QQ9")
    warehouse.answer(strange)
    item = warehouse.item(ITEM)
    assert (item["posted_at_local"], item["destination_country"], item["destination_iso"]) == (
        None,
        "QQ9",
        None,
    )
    assert warehouse.reasons() == [
        "the posting time is not DD-MM-YYYY HH24:MI",
        "the country of destination is not known",
    ]


def test_a_country_that_is_named_and_not_known_is_reported(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(
        replace(item_answer(ITEM, POSTING), destination=Texts("Atlantis"), origin=Texts("HONG KONG"))
    )
    item = warehouse.item(ITEM)
    assert (item["origin_country"], item["origin_iso"], item["destination_iso"]) == (None, "HK", None)
    (rejected,) = warehouse.rows("SELECT reason, raw_fragment FROM hkpost.rejected_record")
    assert rejected["reason"] == "the country of destination is not known"
    assert "Atlantis" in str(rejected["raw_fragment"])


def test_a_countrys_code_of_any_length_stops_no_other_item(warehouse: LoadedWarehouse) -> None:
    code = "".join(random.Random(1).choices(ascii_uppercase, k=20_000))
    spoilt = replace(item_answer(ITEM, POSTING, DELIVERY), origin_code=code, destination_code=code)
    for _ in range(2):
        warehouse.answer(spoilt, item_answer(OTHER, POSTING, DELIVERY))
    assert mark_terminal(warehouse.engine) == {"delivered": 2}
    item = warehouse.item(ITEM)
    assert (item["origin_country"], item["destination_country"]) == (code[:40], code[:40])
    reported = warehouse.rows("SELECT reason, times FROM hkpost.rejected_record ORDER BY reason")
    assert [(row["reason"], row["times"]) for row in reported] == [
        ("the country of destination is not known", 1),
        ("the country of origin is not known", 1),
    ]


def test_a_language_left_out_is_kept_for_the_same_milestone(warehouse: LoadedWarehouse) -> None:
    answer = item_answer(ITEM, POSTING, milestone=TRAINED)
    for lang in "ECSE":
        warehouse.answer(in_language(answer, lang))
    assert milestone(warehouse) == TRAINED


def test_another_milestone_replaces_all_languages(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, milestone=TRAINED))
    warehouse.answer(item_answer(ITEM, POSTING, milestone=Texts(e="In transit")))
    assert milestone(warehouse) == Texts(e="In transit")
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, milestone=Texts(c=DELIVERED_MILESTONE.c)))
    assert milestone(warehouse) == Texts(c=DELIVERED_MILESTONE.c)
    assert warehouse.item(ITEM)["state"] == "delivered"
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, milestone=Texts(s=DELIVERED_MILESTONE.s)))
    assert milestone(warehouse) == DELIVERED_MILESTONE._replace(e="")


def test_a_milestone_without_news_of_events_is_the_same_in_another_language(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, milestone=Texts(e=TRAINED.e)))
    warehouse.answer(item_answer(ITEM, POSTING, milestone=Texts(c=TRAINED.c)))
    assert milestone(warehouse) == TRAINED._replace(s="")
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, milestone=Texts(s="别的")))
    assert milestone(warehouse) == Texts(s="别的"), "with news it may be another one"


def test_a_known_milestone_wins_over_the_events_an_unknown_one_does_not(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, milestone=IN_TRANSIT))
    assert warehouse.item(ITEM)["state"] == "in_transit"
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, milestone=TRAINED))
    assert warehouse.item(ITEM)["state"] == "delivered"
    assert warehouse.item(ITEM)["delivered_at"] == warehouse.events(ITEM)[-1]["event_time"]
    assert warehouse.states(ITEM)[-1] == ("in_transit", "delivered", "answer")


def test_a_milestone_whose_languages_contradict_each_other_is_reported_and_decides_nothing(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, milestone=Texts("Posted", "已成功派遞", "")))
    assert warehouse.item(ITEM)["state"] == "accepted"
    assert warehouse.reasons() == ["the wording of the milestone is unclassified"]


def test_silence_makes_an_item_asked_more_rarely_and_news_more_often(warehouse: LoadedWarehouse) -> None:
    answer = item_answer(ITEM, POSTING, milestone=IN_TRANSIT)
    warehouse.answer(answer)
    assert wait(warehouse) == timedelta(hours=6)
    warehouse.run("UPDATE hkpost.mail_item SET last_changed_at = last_changed_at - interval '10 days'")
    warehouse.answer(answer)
    assert wait(warehouse) == timedelta(days=10, hours=1) / 10
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT))
    assert wait(warehouse) == timedelta(hours=6)


def test_how_often_a_state_is_asked_is_a_row_of_data(warehouse: LoadedWarehouse) -> None:
    warehouse.run(
        "UPDATE hkpost.poll_policy SET poll_after = interval '90 minutes' WHERE state = 'in_transit'"
    )
    warehouse.run("DELETE FROM hkpost.poll_policy WHERE state = 'accepted'")
    warehouse.answer(item_answer(ITEM, POSTING, milestone=IN_TRANSIT), item_answer(OTHER, POSTING))
    assert wait(warehouse) == timedelta(minutes=90)
    assert wait(warehouse, OTHER) == timedelta(days=1), "a state without a row is not asked at once for ever"


# Delivered, and the one look after


def deliver(warehouse: LoadedWarehouse) -> ItemAnswer:
    answer = item_answer(ITEM, POSTING, DELIVERY, milestone=DELIVERED_MILESTONE)
    warehouse.answer(answer)
    assert warehouse.item(ITEM)["next_poll_at"] is None
    assert mark_terminal(warehouse.engine) == {"delivered": 1}
    assert warehouse.item(ITEM)["next_poll_at"] is not None
    return answer


def test_a_delivered_item_that_is_still_delivered_is_never_asked_again(warehouse: LoadedWarehouse) -> None:
    answer = deliver(warehouse)
    closed_at = warehouse.item(ITEM)["closed_at"]
    warehouse.answer(replace(answer, events=(*answer.events, event("28-02-2026 10:00", Texts("Signed"), US))))
    item = warehouse.item(ITEM)
    assert (item["state"], item["next_poll_at"], item["closed_at"]) == ("delivered", None, closed_at)
    assert item["event_count"] == 3, "late events are caught"
    assert mark_terminal(warehouse.engine) == {}
    assert warehouse.states(ITEM) == [("registered", "delivered", "answer")]


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1004, 4711])
def test_a_delivered_item_answered_with_an_error_stays_delivered(
    warehouse: LoadedWarehouse, code: int
) -> None:
    deliver(warehouse)
    warehouse.answer(item_answer(ITEM, status=code))
    item = warehouse.item(ITEM)
    assert (item["state"], item["next_poll_at"]) == ("delivered", None)
    assert mark_terminal(warehouse.engine) == {}


def test_a_delivered_item_that_the_answer_leaves_out_still_waits_for_its_look(
    warehouse: LoadedWarehouse,
) -> None:
    deliver(warehouse)
    warehouse.ask([ITEM])
    assert wait(warehouse) == timedelta()


@pytest.mark.parametrize(
    ("code", "later"), [(9998, timedelta(days=1)), (9999, timedelta()), (9991, timedelta())]
)
def test_a_delivered_item_that_was_not_served_still_waits_for_its_look(
    warehouse: LoadedWarehouse, code: int, later: timedelta
) -> None:
    deliver(warehouse)
    warehouse.ask([ITEM, OTHER], item_answer(ITEM, status=code), item_answer(OTHER, POSTING))
    assert warehouse.item(ITEM)["state"] == "delivered"
    assert wait(warehouse) == later
    assert mark_terminal(warehouse.engine) == {}


def test_an_item_that_is_no_longer_delivered_is_open_again(warehouse: LoadedWarehouse) -> None:
    deliver(warehouse)
    warehouse.answer(item_answer(ITEM, POSTING, milestone=IN_TRANSIT))
    item = warehouse.item(ITEM)
    assert (item["state"], item["is_open"]) == ("in_transit", True)
    assert (item["closed_at"], item["close_reason"], item["delivered_at"]) == (None, None, None)
    assert wait(warehouse) == timedelta(hours=6)
    assert reopen(warehouse.engine) == 0, "no person did it"
    assert warehouse.states(ITEM)[-1] == ("delivered", "in_transit", "answer")


RETURNED = event("01-03-2026 09:00", Texts("Returned to sender"))


def test_a_delivered_item_that_turns_out_to_be_returned_is_closed_as_that(warehouse: LoadedWarehouse) -> None:
    deliver(warehouse)
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, RETURNED))
    assert mark_terminal(warehouse.engine) == {"returned": 1}
    item = warehouse.item(ITEM)
    assert (item["state"], item["close_reason"], item["next_poll_at"]) == ("returned", "returned", None)
    assert item["delivered_at"] is None
    assert warehouse.states(ITEM) == [
        ("registered", "delivered", "answer"),
        ("delivered", "returned", "answer"),
    ]


def test_a_returned_item_is_never_asked_again(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, RETURNED))
    assert mark_terminal(warehouse.engine) == {"returned": 1}
    item = warehouse.item(ITEM)
    assert (item["state"], item["is_open"], item["next_poll_at"]) == ("returned", False, None)


def test_each_change_of_a_state_begins_where_the_one_before_ended(warehouse: LoadedWarehouse) -> None:
    """Rules, answers and persons, in order; a person's own change is noted at the next one at the latest."""
    warehouse.answer(item_answer(ITEM, POSTING))
    warehouse.run("UPDATE hkpost.mail_item SET state = 'exception'")
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL))
    warehouse.run("UPDATE hkpost.mail_item SET state = 'customs'")
    warehouse.answer(item_answer(ITEM, status=1003))
    mark_terminal(warehouse.engine)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit'")
    reopen(warehouse.engine)
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY))
    mark_terminal(warehouse.engine)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'cancelled', closed_at = NULL")
    mark_terminal(warehouse.engine)
    assert warehouse.states(ITEM) == [
        ("registered", "accepted", "answer"),
        ("accepted", "exception", "person"),
        ("exception", "arrived", "answer"),
        ("arrived", "customs", "person"),
        ("customs", "expired", "rule"),
        ("expired", "in_transit", "person"),
        ("in_transit", "delivered", "answer"),
        ("delivered", "cancelled", "person"),
    ]


@pytest.mark.parametrize("state", ["cancelled", "not_found", "expired", "not_permitted", "invalid_number"])
def test_an_answer_that_comes_late_opens_no_item(warehouse: LoadedWarehouse, state: str) -> None:
    warehouse.register(ITEM)
    warehouse.run("UPDATE hkpost.mail_item SET state = :state, closed_at = now()", state=state)
    warehouse.answer(item_answer(ITEM, POSTING, milestone=IN_TRANSIT))
    item = warehouse.item(ITEM)
    assert (item["state"], item["next_poll_at"], item["event_count"]) == (state, None, 1)


@pytest.mark.parametrize("state", ["not_found", "expired", "not_permitted", "invalid_number"])
@pytest.mark.parametrize(
    ("milestone_told", "becomes"), [(IN_TRANSIT, "in_transit"), (DELIVERED_MILESTONE, "delivered")]
)
def test_what_the_service_says_of_an_item_after_it_was_closed_counts(
    warehouse: LoadedWarehouse, state: str, milestone_told: Texts, becomes: str
) -> None:
    warehouse.register(ITEM)
    warehouse.run(
        "UPDATE hkpost.mail_item SET state = :state, close_reason = :state, closed_at = :at",
        state=state,
        at=warehouse.at - timedelta(days=1),
    )
    warehouse.answer(item_answer(ITEM, POSTING, milestone=milestone_told))
    item = warehouse.item(ITEM)
    assert (item["state"], item["closed_at"], item["close_reason"]) == (becomes, None, None)
    assert warehouse.states(ITEM)[-1] == (state, becomes, "answer")
    assert reopen(warehouse.engine) == 0
    mark_terminal(warehouse.engine)
    assert warehouse.item(ITEM)["state"] == becomes


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1004])
def test_an_error_opens_no_closed_item(warehouse: LoadedWarehouse, code: int) -> None:
    warehouse.register(ITEM)
    warehouse.run(
        "UPDATE hkpost.mail_item SET state = 'expired', close_reason = 'expired', closed_at = :at",
        at=warehouse.at - timedelta(days=1),
    )
    warehouse.answer(item_answer(ITEM, status=code))
    item = warehouse.item(ITEM)
    assert (item["state"], item["close_reason"], item["next_poll_at"]) == ("expired", "expired", None)
    assert mark_terminal(warehouse.engine) == {}


def test_no_answer_opens_what_the_business_cancelled(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    warehouse.run(
        "UPDATE hkpost.mail_item SET state = 'cancelled', closed_at = :at",
        at=warehouse.at - timedelta(days=1),
    )
    warehouse.answer(item_answer(ITEM, POSTING, milestone=IN_TRANSIT))
    assert warehouse.item(ITEM)["state"] == "cancelled"


def test_a_delivered_item_that_went_back_is_closed_anew_as_returned(warehouse: LoadedWarehouse) -> None:
    deliver(warehouse)
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, milestone=Texts("Returned to sender")))
    assert mark_terminal(warehouse.engine) == {"returned": 1}
    item = warehouse.item(ITEM)
    assert (item["state"], item["close_reason"], item["next_poll_at"]) == ("returned", "returned", None)


def test_an_item_that_a_person_reopened_is_read_anew_though_nothing_changed(
    warehouse: LoadedWarehouse,
) -> None:
    answer = deliver(warehouse)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit'")
    warehouse.answer(answer)
    item = warehouse.item(ITEM)
    assert (item["state"], item["closed_at"], item["event_count"]) == ("delivered", None, 2)
    assert mark_terminal(warehouse.engine) == {"delivered": 1}
    assert [to for _, to, _ in warehouse.states(ITEM)] == ["delivered", "in_transit", "delivered"]
    assert warehouse.states(ITEM)[1] == ("delivered", "in_transit", "person")


# The codes of an item


def test_1001_keeps_the_state_and_asks_ever_more_rarely(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    warehouse.run("UPDATE hkpost.mail_item SET registered_at = :at", at=warehouse.at)
    warehouse.answer(item_answer(ITEM, status=1001))
    assert warehouse.item(ITEM)["state"] == "registered"
    assert warehouse.item(ITEM)["api_message"] == "item number does not exist"
    assert wait(warehouse) == timedelta(hours=12)
    warehouse.run("UPDATE hkpost.mail_item SET registered_at = registered_at - interval '8 days'")
    warehouse.answer(item_answer(ITEM, status=1001))
    assert timedelta(days=2) < wait(warehouse) < timedelta(days=2, hours=2)
    assert warehouse.item(ITEM)["last_answered_at"] is None
    warehouse.answer(item_answer(OTHER, POSTING, milestone=IN_TRANSIT))
    warehouse.answer(item_answer(OTHER, status=1001))
    assert warehouse.item(OTHER)["state"] == "in_transit"


@pytest.mark.parametrize(
    ("code", "state"), [(1002, "invalid_number"), (1003, "expired"), (1004, "not_permitted")]
)
def test_1002_to_1004_are_noted_and_close_the_item_by_rule(
    warehouse: LoadedWarehouse, code: int, state: str
) -> None:
    warehouse.answer(replace(item_answer(ITEM, status=code), err_msg="so it is"), item_answer(OTHER, POSTING))
    item = warehouse.item(ITEM)
    assert (item["state"], item["api_status"], item["api_message"]) == ("registered", code, "so it is")
    assert mark_terminal(warehouse.engine) == {state: 1}
    assert warehouse.item(ITEM)["next_poll_at"] is None
    assert warehouse.item(OTHER)["state"] == "accepted"


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1004])
def test_the_status_of_a_request_about_one_item_is_the_items(warehouse: LoadedWarehouse, code: int) -> None:
    warehouse.ask([ITEM], status=code)
    assert warehouse.item(ITEM)["api_status"] == code
    warehouse.ask([OTHER, ITEM], status=code)
    assert warehouse.item(OTHER)["api_status"] is None, "never a verdict on several"
    assert wait(warehouse, OTHER) == timedelta()


@pytest.mark.parametrize("status", ["1003", " 1003 "])
def test_a_lone_result_without_its_number_is_that_of_the_only_item_asked_about(
    warehouse: LoadedWarehouse, status: str
) -> None:
    body = f"<a><status>0</status><d><itemNo/><status>{status}</status><errMsg>over</errMsg></d></a>".encode()
    warehouse.register(ITEM, OTHER)
    warehouse.archive([ITEM], body)
    warehouse.load()
    assert (warehouse.item(ITEM)["api_status"], warehouse.item(ITEM)["api_message"]) == (1003, "over")
    warehouse.archive([OTHER, ITEM], body)
    warehouse.load()
    assert warehouse.item(OTHER)["api_status"] is None
    assert warehouse.reasons() == ["the answer does not say of which item this is"]


def test_a_lone_status_that_is_no_code_of_an_item_is_reported_however_long_it_is(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.register(ITEM)
    warehouse.archive(
        [ITEM], f"<a><status>0</status><d><itemNo/><status>{'9' * 5_000}</status></d></a>".encode()
    )
    warehouse.load()
    assert (warehouse.item(ITEM)["api_status"], warehouse.item(ITEM)["is_open"]) == (None, True)
    assert warehouse.reasons() == ["the answer does not say of which item this is"]


def test_a_code_that_is_not_in_the_specification_is_kept_and_reported(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, status=4711))
    item = warehouse.item(ITEM)
    assert (item["api_status"], item["is_open"]) == (4711, True)
    assert wait(warehouse) == timedelta(days=2), "asked later: registered and silent for long"
    assert warehouse.reasons() == ["the item's status is 4711 (not in the specification)"]


def test_9998_postpones_the_item_by_a_day_and_is_reported(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, status=9998), item_answer(OTHER, POSTING))
    assert (warehouse.item(ITEM)["is_open"], warehouse.item(ITEM)["api_status"]) == (True, 9998)
    assert wait(warehouse) == timedelta(days=1)
    assert warehouse.reasons() == ["the service refuses the item: 9998 Invalid input"]


@pytest.mark.parametrize("code", [9991, 9992, 9993, 9994, 9995, 9996, 9997, 9999])
def test_another_code_of_the_service_leaves_the_item_untouched_and_due(
    warehouse: LoadedWarehouse, code: int
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING))
    warehouse.answer(item_answer(ITEM, status=code))
    item = warehouse.item(ITEM)
    assert (item["state"], item["api_status"], item["poll_count"]) == ("accepted", 0, 2)
    assert wait(warehouse) == timedelta()


# Answers that malform or contradict themselves


@pytest.mark.parametrize("code", [1001, 1002, 1003, 1004])
def test_an_error_with_a_history_is_no_verdict(warehouse: LoadedWarehouse, code: int) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, status=code))
    assert (warehouse.item(ITEM)["api_status"], warehouse.item(ITEM)["event_count"]) == (None, 0)
    assert mark_terminal(warehouse.engine) == {}
    (reason,) = warehouse.reasons()
    assert reason.startswith("the answer contradicts itself")
    assert wait(warehouse) > timedelta()


@pytest.mark.parametrize("fields", ["<status>0</status>", "<milestone_e>In transit</milestone_e>"])
def test_an_item_whose_own_field_is_told_twice_differently_is_not_answered(
    warehouse: LoadedWarehouse, fields: str
) -> None:
    warehouse.register(ITEM)
    closing = f"<itemNo>{ITEM}</itemNo><status>1003</status><milestone_e>Delivered</milestone_e>{fields}"
    warehouse.archive([ITEM], f"<answer><status>0</status><result>{closing}</result></answer>".encode())
    warehouse.load()
    assert mark_terminal(warehouse.engine) == {}
    assert (warehouse.item(ITEM)["state"], warehouse.item(ITEM)["api_status"]) == ("registered", None)
    (reason,) = warehouse.reasons()
    assert reason.startswith("the answer contradicts itself: ")
    assert wait(warehouse) == timedelta()


def test_events_that_belong_to_no_item_are_rejected_and_the_items_kept(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM, OTHER)
    body = answer_xml([item_answer(ITEM, milestone=IN_TRANSIT), item_answer(OTHER, milestone=IN_TRANSIT)])
    orphan = b"<events><event><eventDateTime>27-02-2026 11:00</eventDateTime></event></events></answer>"
    warehouse.archive([ITEM, OTHER], body.replace(b"</answer>", orphan))
    warehouse.load()
    assert [warehouse.item(number)["state"] for number in (ITEM, OTHER)] == ["in_transit", "in_transit"]
    assert warehouse.rows("SELECT count(*) AS n FROM hkpost.fact_tracking_event") == [{"n": 0}]
    row = warehouse.row("SELECT * FROM hkpost.rejected_record")
    assert row["reason"] == "the answer does not say of which item this is"
    assert "27-02-2026 11:00" in row["raw_fragment"]


@pytest.mark.parametrize("as_told", ["rb123456785hk", " RB 123 456 785 HK "])
def test_an_item_number_is_known_however_it_is_written(warehouse: LoadedWarehouse, as_told: str) -> None:
    warehouse.register(ITEM)
    warehouse.archive([ITEM], answer_xml([item_answer(as_told, POSTING)]))
    warehouse.load()
    assert (warehouse.item(ITEM)["state"], warehouse.reasons()) == ("accepted", [])


def test_a_missing_status_with_a_history_is_read_as_0(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, status=None))
    assert (warehouse.item(ITEM)["state"], warehouse.item(ITEM)["api_status"]) == ("accepted", 0)
    assert warehouse.reasons() == ["the item has no status: read as 0, because there is a history"]


@pytest.mark.parametrize("status", ["", "OK"])
def test_a_missing_status_without_a_history_leaves_the_item_due(
    warehouse: LoadedWarehouse, status: str
) -> None:
    warehouse.answer(replace(item_answer(ITEM, status=None), status_text=status, origin_code="HK"))
    assert warehouse.item(ITEM)["api_status"] is None
    assert wait(warehouse) == timedelta()
    assert len(warehouse.reasons()) == 1


def test_an_item_missing_from_the_answer_stays_due_and_is_counted(warehouse: LoadedWarehouse) -> None:
    summary = warehouse.ask([ITEM, OTHER], item_answer(OTHER, POSTING))
    assert (summary.items, summary.unanswered) == (2, 1)
    item = warehouse.item(ITEM)
    assert wait(warehouse) == timedelta()
    assert (item["pending_call_id"], item["poll_count"], item["last_answered_at"]) == (None, 1, None)
    assert warehouse.item(OTHER)["event_count"] == 1


def test_an_item_that_nobody_asked_for_is_rejected(warehouse: LoadedWarehouse) -> None:
    warehouse.register(OTHER)
    warehouse.ask(
        [ITEM], item_answer(ITEM, POSTING), item_answer(OTHER, POSTING), item_answer("X" * 60, POSTING)
    )
    assert (warehouse.item(ITEM)["event_count"], warehouse.item(OTHER)["event_count"]) == (1, 0)
    rejected = warehouse.rows("SELECT item_no, reason, raw_fragment FROM hkpost.rejected_record")
    assert {row["item_no"] for row in rejected} == {OTHER, "X" * 60}
    assert all("Item posted." in row["raw_fragment"] for row in rejected)


def test_the_second_of_two_equal_items_is_ignored(warehouse: LoadedWarehouse) -> None:
    summary = warehouse.ask([ITEM], item_answer(ITEM, POSTING), item_answer(ITEM.lower(), POSTING))
    assert (warehouse.item(ITEM)["event_count"], summary.rejected) == (1, 0)


def test_two_results_that_differ_by_the_order_of_their_events_are_equal(warehouse: LoadedWarehouse) -> None:
    summary = warehouse.ask([ITEM], item_answer(ITEM, POSTING, ARRIVAL), item_answer(ITEM, ARRIVAL, POSTING))
    assert (warehouse.item(ITEM)["event_count"], summary.rejected) == (2, 0)


def test_an_item_that_is_answered_twice_differently_is_rejected_and_stays_due(
    warehouse: LoadedWarehouse,
) -> None:
    warehouse.ask(
        [ITEM, OTHER], item_answer(ITEM, POSTING), item_answer(ITEM, status=1003), item_answer(OTHER, POSTING)
    )
    item = warehouse.item(ITEM)
    assert (item["event_count"], item["api_status"], wait(warehouse)) == (0, None, timedelta())
    assert len(warehouse.reasons()) == 2
    assert warehouse.item(OTHER)["event_count"] == 1


def test_a_wrong_item_count_is_reported(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    warehouse.archive([ITEM], answer_xml([item_answer(ITEM, POSTING)], count=30))
    warehouse.load()
    assert warehouse.reasons() == ["itemCount says 30, and the answer has 1 items"]
    assert warehouse.item(ITEM)["event_count"] == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>sorry</html>",
        b"<answer><status>0</status><result><itemNo>RB",
        b"<answer><status>0</status><errMsg>a & b</errMsg></answer>",
        b"<!DOCTYPE a [<!ENTITY e 'x'>]><answer><status>0</status></answer>",
    ],
)
def test_an_archived_answer_that_cannot_be_read_leaves_its_items_due(
    warehouse: LoadedWarehouse, body: bytes
) -> None:
    warehouse.register(ITEM)
    warehouse.archive([ITEM], body)
    assert warehouse.load().answers == 1
    assert wait(warehouse) == timedelta()
    (reason,) = warehouse.reasons()
    assert reason.startswith("the archived answer cannot be read: ")
    assert warehouse.load().answers == 0


@pytest.mark.parametrize("character", [b"\x00", b"&#0;", b"&#x1F;", b"\x0c"])
def test_a_character_that_no_text_may_have_costs_nothing_but_itself(
    warehouse: LoadedWarehouse, character: bytes
) -> None:
    warehouse.register(ITEM)
    body = answer_xml([item_answer(ITEM, event("20-02-2026 09:30", Texts("Item posted?")))])
    warehouse.archive([ITEM], body.replace(b"?", character))
    warehouse.load()
    (posted,) = warehouse.events(ITEM)
    assert posted["message_e"] == "Item posted\ufffd"


def test_damaged_archived_bytes_leave_their_items_due(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    warehouse.archive([ITEM], b"x" * 1000)
    warehouse.run("UPDATE hkpost.raw_response SET body = substr(body, 1, 20)")
    warehouse.load()
    assert wait(warehouse) == timedelta()
    assert len(warehouse.reasons()) == 1


def test_texts_of_any_length_are_kept(warehouse: LoadedWarehouse) -> None:
    long = Texts("long " * 20_000)
    summary = warehouse.answer(
        item_answer(ITEM, event("20-02-2026 09:30", long, ("Z" * 5000, long)), milestone=long)
    )
    (kept,) = warehouse.events(ITEM)
    assert kept["message_e"] == kept["location_e"] == long.e.strip()
    assert all(len(line) < 300 for line in summary.unclassified_lines()), "but a line of the log is a line"


def test_an_event_with_nothing_but_a_code_is_kept(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, ReportedEvent(event_code="EMI")))
    (kept,) = warehouse.events(ITEM)
    assert (kept["event_code"], kept["message_e"], kept["event_type"]) == ("EMI", "", "unclassified")


# The wording ledger


def unclassified(warehouse: LoadedWarehouse) -> set[tuple[str, str, str]]:
    rows = warehouse.rows(
        "SELECT kind, lang, template FROM hkpost.dim_wording WHERE event_type = 'unclassified'"
    )
    return {(row["kind"], row["lang"], row["template"]) for row in rows}


def test_a_new_wording_waits_for_its_meaning(warehouse: LoadedWarehouse) -> None:
    strange = event("21-02-2026 10:00", Texts(f"Seen  {ITEM} on 21-Feb-2026."))
    summary = warehouse.answer(item_answer(ITEM, POSTING, strange, milestone=Texts(e="Far away")))
    assert unclassified(warehouse) == {
        ("event", "e", "Seen {item} on {date}"),
        ("milestone", "e", "Far away"),
    }
    assert summary.unclassified == {
        ("event", "e", "Seen {item} on {date}"): 1,
        ("milestone", "e", "Far away"): 1,
    }
    assert summary.counts()["unclassified"] == 2
    (row,) = warehouse.rows("SELECT times_seen FROM hkpost.unclassified_wording WHERE kind = 'event'")
    assert row["times_seen"] == 1
    assert warehouse.item(ITEM)["state"] == "accepted", "an unclassified wording decides nothing"
    again = warehouse.answer(
        item_answer(OTHER, event("21-02-2026 10:00", Texts(f"SEEN {OTHER} on 22-Feb-2026")))
    )
    assert again.unclassified == {("event", "e", "Seen {item} on {date}"): 1}, "met once, in capitals too"
    assert len(unclassified(warehouse)) == 2


def test_unclassified_wordings_are_reported_by_name_and_count_after_the_load(
    warehouse: LoadedWarehouse,
) -> None:
    strange, stranger = Texts("Seen.", "看見了"), Texts(e="Smelt")
    warehouse.register(ITEM, OTHER)
    warehouse.archive(
        [ITEM, OTHER],
        answer_xml(
            [
                item_answer(
                    ITEM, POSTING, event("21-02-2026 10:00", strange), event("21-02-2026 11:00", stranger)
                ),
                item_answer(
                    OTHER, event("22-02-2026 10:00", strange._replace(e="SEEN")), milestone=Texts(c="遠方")
                ),
            ]
        ),
    )
    lines: list[str] = []
    load_pending(warehouse.engine, report=lines.append)
    assert lines[1:] == [
        "unclassified: event wording (e) 'Seen', 2 times",
        "unclassified: event wording (e) 'Smelt', 1 times",
        "unclassified: milestone wording (c) '遠方', 1 times",
    ]
    lines.clear()
    warehouse.archive([OTHER], answer_xml([item_answer(OTHER, event("22-02-2026 10:00", strange))]))
    load_pending(warehouse.engine, report=lines.append)
    assert lines[1:] == [], "an event that is known already is not reported again"


def test_of_many_unclassified_wordings_the_commonest_are_named(warehouse: LoadedWarehouse) -> None:
    warehouse.register(ITEM)
    strange = [event("21-02-2026 10:00", Texts(f"Strange {'x' * n}")) for n in range(30)]
    warehouse.archive([ITEM], answer_xml([item_answer(ITEM, *strange, strange[-1])]))
    lines: list[str] = []
    load_pending(warehouse.engine, report=lines.append)
    assert lines[1] == f"unclassified: event wording (e) 'Strange {'x' * 29}', 2 times"
    assert lines[21:] == ["unclassified: 10 wordings more, all of them in hkpost.unclassified_wording"]


def test_an_answer_that_is_not_good_adds_no_wording(warehouse: LoadedWarehouse) -> None:
    strange = event("21-02-2026 10:00", Texts("Something else"))
    warehouse.answer(item_answer(ITEM, strange, status=1003), item_answer(OTHER, strange, status=9999))
    warehouse.ask([ITEM], item_answer("RB999999999HK", strange))
    assert unclassified(warehouse) == set()


def test_a_line_added_to_the_ledger_is_applied_to_an_unchanged_answer(warehouse: LoadedWarehouse) -> None:
    answer = item_answer(ITEM, POSTING, event("21-02-2026 10:00", Texts("Given to the neighbour"), US))
    warehouse.answer(answer)
    warehouse.run(
        "UPDATE hkpost.dim_wording SET event_type = 'EMI' WHERE template = 'Given to the neighbour'"
    )
    summary = warehouse.answer(answer)
    assert warehouse.events(ITEM)[-1]["event_type"] == "EMI"
    assert warehouse.item(ITEM)["state"] == "delivered"
    assert (summary.events_new, summary.events_changed) == (0, 1)


def test_each_event_says_which_line_classified_it_also_after_the_ledger_changed(
    warehouse: LoadedWarehouse,
) -> None:
    """The line of the first language that has one; by another line once the ledger says so."""

    def line() -> tuple[object, ...]:
        row = warehouse.row(
            "SELECT f.event_type, w.lang, w.template, w.event_type AS meaning FROM hkpost.fact_tracking_event f"
            " JOIN hkpost.dim_wording w ON w.wording_id = f.wording_id"
        )
        assert row["event_type"] == row["meaning"]
        return row["event_type"], row["lang"], row["template"]

    answer = item_answer(
        ITEM, event("27-02-2026 11:00", Texts("Handed over at the door", "成功派遞", "成功派递"))
    )
    warehouse.answer(answer)
    assert line() == ("EMI", "c", "成功派遞")
    warehouse.run(
        "UPDATE hkpost.dim_wording SET event_type = 'EMI' WHERE template = 'Handed over at the door'"
    )
    warehouse.answer(answer)
    assert line() == ("EMI", "e", "Handed over at the door")
    warehouse.run(
        "UPDATE hkpost.dim_wording SET event_type = 'unclassified' WHERE template = 'Handed over at the door'"
    )
    warehouse.answer(answer)
    assert line() == ("EMI", "c", "成功派遞")
    warehouse.run("UPDATE hkpost.dim_wording SET event_type = 'unclassified' WHERE template LIKE '成功派_'")
    warehouse.answer(answer)
    assert line() == ("unclassified", "e", "Handed over at the door")
    assert warehouse.changes(ITEM) == [("appeared", "27-02")], "another meaning is no other event"
    assert warehouse.item(ITEM)["state"] == "delivered", "what nothing says any more is kept"


def test_two_lines_that_differ_in_capitals_do_not_stop_the_load(warehouse: LoadedWarehouse) -> None:
    warehouse.run(
        "INSERT INTO hkpost.dim_wording (kind, lang, template, event_type)"
        " VALUES ('event', 'e', 'ITEM POSTED', 'EMI'), ('event', 'e', 'item posted', 'EMI')"
    )
    warehouse.answer(item_answer(ITEM, POSTING))
    assert warehouse.events(ITEM)[0]["event_type"] == "EMA", "the project's own line goes first"
