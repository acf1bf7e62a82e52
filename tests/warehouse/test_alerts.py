"""What a person must act on: raised by what the tables hold, open while it lasts, told once and then again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.alerts import AccountQuota, alerts_to_send, find_alerts, note_sent
from hkpost.warehouse.backlog import count_backlog
from hkpost.warehouse.engine import warehouse_engine

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
    engine: Engine, *outcomes: str, error: str = "why", ago: str = "0", account: str = "hkpost_default"
) -> None:
    """Requests that ended so, one after the other."""
    for outcome in outcomes:
        execute(
            engine,
            "INSERT INTO hkpost.api_call (account, sent_at, quota_day, item_count, item_nos, outcome, error)"
            f" SELECT '{account}', sent_at, (sent_at AT TIME ZONE '{ZONE}')::date, 1, '{{X1}}', '{outcome}', '{error}'"
            f" FROM (SELECT clock_timestamp() - interval '{ago}' AS sent_at) AS now",
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
    """The alerts by name, with their messages."""
    return {
        alert.name: alert.message
        for alert in find_alerts(engine, [AccountQuota("hkpost_default", quota, ZONE)])
    }


def test_a_healthy_warehouse_has_none(engine: Engine) -> None:
    due(engine)
    asked(engine, "unavailable", "answered")
    events(engine, "EMI", 5)
    assert found(engine) == {}


@pytest.mark.parametrize("outcome", ["credential_refused", "request_refused", "http_refused"])
def test_an_account_that_is_refused_until_it_is_answered(engine: Engine, outcome: str) -> None:
    asked(engine, "answered", outcome, error="9992 Invalid Credential")
    assert "9992 Invalid Credential" in found(engine)["account_refused"]
    asked(engine, "tested")
    assert found(engine) == {}


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
    assert found(engine, quota=2) == {}, "no day has so many hours left"
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
        assert alerts_to_send(engine) == [alert], "until it is told"
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
