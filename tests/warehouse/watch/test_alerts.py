"""What a person must act on: raised by what the tables hold, open while it lasts, sent once and then again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.items.terminal import mark_terminal, reopen
from hkpost.warehouse.requests.lease import note_problem
from hkpost.warehouse.snapshots.backlog import count_backlog
from hkpost.warehouse.watch.alerts import (
    AccountQuota,
    alerts_to_send,
    find_alerts,
    latest_freshness,
    note_sent,
)
from hkpost.warehouse.watch.runs import Run, note_ended, note_started

ZONE = "Asia/Hong_Kong"


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def execute(engine: Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql))


def asked(
    engine: Engine,
    *outcomes: str,
    error: str = "why",
    ago: str = "0",
    account: str = "hkpost_default",
    items: tuple[str, ...] = ("X1",),
    answered: int | None = None,
    run_id: str = "a-run",
) -> None:
    """Requests that ended so, one after the other."""
    execute(engine, f"INSERT INTO hkpost.account_lease (account) VALUES ('{account}') ON CONFLICT DO NOTHING")
    for outcome in outcomes:
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO hkpost.api_call (account, run_id, sent_at, quota_day, item_count, item_nos, outcome,"
                    " error, items_answered) SELECT :account, :run_id, sent_at, (sent_at AT TIME ZONE :zone)::date,"
                    " cardinality(CAST(:items AS text[])), CAST(:items AS text[]), :outcome, :error, :answered"
                    " FROM (SELECT clock_timestamp() - CAST(:ago AS interval) AS sent_at) AS now"
                ),
                {
                    "account": account,
                    "run_id": run_id,
                    "zone": ZONE,
                    "items": list(items),
                    "outcome": outcome,
                    "error": error,
                    "answered": answered,
                    "ago": ago,
                },
            )


def due(engine: Engine, since: str = "1 hour") -> None:
    execute(
        engine,
        "INSERT INTO hkpost.mail_item (item_no, state, next_poll_at)"
        f" VALUES ('RB123456785HK', 'in_transit', now() - interval '{since}')",
    )
    count_backlog(engine)


def events(engine: Engine, event_type: str, count: int) -> None:
    execute(
        engine,
        "INSERT INTO hkpost.fact_tracking_event (item_no, event_key, event_date, time_precision, event_type)"
        f" SELECT 'RB123456785HK', '{event_type}' || n, current_date, 'zone', '{event_type}'"
        f" FROM generate_series(1, {count}) AS n",
    )


def limit(engine: Engine, name: str, value: int) -> None:
    execute(engine, f"UPDATE hkpost.setting SET value = '{value}' WHERE name = '{name}'")


def found(engine: Engine, quota: int = 99_000) -> dict[str, str]:
    """The alerts by name, with their messages; each value that is told apart is one of the message."""
    alerts = find_alerts(engine, [AccountQuota("hkpost_default", quota, ZONE)])
    for alert in alerts:
        values = {
            name: ", ".join(value) if isinstance(value, list) else str(value)
            for name, value in (alert.details or {}).items()
            if value is not None
        }
        strange = [name for name, value in values.items() if value not in alert.message]
        assert set(strange) <= {"since", "outcome"}, alert
    return {alert.name: alert.message for alert in alerts}


def test_a_healthy_warehouse_has_none(engine: Engine) -> None:
    due(engine)
    asked(engine, "unavailable", "answered")
    events(engine, "EMI", 5)
    assert found(engine) == {}


@pytest.mark.parametrize("outcome", ["credential_refused", "request_refused", "http_refused"])
def test_an_account_that_is_refused_until_it_is_answered(engine: Engine, outcome: str) -> None:
    asked(engine, "answered", outcome, error="9992 Invalid Credential")
    assert "9992 Invalid Credential" in found(engine)["account_refused"]
    asked(engine, "answered")
    assert found(engine) == {}


def test_what_never_left_and_what_failed_on_its_way_hide_no_refusal(engine: Engine) -> None:
    asked(engine, "answered", "credential_refused", error="9992 Invalid Credential")
    asked(engine, *["not_sent"] * 12, "lost", "in_flight", "timeout", "unreachable", "unavailable")
    assert "9992 Invalid Credential" in found(engine)["account_refused"]


def test_a_test_of_a_connection_raises_nothing_and_ends_nothing(engine: Engine) -> None:
    limit(engine, "alert_failures_in_a_row", 2)
    asked(engine, "test_failed", "test_failed", "test_failed")
    assert found(engine) == {}
    asked(engine, "credential_refused", "tested")
    assert list(found(engine)) == ["account_refused"]


def test_an_account_that_cannot_ask_at_all_until_it_can(engine: Engine) -> None:
    asked(engine, "answered")
    note_problem(engine, "hkpost_default", "wsdl: http://nowhere/ cannot be read")
    assert "wsdl: http://nowhere/ cannot be read" in found(engine)["account_unusable"]
    note_problem(engine, "hkpost_default", None)
    assert found(engine) == {}


def test_an_account_that_no_item_names_any_more_waits_for_nothing(engine: Engine) -> None:
    execute(engine, "INSERT INTO hkpost.mail_item (item_no, account) VALUES ('RB123456785HK', 'a customer')")
    count_backlog(engine)
    assert [(one.account, one.due_items) for one in latest_freshness(engine)] == [("a customer", 1)]
    execute(engine, "UPDATE hkpost.mail_item SET account = 'hkpost_default'")
    count_backlog(engine)
    assert [(one.account, one.due_items) for one in latest_freshness(engine)] == [("hkpost_default", 1)]


def test_nothing_works_any_more_when_so_many_in_a_row_failed(engine: Engine) -> None:
    limit(engine, "alert_failures_in_a_row", 3)
    asked(engine, "answered", "timeout", "unavailable")
    assert found(engine) == {}
    asked(engine, "not_xml", error="HTML")
    assert found(engine)["breaker_open"] == (
        "the last 3 requests all failed, the latest with not_xml (HTML). The service or the way to it is down"
    )
    asked(engine, "answered")
    assert found(engine) == {}


def test_a_day_that_is_used_up_while_items_are_due_and_hours_are_left(engine: Engine) -> None:
    execute(engine, "UPDATE hkpost.setting SET value = '0' WHERE name = 'alert_stale_hours'")
    asked(engine, "answered", "answered", "unreachable")
    assert found(engine, quota=2) == {}, "nothing is due"
    due(engine)
    assert found(engine, quota=3) == {}, "what never reached the service does not count"
    limit(engine, "alert_quota_hours_left", 25)
    assert found(engine, quota=2) == {}, "no day has that many hours left"
    zone = "Etc/GMT+12"
    limit(engine, "alert_quota_hours_left", 1)
    hours_left = {
        name: find_alerts(engine, [AccountQuota("hkpost_default", 2, name)]) for name in (zone, ZONE)
    }
    raised = [alert for alerts in hours_left.values() for alert in alerts]
    assert raised, "in one of the two zones the day has an hour left"
    assert {alert.name for alert in raised} == {"quota_used_up"}
    assert "(2 of 2" in raised[0].message


def test_the_service_saying_9994_is_a_day_used_up(engine: Engine) -> None:
    due(engine)
    limit(engine, "alert_quota_hours_left", 0)
    asked(engine, "quota_exhausted")
    assert found(engine) == {}, "0 means never"


def test_nothing_fresh_when_items_wait_and_no_answer_comes(engine: Engine) -> None:
    limit(engine, "alert_quota_hours_left", 0)
    due(engine, since="5 hours")
    asked(engine, "answered", ago="7 hours")
    assert found(engine) == {}, "they do not wait long enough"
    execute(engine, "DELETE FROM hkpost.mail_item")
    due(engine, since="7 hours")
    assert "no answer has come for 6" in found(engine)["nothing_fresh"]
    asked(engine, "answered", ago="1 hour")
    assert found(engine) == {}


def test_nothing_is_fresh_when_answers_come_and_say_nothing_of_the_items(engine: Engine) -> None:
    limit(engine, "alert_unanswered_percent", 0)
    asked(engine, "answered", ago="8 hours", answered=1)
    asked(engine, "answered", ago="7 hours", answered=0)
    # An item that an answer leaves out is due again after each.
    due(engine, since="1 minute")
    asked(engine, "answered", ago="1 minute", answered=0)
    assert "no answer has come for 6" in found(engine)["nothing_fresh"]
    asked(engine, "answered", answered=1)
    assert found(engine) == {}


def test_nothing_is_fresh_when_no_run_counts_what_is_due_any_more(engine: Engine) -> None:
    limit(engine, "alert_no_run_hours", 0)
    due(engine, since="30 hours")
    execute(engine, "UPDATE hkpost.freshness_snapshot SET taken_at = now() - interval '2 days'")
    asked(engine, "answered", ago="31 hours", answered=1)
    assert "nothing_fresh" in found(engine)


def test_a_service_that_answers_without_answering(engine: Engine) -> None:
    thirty = tuple(f"X{number}" for number in range(30))
    asked(engine, "answered", "answered", items=thirty, answered=20)
    assert found(engine) == {}, "a third is missing, not more than half"
    asked(engine, *["answered"] * 3, items=thirty, answered=0)
    assert "of the 150 items in the latest 5 answers 110 are missing" in found(engine)["items_unanswered"]
    limit(engine, "alert_unanswered_percent", 80)
    assert found(engine) == {}


def test_few_items_without_an_answer_are_no_share(engine: Engine) -> None:
    asked(engine, *["answered"] * 9, answered=0)
    assert found(engine) == {}
    asked(engine, "answered", answered=0)
    assert list(found(engine)) == ["items_unanswered"]


def test_too_many_events_without_a_meaning(engine: Engine) -> None:
    events(engine, "EMI", 95)
    events(engine, "unclassified", 5)
    assert found(engine) == {}, "5 % is not more than 5 %"
    limit(engine, "alert_unclassified_percent", 4)
    assert found(engine)["unclassified_events"].startswith("5.0 % of the 100 events")


def test_an_alert_is_open_while_it_lasts_and_told_once_and_then_again(engine: Engine) -> None:
    asked(engine, "credential_refused", error="first")
    for _ in range(2):
        [alert] = find_alerts(engine, [AccountQuota("hkpost_default", 9, ZONE)])
        assert alerts_to_send(engine) == [alert], "until it is sent"
    note_sent(engine, alert)
    asked(engine, "credential_refused", error="second")
    found(engine)
    assert alerts_to_send(engine) == []
    execute(engine, "UPDATE hkpost.alert SET sent_at = sent_at - interval '25 hours'")
    assert ["second" in alert.message for alert in alerts_to_send(engine)] == [True]
    asked(engine, "answered")
    found(engine)
    assert alerts_to_send(engine) == []
    asked(engine, "credential_refused")
    found(engine)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT ended_at IS NULL FROM hkpost.alert ORDER BY raised_at")
        ).scalars()
        assert list(rows) == [False, True]
    assert len(alerts_to_send(engine)) == 1


def test_accounts_are_told_apart(engine: Engine) -> None:
    asked(engine, "credential_refused")
    asked(engine, "answered", account="hkpost_b")
    quotas = [AccountQuota(account, 9, ZONE) for account in ("hkpost_default", "hkpost_b")]
    assert [(alert.name, alert.account) for alert in find_alerts(engine, quotas)] == [
        ("account_refused", "hkpost_default")
    ]


# --- what the service's answers close ----------------------------------------------------------------------


def said_of(engine: Engine, status: int, count: int, of: int, run_id: str = "a-run") -> None:
    """A run asked about some items, and its answers say this of some of them."""
    numbers = tuple(f"{run_id[:2].upper()}{status}{number:04d}" for number in range(of))
    asked(engine, "answered", items=numbers, answered=of, run_id=run_id)
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO hkpost.mail_item (item_no, state, event_count, api_status, next_poll_at)"
                " SELECT item_no, 'in_transit', 2, CASE WHEN place <= :count THEN :status ELSE 0 END,"
                " now() + interval '1 day'"
                " FROM unnest(CAST(:numbers AS text[])) WITH ORDINALITY AS asked (item_no, place)"
            ),
            {"numbers": list(numbers), "status": status, "count": count},
        )
    mark_terminal(engine)


@pytest.mark.parametrize(
    ("status", "reason"), [(1002, "invalid_number"), (1003, "expired"), (1004, "not_permitted")]
)
def test_answers_that_close_a_large_share_at_once_are_told_with_the_update_that_reopens(
    engine: Engine, status: int, reason: str
) -> None:
    said_of(engine, status, 30, of=100)
    message = found(engine)["mass_closing"]
    assert f"closed 30 of the 100 items asked about at once ({reason})" in message
    update = message[message.index("UPDATE ") : message.index("; the next run")]
    execute(engine, update)
    assert found(engine) == {}, "the alert ends with it"
    assert reopen(engine) == 30
    with engine.connect() as connection:
        states = connection.execute(text("SELECT state, count(*) FROM hkpost.mail_item GROUP BY state"))
        assert [tuple(row) for row in states] == [("in_transit", 100)]


def test_a_share_that_is_usual_and_a_few_items_are_not_told(engine: Engine) -> None:
    said_of(engine, 1003, 20, of=100)
    said_of(engine, 1004, 9, of=9, run_id="small-run")
    assert found(engine) == {}
    limit(engine, "alert_closed_percent", 19)
    assert list(found(engine)) == ["mass_closing"]
    limit(engine, "alert_closed_percent", 0)
    assert found(engine) == {}


def test_what_several_runs_closed_is_opened_by_one_update(engine: Engine) -> None:
    said_of(engine, 1003, 100, of=100)
    said_of(engine, 1004, 50, of=60, run_id="second-run")
    message = found(engine)["mass_closing"]
    assert "closed 150 of the 160 items asked about at once (expired, not_permitted)" in message
    execute(engine, message[message.index("UPDATE ") : message.index("; the next run")])
    assert reopen(engine) == 150


# --- the runs ----------------------------------------------------------------------------------------------


def run(
    engine: Engine,
    name: str,
    ago_minutes: float,
    *failed: str,
    ends: bool = True,
    dag_id: str = "hkpost_tracking",
) -> None:
    one = Run(dag_id, name, datetime.now(UTC) - timedelta(minutes=ago_minutes))
    note_started(engine, one)
    if ends:
        note_ended(engine, one, failed)


def test_runs_that_come_and_end_well_are_not_spoken_of(engine: Engine) -> None:
    run(engine, "first", 30)
    run(engine, "second", 15)
    run(engine, "third", 0, ends=False)
    assert found(engine) == {}


def test_a_run_that_has_not_ended_in_time(engine: Engine) -> None:
    run(engine, "first", 400)
    run(engine, "second", 59, ends=False)
    assert found(engine) == {}
    run(engine, "second", 61, ends=False)
    assert "run second of hkpost_tracking began at" in found(engine)["run_stuck"]
    run(engine, "second", 300, ends=False)
    assert list(found(engine)) == ["run_stuck"], "that no other has begun since is the same"
    run(engine, "second", 61)
    assert found(engine) == {}


def test_no_run_at_all_for_long(engine: Engine) -> None:
    run(engine, "first", 119)
    run(engine, "elsewhere", 0, dag_id="another_dag")
    assert found(engine) == {}
    run(engine, "first", 121)
    assert "no run of hkpost_tracking has begun since" in found(engine)["run_missing"]


def test_no_run_ever_since_the_warehouse_is_ready(engine: Engine) -> None:
    execute(engine, "UPDATE hkpost.applied_file SET applied_at = now() - interval '119 minutes'")
    assert found(engine) == {}
    execute(engine, "UPDATE hkpost.applied_file SET applied_at = now() - interval '121 minutes'")
    assert list(found(engine)) == ["run_missing"]


def test_a_run_that_failed_until_one_ends_well(engine: Engine) -> None:
    run(engine, "first", 30, "load", "check_quality")
    assert "run first of hkpost_tracking" in found(engine)["run_failed"]
    assert "failed in check_quality, load: the task's log says why" in found(engine)["run_failed"]
    run(engine, "second", 15, ends=False)
    assert list(found(engine)) == ["run_failed"], "the next has not ended yet"
    run(engine, "second", 15)
    assert found(engine) == {}


def test_a_run_that_never_came_to_its_end(engine: Engine) -> None:
    run(engine, "killed", 90, ends=False)
    run(engine, "next", 1, ends=False)
    assert "run killed of hkpost_tracking" in found(engine)["run_failed"]
    assert "never came to its end" in found(engine)["run_failed"]


def test_only_so_many_failed_runs_in_a_row_are_told(engine: Engine) -> None:
    limit(engine, "alert_failed_runs", 2)
    run(engine, "first", 45, "load")
    run(engine, "second", 30)
    run(engine, "third", 15, "load")
    assert found(engine) == {}
    run(engine, "fourth", 0, "fetch")
    assert "run fourth of hkpost_tracking" in found(engine)["run_failed"]
    limit(engine, "alert_failed_runs", 0)
    assert found(engine) == {}


def test_a_refused_account_is_told_once_and_not_as_a_failed_run_too(engine: Engine) -> None:
    asked(engine, "credential_refused")
    run(engine, "first", 0, "fetch")
    assert list(found(engine)) == ["account_refused"]
    run(engine, "first", 0, "fetch", "load")
    assert list(found(engine)) == ["account_refused", "run_failed"]


def test_runs_are_forgotten_with_their_requests(engine: Engine) -> None:
    run(engine, "old", 60 * 24 * 401)
    run(engine, "new", 0)
    with engine.connect() as connection:
        assert list(connection.scalars(text("SELECT run_id FROM hkpost.run"))) == ["new"]
