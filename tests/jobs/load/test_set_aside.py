"""One answer or item that cannot be loaded is set aside with its reason; everything else goes on."""

import random
import string
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError, OperationalError

from hkpost.ecship.reader import AnswerReader
from hkpost.ecship.rows import NO_TEXTS, Answer, Texts
from hkpost.jobs.load import load_pending
from hkpost.jobs.selection import Selection
from hkpost.warehouse.watch.alerts import find_alerts
from hkpost.warehouse.watch.quality import check_quality
from tests.helpers.answers_by_hand import (
    ARRIVAL,
    POSTED,
    POSTING,
    LoadedWarehouse,
    answer_xml,
    event,
    item_answer,
)
from tests.helpers.replaying import contents, read_and_replay, replay

NUMBERS = [f"RB{number:09d}HK" for number in range(1, 96)]
POISON = NUMBERS[40]


def refuse(
    warehouse: LoadedWarehouse,
    table: str,
    rule: str,
    timing: str = "BEFORE INSERT OR UPDATE",
    error: str = "raise_exception",
) -> None:
    """A trigger of somebody else's that refuses some rows."""
    warehouse.run(
        "CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN IF {rule} THEN RAISE {error} USING MESSAGE = 'not this row'; END IF; RETURN NEW; END $$"
    )
    kind = "CONSTRAINT TRIGGER" if "DEFERRED" in timing else "TRIGGER"
    warehouse.run(
        f"CREATE {kind} refuse {timing.replace('DEFERRED', '')} ON hkpost.{table}"
        f" {'DEFERRABLE INITIALLY DEFERRED' if 'DEFERRED' in timing else ''}"
        " FOR EACH ROW EXECUTE FUNCTION public.refuse()"
    )


def batches(warehouse: LoadedWarehouse, numbers: Sequence[str], size: int = 30) -> list[int]:
    """Answers about items, some at a time, that wait to be loaded; what each item's says differs."""
    warehouse.register(*numbers)
    return [
        warehouse.archive(
            numbers[start : start + size],
            answer_xml([item_answer(number, POSTING, ARRIVAL) for number in numbers[start : start + size]]),
        )
        for start in range(0, len(numbers), size)
    ]


def loaded(warehouse: LoadedWarehouse) -> int:
    return int(str(warehouse.value("SELECT count(*) FROM hkpost.mail_item WHERE event_count = 2")))


def is_due(warehouse: LoadedWarehouse, item_no: str) -> bool:
    return bool(
        warehouse.value(
            "SELECT is_open AND pending_call_id IS NULL AND coalesce(next_poll_at, now()) <= now()"
            " FROM hkpost.mail_item WHERE item_no = :no",
            no=item_no,
        )
    )


