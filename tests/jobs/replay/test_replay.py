"""Replay: the archive folded again gives the tables that the live loads gave, and never loses or doubles a thing."""

from itertools import chain

import pytest

from hkpost.ecship.rows import NO_TEXTS, Texts
from hkpost.jobs.selection import Selection, plan_buckets, selected_items
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
    item_answer,
)
from tests.helpers.replaying import JOURNEYS, contents, read_and_replay, replay

ITEM = "RB123456785HK"
OTHER = "RB000000010HK"


def live_a_little(warehouse: LoadedWarehouse) -> None:
    """A history with retractions, returns, languages, places filled in later, persons and rules."""
    warehouse.answer(
        item_answer(ITEM, event("20-02-2026 09:30", POSTED, ("", NO_TEXTS))), item_answer(OTHER, POSTING)
    )
    warehouse.answer(
        item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT), item_answer(OTHER, status=1001)
    )
    warehouse.answer(in_language(item_answer(ITEM, ARRIVAL, milestone=IN_TRANSIT), "C"))
    warehouse.answer(in_language(item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT), "E"))
    warehouse.answer(
        item_answer(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE),
        item_answer(OTHER, POSTING),
    )
    mark_terminal(warehouse.engine)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit' WHERE item_no = :no", no=ITEM)
    reopen(warehouse.engine)
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY, milestone=DELIVERED_MILESTONE))
    mark_terminal(warehouse.engine)
    warehouse.answer(item_answer(OTHER, POSTING, event("31-31-2026 00:00", Texts("Something new"), US)))


def test_each_item_is_in_one_bucket_one_that_is_registered_meanwhile_too(warehouse: LoadedWarehouse) -> None:
    def items_of(buckets: list[Selection]) -> list[list[str]]:
        return [list(selected_items(warehouse.engine, bucket)) for bucket in buckets]

    register = (
        "INSERT INTO hkpost.mail_item (item_no) SELECT 'RB00000000' || n || 'HK' FROM generate_series(1, 7) n"
    )
    assert items_of(plan_buckets(warehouse.engine, Selection(), 3)) == [[], [], []]
    warehouse.run(register)
    numbers = [f"RB00000000{number}HK" for number in range(1, 8)]
    buckets = plan_buckets(warehouse.engine, Selection(), 3)
    assert items_of(buckets) == [numbers[:3], numbers[3:5], numbers[5:]]
    two = plan_buckets(warehouse.engine, Selection(item_nos=(numbers[1], numbers[4])), 3)
    assert sorted(chain.from_iterable(items_of(two))) == [numbers[1], numbers[4]]
    warehouse.run("INSERT INTO hkpost.mail_item (item_no) VALUES ('RB000000000HK'), ('RB999999999HK')")
    assert [len(bucket) for bucket in items_of(buckets)] == [4, 2, 3]
    with pytest.raises(ValueError, match="at least 1 bucket"):
        plan_buckets(warehouse.engine, Selection(), 0)


def test_a_replay_changes_nothing_and_neither_does_a_second_one(warehouse: LoadedWarehouse) -> None:
    live_a_little(warehouse)
    before, versions = contents(warehouse.engine, *JOURNEYS), warehouse.versions()
    for _ in range(2):
        (summary,) = replay(warehouse.engine)
        assert contents(warehouse.engine, *JOURNEYS) == before
        assert (summary.items, summary.items_changed, summary.events_changed) == (2, 0, 0)
    assert warehouse.versions() == versions, "not one fact row was written"


def test_facts_that_are_gone_come_back_as_they_were(warehouse: LoadedWarehouse) -> None:
    live_a_little(warehouse)
    before = contents(warehouse.engine, *JOURNEYS)
    warehouse.run("TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change, hkpost.item_journey")
    replay(warehouse.engine, buckets=3)
    assert contents(warehouse.engine, *JOURNEYS) == before


def test_states_that_are_gone_come_back_as_the_answers_made_them(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING), item_answer(OTHER, status=1001))
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT), item_answer(OTHER, POSTING))
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, DELIVERY))
    before = contents(warehouse.engine)
    asked_again = "next_poll_at, item_no FROM hkpost.mail_item"
    due = warehouse.rows(f"SELECT {asked_again}")
    warehouse.run(
        "TRUNCATE hkpost.fact_tracking_event, hkpost.tracking_event_change, hkpost.item_state_change;"
        " UPDATE hkpost.mail_item SET state = 'registered', api_status = NULL, api_message = NULL,"
        " milestone_e = NULL, milestone_c = NULL, milestone_s = NULL, origin_country = NULL, origin_iso = NULL,"
        " destination_country = NULL, destination_iso = NULL, first_event_at = NULL, last_event_at = NULL,"
        " event_count = 0, delivered_at = NULL, last_polled_at = NULL, last_answered_at = NULL,"
        " last_changed_at = NULL, poll_count = 0, content_hash = NULL"
    )
    replay(warehouse.engine)
    for row in due:
        warehouse.run(
            "UPDATE hkpost.mail_item SET next_poll_at = :next_poll_at WHERE item_no = :item_no", **row
        )
    assert contents(warehouse.engine) == before


