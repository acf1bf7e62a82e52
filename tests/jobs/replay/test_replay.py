"""Replay: the archive told again gives the tables that the live loads gave, and never loses or doubles a thing."""

import pytest

from hkpost.ecship.rows import NO_TEXTS, Texts
from hkpost.jobs.selection import Selection
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    DELIVERED_MILESTONE,
    DELIVERY,
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
from tests.helpers.replaying import JOURNEYS, contents, read_and_replay, replay

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"


def live_a_little(house: LoadedWarehouse) -> None:
    """A history with retractions, returns, languages, places filled in later, persons and rules."""
    house.answer(told(ITEM, event("20-02-2026 09:30", POSTED, ("", NO_TEXTS))), told(OTHER, POSTING))
    house.answer(told(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT), told(OTHER, status=1001))
    house.answer(in_language(told(ITEM, ARRIVAL, milestone=IN_TRANSIT), "C"))
    house.answer(in_language(told(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT), "E"))
    house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE), told(OTHER, POSTING))
    mark_terminal(house.engine)
    house.run("UPDATE hkpost.mail_item SET state = 'in_transit' WHERE item_no = :no", no=ITEM)
    reopen(house.engine)
    house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE))
    mark_terminal(house.engine)
    house.answer(told(OTHER, POSTING, event("31-31-2026 00:00", Texts("Something new"), US)))


def test_a_replay_changes_nothing_and_neither_does_a_second_one(house: LoadedWarehouse) -> None:
    live_a_little(house)
    before, versions = contents(house.engine, *JOURNEYS), house.versions()
    for _ in range(2):
        (summary,) = replay(house.engine)
        assert contents(house.engine, *JOURNEYS) == before
        assert (summary.items, summary.items_changed, summary.events_changed) == (2, 0, 0)
    assert house.versions() == versions, "not one fact row was written"


def test_facts_that_are_gone_come_back_as_they_were(house: LoadedWarehouse) -> None:
    live_a_little(house)
    before = contents(house.engine, *JOURNEYS)
    house.run("TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change, hkpost.item_journey")
    replay(house.engine, buckets=3)
    assert contents(house.engine, *JOURNEYS) == before


def test_states_that_are_gone_come_back_as_the_answers_made_them(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING), told(OTHER, status=1001))
    house.answer(told(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT), told(OTHER, POSTING))
    house.answer(told(ITEM, POSTING, ARRIVAL, DELIVERY))
    before = contents(house.engine)
    asked_again = "next_poll_at, item_no FROM hkpost.mail_item"
    due = house.rows(f"SELECT {asked_again}")
    house.run(
        "TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change, hkpost.item_state_change;"
        " UPDATE hkpost.mail_item SET state = 'registered', api_status = NULL, api_message = NULL,"
        " milestone_e = NULL, milestone_c = NULL, milestone_s = NULL, origin_country = NULL, origin_iso = NULL,"
        " destination_country = NULL, destination_iso = NULL, first_event_at = NULL, last_event_at = NULL,"
        " event_count = 0, delivered_at = NULL, last_polled_at = NULL, last_answered_at = NULL,"
        " last_changed_at = NULL, poll_count = 0, content_hash = NULL"
    )
    replay(house.engine)
    for row in due:
        house.run("UPDATE hkpost.mail_item SET next_poll_at = :next_poll_at WHERE item_no = :item_no", **row)
    assert contents(house.engine) == before


# --- the past is mapped anew ------------------------------------------------------------------------------

PUZZLE = event("26-02-2026 08:00", Texts("Handed to the neighbour"), US)


def learn(house: LoadedWarehouse, event_type: str) -> None:
    """What a new line of the ledger does."""
    house.run(
        "UPDATE hkpost.dim_wording SET event_type = :type, in_ledger = true WHERE template = :text",
        type=event_type,
        text=PUZZLE.message.e,
    )


