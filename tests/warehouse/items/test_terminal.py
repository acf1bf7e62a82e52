"""Which items are closed, when and why, and how a person opens one again."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.items.terminal import mark_terminal, reopen, reopen_now

NUMBER = "RB123456785HK"


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def put(engine: Engine, **columns: Any) -> None:
    names, values = ", ".join(columns), ", ".join(str(value) for value in columns.values())
    execute(engine, f"INSERT INTO hkpost.mail_item (item_no, {names}) VALUES ('{NUMBER}', {values})")


def execute(engine: Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql))


def item(engine: Engine) -> Any:
    with engine.connect() as connection:
        return connection.execute(
            text("SELECT *, next_poll_at - now() AS polled_in FROM hkpost.mail_item WHERE item_no = :n"),
            {"n": NUMBER},
        ).one()


def changes(engine: Engine) -> list[tuple[str | None, str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM hkpost.item_state_change ORDER BY changed_at"))
        return [(row.from_state, row.to_state, row.cause) for row in rows]


@pytest.mark.parametrize(
    ("code", "state"), [(1002, "invalid_number"), (1003, "expired"), (1004, "not_permitted")]
)
def test_a_code_closes_an_open_item_at_once(engine: Engine, code: int, state: str) -> None:
    put(engine, state="'in_transit'", api_status=code, next_poll_at="now()")
    assert mark_terminal(engine) == {state: 1}
    closed = item(engine)
    assert (closed.state, closed.is_open, closed.close_reason, closed.next_poll_at) == (
        state,
        False,
        state,
        None,
    )
    assert closed.closed_at is not None
    assert changes(engine) == [("in_transit", state, "rule")]
    assert mark_terminal(engine) == {}


@pytest.mark.parametrize(
    ("registered", "answered", "is_closed"),
    [
        ("now() - interval '29 days'", "null", False),
        ("now() - interval '31 days'", "null", True),
        ("now() - interval '90 days'", "now() - interval '29 days'", False),
        ("now() - interval '90 days'", "now() - interval '31 days'", True),
    ],
)
def test_1001_closes_when_it_has_lasted(
    engine: Engine, registered: str, answered: str, is_closed: bool
) -> None:
    put(engine, api_status=1001, registered_at=registered, last_answered_at=answered)
    mark_terminal(engine)
    assert item(engine).state == ("not_found" if is_closed else "registered")


def test_how_long_1001_must_last_is_a_setting(engine: Engine) -> None:
    put(engine, api_status=1001, registered_at="now() - interval '8 days'")
    execute(engine, "UPDATE hkpost.setting SET value = '7' WHERE name = 'not_found_after_days'")
    assert mark_terminal(engine) == {"not_found": 1}


@pytest.mark.parametrize("code", [0, 9998, 9999, 4711])
def test_no_other_code_closes_an_item(engine: Engine, code: int) -> None:
    put(engine, api_status=code, registered_at="now() - interval '400 days'")
    assert mark_terminal(engine) == {}


def test_a_delivered_item_is_dated_and_looked_at_once_more_after_two_days(engine: Engine) -> None:
    put(engine, state="'delivered'", api_status=0)
    assert mark_terminal(engine) == {"delivered": 1}
    delivered = item(engine)
    assert delivered.closed_at is not None
    assert 47.9 < delivered.polled_in.total_seconds() / 3600 <= 48


@pytest.mark.parametrize("state", ["returned", "cancelled"])
def test_a_returned_or_cancelled_item_is_dated_and_never_asked_again(engine: Engine, state: str) -> None:
    put(engine, state=f"'{state}'", next_poll_at="now()")
    assert mark_terminal(engine) == {state: 1}
    assert (item(engine).close_reason, item(engine).next_poll_at) == (state, None)


def test_a_reopened_item_is_due_as_if_never_closed(engine: Engine) -> None:
    put(engine, api_status=1003)
    mark_terminal(engine)
    execute(engine, "UPDATE hkpost.mail_item SET state = 'in_transit'")
    assert mark_terminal(engine) == {}, "its old code does not close it again"
    assert reopen(engine) == 1
    opened = item(engine)
    assert (opened.closed_at, opened.close_reason, opened.next_poll_at, opened.content_hash) == (None,) * 4
    assert opened.is_open
    assert changes(engine)[-1] == ("expired", "in_transit", "person")
    assert mark_terminal(engine) == {}
    assert reopen(engine) == 0


def test_reopened_items_are_found_by_their_index_and_the_others_are_not_read(engine: Engine) -> None:
    put(engine, api_status=1003)
    mark_terminal(engine)
    execute(engine, "UPDATE hkpost.mail_item SET state = 'in_transit'")
    read_whole = text(
        "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'hkpost.mail_item'::regclass"
    )
    with engine.begin() as connection:
        before = connection.scalar(read_whole)
        assert reopen_now(connection) == 1
        assert connection.scalar(read_whole) == before


def test_no_hours_to_confirm_means_no_look(engine: Engine) -> None:
    put(engine, state="'delivered'")
    execute(engine, "UPDATE hkpost.setting SET value = '0' WHERE name = 'confirm_after_hours'")
    mark_terminal(engine)
    assert item(engine).next_poll_at is None


def test_what_somebody_closed_by_hand_is_recorded_as_a_persons_doing(engine: Engine) -> None:
    put(engine, api_status=1003)
    mark_terminal(engine)
    execute(engine, "UPDATE hkpost.mail_item SET state = 'in_transit'")
    reopen(engine)
    execute(engine, "UPDATE hkpost.mail_item SET state = 'cancelled'")
    assert mark_terminal(engine) == {"cancelled": 1}
    assert changes(engine)[-1] == ("in_transit", "cancelled", "person")


def test_a_closed_item_that_the_business_cancels_is_dated_anew_and_not_looked_at_any_more(
    engine: Engine,
) -> None:
    put(engine, state="'delivered'", api_status=0)
    mark_terminal(engine)
    execute(engine, "UPDATE hkpost.mail_item SET state = 'cancelled'")
    assert mark_terminal(engine) == {"cancelled": 1}
    assert (item(engine).close_reason, item(engine).next_poll_at) == ("cancelled", None)
    assert changes(engine)[-1] == ("delivered", "cancelled", "person")
    assert mark_terminal(engine) == {}


def test_many_rules_apply_at_once_each_to_its_own_items(engine: Engine) -> None:
    execute(
        engine,
        "INSERT INTO hkpost.mail_item (item_no, state, api_status) VALUES"
        " ('A1', 'in_transit', 1002), ('A2', 'registered', 1002), ('B1', 'customs', 1003),"
        " ('C1', 'delivered', 0), ('D1', 'in_transit', 0)",
    )
    assert mark_terminal(engine) == {"delivered": 1, "expired": 1, "invalid_number": 2}
    assert mark_terminal(engine) == {}