def break_at(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reading of one answer fail as no answer should."""
    read = AnswerReader.read

    def broken(reader: AnswerReader, given: bytes, *arguments: Any) -> Answer:
        if given == body:
            raise ZeroDivisionError("a case that was forgotten")
        return read(reader, given, *arguments)

    monkeypatch.setattr(AnswerReader, "read", broken)


# --- an item ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "timing"),
    [
        ("fact_tracking_event", "BEFORE INSERT OR UPDATE"),
        ("item_journey", "BEFORE INSERT OR UPDATE"),
        ("tracking_event_change", "BEFORE INSERT"),
        ("item_state_change", "AFTER INSERT DEFERRED"),
    ],
)
def test_a_row_that_the_warehouse_refuses_leaves_all_other_items_to_be_loaded(
    warehouse: LoadedWarehouse, table: str, timing: str
) -> None:
    call_ids = batches(warehouse, NUMBERS)
    refuse(warehouse, table, f"NEW.item_no = '{POISON}'", timing)
    summary = warehouse.load()
    assert (summary.answers, summary.set_aside, loaded(warehouse)) == (4, 1, 94)
    assert warehouse.value("SELECT count(*) FROM hkpost.raw_response WHERE loaded_at IS NULL") == 0
    [reject] = warehouse.rows("SELECT item_no, call_id, reason, raw_fragment FROM hkpost.rejected_record")
    assert (reject["item_no"], reject["call_id"]) == (POISON, call_ids[1])
    assert reject["reason"] == "set aside, could not be loaded: not this row"
    assert "Item posted." in reject["raw_fragment"]
    assert is_due(warehouse, POISON)
    assert warehouse.item(POISON)["event_count"] == 0


def test_an_item_that_is_set_aside_holds_up_no_later_load_and_is_tried_with_its_next_answer(
    warehouse: LoadedWarehouse,
) -> None:
    batches(warehouse, NUMBERS[:3], size=3)
    refuse(warehouse, "fact_tracking_event", f"NEW.item_no = '{NUMBERS[0]}'")
    warehouse.load()
    assert warehouse.load().answers == 0
    warehouse.answer(item_answer(NUMBERS[0], POSTING, ARRIVAL))
    [reject] = warehouse.rows("SELECT times, last_at > rejected_at AS is_later FROM hkpost.rejected_record")
    assert (reject["times"], reject["is_later"]) == (2, True)
    warehouse.run("DROP TRIGGER refuse ON hkpost.fact_tracking_event")
    warehouse.answer(item_answer(NUMBERS[0], POSTING, ARRIVAL))
    assert loaded(warehouse) == 3


def test_an_item_whose_own_row_may_not_be_changed_keeps_no_other_from_being_loaded(
    warehouse: LoadedWarehouse,
) -> None:
    batches(warehouse, NUMBERS)
    refuse(warehouse, "mail_item", f"NEW.item_no = '{POISON}'", "BEFORE UPDATE")
    warehouse.load()
    assert loaded(warehouse) == 94
    broken = [finding for finding in check_quality(warehouse.engine) if finding.is_broken]
    assert [finding.name for finding in broken] == ["waits_for_no_answer"]


def test_an_answer_about_such_an_item_alone_keeps_no_other_from_being_loaded(
    warehouse: LoadedWarehouse,
) -> None:
    batches(warehouse, NUMBERS[:5], size=1)
    refuse(warehouse, "mail_item", f"NEW.item_no = '{NUMBERS[2]}'", "BEFORE UPDATE")
    warehouse.load()
    assert loaded(warehouse) == 4


def test_an_item_that_is_set_aside_is_told_by_an_alert(warehouse: LoadedWarehouse) -> None:
    batches(warehouse, NUMBERS[:3], size=3)
    refuse(warehouse, "fact_tracking_event", f"NEW.item_no = '{NUMBERS[0]}'")
    warehouse.load()
    [alert] = find_alerts(warehouse.engine, [])
    assert (alert.name, alert.account) == ("set_aside", "hkpost_default")
    assert f"{NUMBERS[0]}: set aside, could not be loaded: not this row" in alert.message
    assert len(warehouse.rows(alert.look_with)) == 1
    warehouse.run("UPDATE hkpost.rejected_record SET last_at = now() - interval '25 hours'")
    assert find_alerts(warehouse.engine, []) == []


def test_what_is_set_aside_is_said_in_the_log(warehouse: LoadedWarehouse) -> None:
    batches(warehouse, NUMBERS[:3], size=3)
    refuse(warehouse, "fact_tracking_event", f"NEW.item_no = '{NUMBERS[0]}'")
    lines: list[str] = []
    load_pending(warehouse.engine, report=lines.append)
    assert any(NUMBERS[0] in line and "not this row" in line for line in lines)


# --- an answer --------------------------------------------------------------------------------------------


def test_an_answer_that_breaks_the_code_is_set_aside_whole_and_its_items_are_due(
    warehouse: LoadedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_ids = batches(warehouse, NUMBERS)
    body = answer_xml([item_answer(number, POSTING, ARRIVAL) for number in NUMBERS[30:60]])

    break_at(body, monkeypatch)
    summary = warehouse.load()
    assert (summary.answers, summary.set_aside, loaded(warehouse)) == (4, 30, 65)
    [reject] = warehouse.rows("SELECT item_no, call_id, reason FROM hkpost.rejected_record")
    assert (reject["item_no"], reject["call_id"]) == (None, call_ids[1])
    assert reject["reason"].endswith("ZeroDivisionError: a case that was forgotten")
    assert all(is_due(warehouse, number) for number in NUMBERS[30:60])


def test_what_no_answer_is_to_blame_for_sets_nothing_aside(warehouse: LoadedWarehouse) -> None:
    batches(warehouse, NUMBERS[:3], size=1)
    warehouse.run("ALTER TABLE hkpost.poll_policy RENAME TO poll_policy_away")
    with pytest.raises(DBAPIError, match="poll_policy"):
        warehouse.load()
    warehouse.run("ALTER TABLE hkpost.poll_policy_away RENAME TO poll_policy")
    assert warehouse.reasons() == []
    assert (warehouse.load().answers, loaded(warehouse)) == (3, 3)


@pytest.mark.parametrize("code", ["disk_full", "deadlock_detected", "query_canceled", "lock_not_available"])
def test_trouble_of_the_server_sets_nothing_aside(warehouse: LoadedWarehouse, code: str) -> None:
    batches(warehouse, NUMBERS[:3], size=1)
    refuse(warehouse, "fact_tracking_event", f"NEW.item_no = '{NUMBERS[1]}'", error=code)
    with pytest.raises(DBAPIError, match="not this row"):
        warehouse.load()
    warehouse.run("DROP TRIGGER refuse ON hkpost.fact_tracking_event")
    assert warehouse.reasons() == []
    assert warehouse.load().answers == 3


def test_where_nothing_of_many_answers_can_be_loaded_it_is_not_the_answers(
    warehouse: LoadedWarehouse,
) -> None:
    batches(warehouse, NUMBERS[:12], size=1)
    refuse(warehouse, "fact_tracking_event", "true")
    with pytest.raises(DBAPIError, match="not this row"):
        warehouse.load()
    assert warehouse.reasons() == []
    assert warehouse.value("SELECT count(*) FROM hkpost.raw_response WHERE loaded_at IS NULL") == 12


def test_a_lost_connection_sets_nothing_aside(warehouse: LoadedWarehouse) -> None:
    batches(warehouse, NUMBERS[:3], size=1)
    refuse(warehouse, "fact_tracking_event", "pg_terminate_backend(pg_backend_pid())")
    with pytest.raises((DBAPIError, OperationalError)):
        warehouse.load()
    warehouse.run("DROP TRIGGER refuse ON hkpost.fact_tracking_event")
    assert warehouse.reasons() == []
    assert warehouse.load().answers == 3


def unruly(length: int) -> str:
    """A text that no compression makes fit into an index."""
    return "".join(random.Random(length).choices(string.ascii_uppercase + string.digits, k=length))


# --- the seen values --------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["UTC", "Asia/Hong_Kong", "America/New_York", "Pacific/Kiritimati"])
def test_an_item_registered_at_an_instant_that_no_calendar_has_is_loaded(
    warehouse: LoadedWarehouse, zone: str
) -> None:
    instants = (
        "9999-12-31 23:59:59+00",
        "0001-01-01 00:00+00",
        "0044-03-15 12:00+00 BC",
        "12000-01-01 00:00+00",
        "infinity",
        "-infinity",
    )
    batches(warehouse, NUMBERS[:8], size=8)
    for number, at in zip(NUMBERS, instants, strict=False):
        warehouse.run(
            "UPDATE hkpost.mail_item SET registered_at = CAST(:at AS timestamptz) WHERE item_no = :no",
            no=number,
            at=at,
        )
    warehouse.run(f"ALTER DATABASE \"{warehouse.engine.url.database}\" SET timezone = '{zone}'")
    warehouse.engine.dispose()
    assert (warehouse.load().set_aside, loaded(warehouse), warehouse.reasons()) == (0, 8, [])
    days = warehouse.rows("SELECT posted_on, week_start FROM hkpost.item_journey")
    assert len(days) == 8


@pytest.mark.parametrize("end", ["origin", "destination"])
def test_a_country_code_of_any_length_is_loaded(warehouse: LoadedWarehouse, end: str) -> None:
    code = unruly(9_000)
    item = item_answer(NUMBERS[0], POSTING, ARRIVAL)
    warehouse.answer(
        replace(item, origin_code=code) if end == "origin" else replace(item, destination_code=code),
        item_answer(NUMBERS[1], event("20-02-2026 09:30", POSTED, (code, NO_TEXTS)), ARRIVAL),
        item_answer(NUMBERS[2], POSTING, ARRIVAL),
    )
    assert loaded(warehouse) == 3
    assert warehouse.item(NUMBERS[0])[f"{end}_country"] == code[:40]
    assert warehouse.events(NUMBERS[1])[1]["location_code"] == code, "without a zone its instant is not known"


def test_a_number_that_nobody_asked_for_may_be_of_any_length(warehouse: LoadedWarehouse) -> None:
    foreign = unruly(9_000)
    warehouse.ask(NUMBERS[:1], item_answer(NUMBERS[0], POSTING, ARRIVAL), item_answer(foreign, POSTING))
    assert loaded(warehouse) == 1
    assert warehouse.row("SELECT item_no FROM hkpost.rejected_record")["item_no"] == foreign


def test_thousands_of_equal_events_of_one_item_are_loaded_with_a_key_each(warehouse: LoadedWarehouse) -> None:
    count = 30_000
    nowhere = event("20-02-2026 09:30", Texts("Item posted."), ("", NO_TEXTS))
    warehouse.answer(item_answer(NUMBERS[0], *[nowhere] * count), item_answer(NUMBERS[1], POSTING, ARRIVAL))
    assert warehouse.item(NUMBERS[0])["event_count"] == count
    assert warehouse.value("SELECT count(DISTINCT event_key) FROM hkpost.fact_tracking_event") == count + 2
    warehouse.answer(item_answer(NUMBERS[0], *[nowhere] * (count + 1)))
    assert warehouse.item(NUMBERS[0])["event_count"] == count + 1


# --- the replay -------------------------------------------------------------------------------------------


def test_the_same_item_stops_no_replay_and_comes_in_with_it_once_the_cause_is_gone(
    warehouse: LoadedWarehouse,
) -> None:
    batches(warehouse, NUMBERS)
    refuse(warehouse, "fact_tracking_event", f"NEW.item_no = '{POISON}'")
    warehouse.load()
    warehouse.run("DELETE FROM hkpost.fact_tracking_event WHERE item_no = :no", no=NUMBERS[0])
    [summary] = replay(warehouse.engine)
    assert (summary.set_aside, len(warehouse.events(NUMBERS[0]))) == (1, 2)
    reasons = [reason for reason in warehouse.reasons() if "replayed" in reason]
    assert reasons == ["set aside, could not be replayed: not this row"]
    warehouse.run("DROP TRIGGER refuse ON hkpost.fact_tracking_event")
    replay(warehouse.engine)
    assert loaded(warehouse) == 95
    before = contents(warehouse.engine)
    replay(warehouse.engine)
    assert contents(warehouse.engine) == before


def test_an_answer_that_breaks_the_code_stops_no_replay(
    warehouse: LoadedWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches(warehouse, NUMBERS)
    warehouse.load()
    before = contents(warehouse.engine)
    body = answer_xml([item_answer(number, POSTING, ARRIVAL) for number in NUMBERS[30:60]])

    break_at(body, monkeypatch)
    read, _ = read_and_replay(warehouse.engine)
    assert read.damaged == 1
    assert "ZeroDivisionError: a case that was forgotten" in warehouse.reasons()[0]
    assert loaded(warehouse) == 95
    after = contents(warehouse.engine)
    assert {table for table in after if after[table] != before[table]} == {"rejected_record"}


def test_what_no_item_is_to_blame_for_stops_a_replay(warehouse: LoadedWarehouse) -> None:
    batches(warehouse, NUMBERS[:3])
    warehouse.load()
    warehouse.run("ALTER TABLE hkpost.item_state_change RENAME TO item_state_change_away")
    with pytest.raises(DBAPIError, match="item_state_change"):
        replay(warehouse.engine, Selection())
    assert warehouse.reasons() == []