# --- the past is mapped again ------------------------------------------------------------------------------

PUZZLE = event("26-02-2026 08:00", Texts("Handed to the neighbour"), US)


def learn(warehouse: LoadedWarehouse, event_type: str) -> None:
    """What a new line of the ledger does."""
    warehouse.run(
        "UPDATE hkpost.dim_wording SET event_type = :type, in_ledger = true WHERE template = :text",
        type=event_type,
        text=PUZZLE.message.e,
    )


def test_a_line_that_is_added_maps_the_past_again_and_moves_nothing_else(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, PUZZLE))
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    facts = (
        "SELECT event_key, event_date, first_seen_at, retracted_at, sequence_no, call_id, report_no, wording_id"
        " FROM hkpost.fact_tracking_event ORDER BY event_key"
    )
    before, changes = warehouse.rows(facts), contents(warehouse.engine, "tracking_event_change")
    assert warehouse.item(ITEM)["state"] == "accepted"
    learn(warehouse, "EMI")
    (summary,) = replay(warehouse.engine)
    assert summary.states == {"delivered": 1}
    assert summary.events_changed == 1
    assert warehouse.rows(facts) == before
    assert contents(warehouse.engine, "tracking_event_change") == changes
    assert [e["event_type"] for e in warehouse.events(ITEM)] == ["EMA", "EMI"]
    item = warehouse.item(ITEM)
    assert (item["state"], item["delivered_at"], item["next_poll_at"]) == (
        "delivered",
        warehouse.events(ITEM)[1]["event_time"],
        None,
    )
    assert warehouse.states(ITEM)[-1] == ("accepted", "delivered", "replay")
    assert mark_terminal(warehouse.engine) == {"delivered": 1}
    after = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == after


def test_the_next_answer_finds_a_replayed_item_unchanged(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    learn(warehouse, "EMG")
    replay(warehouse.engine)
    versions = warehouse.versions()
    assert warehouse.answer(item_answer(ITEM, POSTING, PUZZLE)).items_changed == 0
    assert warehouse.versions() == versions


def test_a_delivery_that_was_none_is_opened_again_and_due(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    learn(warehouse, "EMI")
    replay(warehouse.engine)
    mark_terminal(warehouse.engine)
    learn(warehouse, "EMH")
    replay(warehouse.engine)
    item = warehouse.item(ITEM)
    assert (item["state"], item["closed_at"], item["close_reason"]) == ("delivery_attempted", None, None)
    assert (item["next_poll_at"], item["delivered_at"]) == (None, None)


# --- what persons and rules decided -----------------------------------------------------------------------


@pytest.mark.parametrize("is_noted", [True, False])
def test_what_a_person_reopened_stays_open(warehouse: LoadedWarehouse, is_noted: bool) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, DELIVERY, milestone=DELIVERED_MILESTONE))
    mark_terminal(warehouse.engine)
    warehouse.run("UPDATE hkpost.mail_item SET state = 'in_transit', priority = 7")
    if is_noted:
        reopen(warehouse.engine)
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before


@pytest.mark.parametrize("is_noted", [True, False])
def test_what_a_person_cancelled_stays_cancelled(warehouse: LoadedWarehouse, is_noted: bool) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    warehouse.run("UPDATE hkpost.mail_item SET state = 'cancelled'")
    if is_noted:
        mark_terminal(warehouse.engine)
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE, DELIVERY, milestone=DELIVERED_MILESTONE))
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before
    learn(warehouse, "EMI")
    replay(warehouse.engine)
    assert warehouse.item(ITEM)["state"] == "cancelled"


def test_what_a_rule_closed_stays_closed(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING), item_answer(OTHER, POSTING))
    warehouse.answer(item_answer(ITEM, status=1003), item_answer(OTHER, status=1001))
    warehouse.run(
        "UPDATE hkpost.mail_item SET registered_at = now() - interval '90 days', last_answered_at = NULL"
        " WHERE item_no = :no",
        no=OTHER,
    )
    assert mark_terminal(warehouse.engine) == {"expired": 1, "not_found": 1}
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before