def test_a_line_that_is_added_maps_the_past_anew_and_moves_nothing_else(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL, PUZZLE))
    house.answer(told(ITEM, POSTING, PUZZLE))
    house.answer(told(ITEM, POSTING, PUZZLE))
    facts = (
        "SELECT event_key, event_date, first_seen_at, retracted_at, sequence_no, call_id, report_no, wording_id"
        " FROM hkpost.fact_tracking_event ORDER BY event_key"
    )
    before, changes = house.rows(facts), contents(house.engine, "tracking_event_change")
    assert house.item(ITEM)["state"] == "accepted"
    learn(house, "EMI")
    (summary,) = replay(house.engine)
    assert summary.states == {"delivered": 1}
    assert summary.events_changed == 1
    assert house.rows(facts) == before
    assert contents(house.engine, "tracking_event_change") == changes
    assert [e["event_type"] for e in house.events(ITEM)] == ["EMA", "EMI"]
    item = house.item(ITEM)
    assert (item["state"], item["delivered_at"], item["next_poll_at"]) == (
        "delivered",
        house.events(ITEM)[1]["event_time"],
        None,
    )
    assert house.states(ITEM)[-1] == ("accepted", "delivered", "replay")
    assert mark_terminal(house.engine) == {"delivered": 1}
    after = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == after


def test_the_next_answer_finds_a_replayed_item_unchanged(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, PUZZLE))
    learn(house, "EMG")
    replay(house.engine)
    versions = house.versions()
    assert house.answer(told(ITEM, POSTING, PUZZLE)).items_changed == 0
    assert house.versions() == versions


def test_a_delivery_that_was_none_is_opened_again_and_due(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, PUZZLE))
    learn(house, "EMI")
    replay(house.engine)
    mark_terminal(house.engine)
    learn(house, "EMH")
    replay(house.engine)
    item = house.item(ITEM)
    assert (item["state"], item["closed_at"], item["close_reason"]) == ("delivery_attempted", None, None)
    assert (item["next_poll_at"], item["delivered_at"]) == (None, None)


# --- what persons and rules decided -----------------------------------------------------------------------


@pytest.mark.parametrize("is_noted", [True, False])
def test_what_a_person_reopened_stays_open(house: LoadedWarehouse, is_noted: bool) -> None:
    house.answer(told(ITEM, POSTING, DELIVERY, milestone=DELIVERED_MILESTONE))
    mark_terminal(house.engine)
    house.run("UPDATE hkpost.mail_item SET state = 'in_transit', priority = 7")
    if is_noted:
        reopen(house.engine)
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before


@pytest.mark.parametrize("is_noted", [True, False])
def test_what_a_person_cancelled_stays_cancelled(house: LoadedWarehouse, is_noted: bool) -> None:
    house.answer(told(ITEM, POSTING, PUZZLE))
    house.run("UPDATE hkpost.mail_item SET state = 'cancelled'")
    if is_noted:
        mark_terminal(house.engine)
    house.answer(told(ITEM, POSTING, PUZZLE, DELIVERY, milestone=DELIVERED_MILESTONE))
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before
    learn(house, "EMI")
    replay(house.engine)
    assert house.item(ITEM)["state"] == "cancelled"


def test_what_a_rule_closed_stays_closed(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING), told(OTHER, POSTING))
    house.answer(told(ITEM, status=1003), told(OTHER, status=1001))
    house.run(
        "UPDATE hkpost.mail_item SET registered_at = now() - interval '90 days', last_answered_at = NULL"
        " WHERE item_no = :no",
        no=OTHER,
    )
    assert mark_terminal(house.engine) == {"expired": 1, "not_found": 1}
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before


@pytest.mark.parametrize("due", [None, "2026-03-09 04:00+00", "9999-01-01 00:00+00"])
def test_when_an_item_is_asked_again_stays_though_its_columns_come_back(
    house: LoadedWarehouse, due: str | None
) -> None:
    house.answer(told(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT))
    house.run("UPDATE hkpost.mail_item SET milestone_e = NULL, next_poll_at = :due", due=due)
    before = house.item(ITEM)["next_poll_at"]
    (summary,) = replay(house.engine)
    item = house.item(ITEM)
    assert (summary.items_changed, item["milestone_e"]) == (1, IN_TRANSIT.e)
    assert item["next_poll_at"] == before