@pytest.mark.parametrize("due", [None, "2026-03-09 04:00+00", "9999-01-01 00:00+00"])
def test_when_an_item_is_asked_again_stays_though_its_columns_come_back(
    warehouse: LoadedWarehouse, due: str | None
) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, ARRIVAL, milestone=IN_TRANSIT))
    warehouse.run("UPDATE hkpost.mail_item SET milestone_e = NULL, next_poll_at = :due", due=due)
    before = warehouse.item(ITEM)["next_poll_at"]
    (summary,) = replay(warehouse.engine)
    item = warehouse.item(ITEM)
    assert (summary.items_changed, item["milestone_e"]) == (1, IN_TRANSIT.e)
    assert item["next_poll_at"] == before


# --- what the archive no longer has -----------------------------------------------------------------------


@pytest.mark.parametrize("kept_since", range(1, 8))
def test_facts_of_answers_that_were_dropped_for_age_stay(warehouse: LoadedWarehouse, kept_since: int) -> None:
    live_a_little(warehouse)
    before = contents(warehouse.engine)
    warehouse.run(
        "DELETE FROM hkpost.raw_response WHERE call_id < :first",
        first=kept_since + warehouse.value("SELECT min(call_id) FROM hkpost.raw_response"),
    )
    replay(warehouse.engine, buckets=2)
    assert contents(warehouse.engine) == before


@pytest.mark.parametrize("gone", range(7))
def test_an_answer_that_is_damaged_is_reported_and_what_it_said_stays(
    warehouse: LoadedWarehouse, gone: int
) -> None:
    live_a_little(warehouse)
    before = contents(warehouse.engine)
    call_id = warehouse.rows("SELECT call_id FROM hkpost.raw_response ORDER BY call_id")[gone]["call_id"]
    warehouse.run("UPDATE hkpost.raw_response SET body = '\\x1f8b00' WHERE call_id = :id", id=call_id)
    for _ in range(2):
        read, _ = read_and_replay(warehouse.engine, buckets=2)
        assert read.damaged == 1
    after = contents(warehouse.engine)
    (reported,) = set(after.pop("rejected_record")) - set(before.pop("rejected_record"))
    assert "the archived answer cannot be read" in reported
    assert after == before


def test_wordings_are_mapped_again_even_where_the_archive_is_empty(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE))
    warehouse.run("TRUNCATE hkpost.raw_response")
    learn(warehouse, "EMG")
    replay(warehouse.engine)
    assert [e["event_type"] for e in warehouse.events(ITEM)] == ["EMA", "EMG"]
    assert warehouse.item(ITEM)["state"] == "arrived"
    after = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == after


def test_keys_that_were_given_stay_whatever_makes_new_ones(
    warehouse: LoadedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_a_little(warehouse)
    before = contents(warehouse.engine)
    monkeypatch.setattr(
        "hkpost.history.reconcile.new_event_key",
        lambda item_no, time_key, content, taken: f"{len(taken):016x}",
    )
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before


# --- beside the rest --------------------------------------------------------------------------------------


def test_an_answer_that_waits_is_left_to_the_load(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING))
    call_id = warehouse.archive([ITEM], answer_xml([item_answer(ITEM, POSTING, ARRIVAL)]))
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before
    assert warehouse.value("SELECT pending_call_id FROM hkpost.mail_item") == call_id
    warehouse.load()
    assert len(warehouse.events(ITEM)) == 2
    after = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == after


def test_a_replay_limited_to_items_or_an_account_leaves_the_others_alone(warehouse: LoadedWarehouse) -> None:
    warehouse.answer(item_answer(ITEM, POSTING, PUZZLE), item_answer(OTHER, POSTING, PUZZLE))
    learn(warehouse, "EMG")
    replay(warehouse.engine, Selection(item_nos=(ITEM,)))
    assert [warehouse.item(no)["state"] for no in (ITEM, OTHER)] == ["arrived", "accepted"]
    replay(warehouse.engine, Selection(account="hkpost_b"))
    assert warehouse.item(OTHER)["state"] == "accepted"
    replay(warehouse.engine, Selection(account="hkpost_default"))
    assert warehouse.item(OTHER)["state"] == "arrived"


def test_a_replay_limited_in_time_takes_the_rest_from_the_tables(warehouse: LoadedWarehouse) -> None:
    live_a_little(warehouse)
    before = contents(warehouse.engine)
    times = [
        row["received_at"] for row in warehouse.rows("SELECT received_at FROM hkpost.raw_response ORDER BY 1")
    ]
    for since, until in ((times[2], times[4]), (None, times[3]), (times[5], None), (times[-1], times[0])):
        replay(warehouse.engine, Selection(since=since, until=until))
        assert contents(warehouse.engine) == before