# --- what the archive no longer has -----------------------------------------------------------------------


@pytest.mark.parametrize("kept_since", range(1, 8))
def test_facts_of_answers_that_were_dropped_for_age_stay(house: LoadedWarehouse, kept_since: int) -> None:
    live_a_little(house)
    before = contents(house.engine)
    house.run(
        "DELETE FROM hkpost.raw_response WHERE call_id < :first",
        first=kept_since + house.value("SELECT min(call_id) FROM hkpost.raw_response"),
    )
    replay(house.engine, buckets=2)
    assert contents(house.engine) == before


@pytest.mark.parametrize("gone", range(7))
def test_an_answer_that_is_damaged_is_reported_and_what_it_said_stays(
    house: LoadedWarehouse, gone: int
) -> None:
    live_a_little(house)
    before = contents(house.engine)
    call_id = house.rows("SELECT call_id FROM hkpost.raw_response ORDER BY call_id")[gone]["call_id"]
    house.run("UPDATE hkpost.raw_response SET body = '\\x1f8b00' WHERE call_id = :id", id=call_id)
    for _ in range(2):
        read, _ = read_and_replay(house.engine, buckets=2)
        assert read.damaged == 1
    after = contents(house.engine)
    (reported,) = set(after.pop("rejected_record")) - set(before.pop("rejected_record"))
    assert "the archived answer cannot be read" in reported
    assert after == before


def test_wordings_are_mapped_anew_even_where_the_archive_is_empty(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, PUZZLE))
    house.run("TRUNCATE hkpost.raw_response")
    learn(house, "EMG")
    replay(house.engine)
    assert [e["event_type"] for e in house.events(ITEM)] == ["EMA", "EMG"]
    assert house.item(ITEM)["state"] == "arrived"
    after = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == after


def test_keys_that_were_given_stay_whatever_makes_new_ones(
    house: LoadedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_a_little(house)
    before = contents(house.engine)
    monkeypatch.setattr(
        "hkpost.history.reconcile.new_event_key",
        lambda item_no, time_key, content, taken: f"{len(taken):016x}",
    )
    replay(house.engine)
    assert contents(house.engine) == before


# --- beside the rest --------------------------------------------------------------------------------------


def test_an_answer_that_waits_is_left_to_the_load(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING))
    call_id = house.archive([ITEM], answer_xml([told(ITEM, POSTING, ARRIVAL)]))
    before = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == before
    assert house.value("SELECT pending_call_id FROM hkpost.mail_item") == call_id
    house.load()
    assert len(house.events(ITEM)) == 2
    after = contents(house.engine)
    replay(house.engine)
    assert contents(house.engine) == after


def test_a_replay_limited_to_items_or_an_account_leaves_the_others_alone(house: LoadedWarehouse) -> None:
    house.answer(told(ITEM, POSTING, PUZZLE), told(OTHER, POSTING, PUZZLE))
    learn(house, "EMG")
    replay(house.engine, Selection(item_nos=(ITEM,)))
    assert [house.item(no)["state"] for no in (ITEM, OTHER)] == ["arrived", "accepted"]
    replay(house.engine, Selection(account="hkpost_b"))
    assert house.item(OTHER)["state"] == "accepted"
    replay(house.engine, Selection(account="hkpost_default"))
    assert house.item(OTHER)["state"] == "arrived"


def test_a_replay_limited_in_time_takes_the_rest_from_the_tables(house: LoadedWarehouse) -> None:
    live_a_little(house)
    before = contents(house.engine)
    times = [
        row["received_at"] for row in house.rows("SELECT received_at FROM hkpost.raw_response ORDER BY 1")
    ]
    for since, until in ((times[2], times[4]), (None, times[3]), (times[5], None), (times[-1], times[0])):
        replay(house.engine, Selection(since=since, until=until))
        assert contents(house.engine) == before
