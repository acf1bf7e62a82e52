"""The first step of hkpost_track_now: what it takes, what it refuses, and what it leaves alone; and its last."""

import json
from collections.abc import Iterator
from random import Random
from string import ascii_letters, digits
from typing import Any, cast

import pytest
from airflow.sdk import Context
from airflow.sdk.exceptions import AirflowFailException
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.items.queue import claim_items, due_items
from hkpost.warehouse.items.urgent import latest_known
from hkpost_airflow.operators.answer import HkpostAnswerOperator
from hkpost_airflow.operators.mark_urgent import HkpostMarkUrgentOperator
from tests.helpers.connection import connection


@pytest.fixture
def engine(warehouse_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    account = {"conn_type": "hkpost", "login": "sender", "password": "s3cret-1"}
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_DEFAULT", json.dumps(account))
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", connection(warehouse_url))
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def mark_urgent(
    item_nos: str, account: str = "hkpost_default", run_id: str = "manual__1"
) -> list[dict[str, Any]]:
    operator = HkpostMarkUrgentOperator(task_id="mark_urgent", item_nos=item_nos, account=account)
    return operator.execute(cast(Context, {"run_id": run_id}))


def items(engine: Engine) -> list[str]:
    with engine.connect() as db:
        return list(db.scalars(text("SELECT item_no FROM hkpost.mail_item ORDER BY item_no")))


def test_a_text_without_an_item_number_asks_nothing(engine: Engine) -> None:
    with pytest.raises(AirflowFailException, match="there is no item number in what was pasted"):
        mark_urgent("no number here")
    assert items(engine) == []


@pytest.mark.parametrize(
    ("connection", "says"),
    [(None, "hkpost_b"), ({"conn_type": "hkpost", "login": "x"}, "connection hkpost_b: password is empty")],
)
def test_an_account_that_cannot_ask_registers_nothing(
    engine: Engine, connection: dict[str, str] | None, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection:
        monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps(connection))
    with pytest.raises(AirflowFailException, match=says):
        mark_urgent("EA999580311HK", account="hkpost_b")
    assert items(engine) == []


@pytest.mark.parametrize(
    "pasted",
    [
        "".join(Random(7).choices(ascii_letters, k=20_000)),
        "".join(Random(7).choices(digits, k=20_000)),
        "".join(map(chr, Random(7).choices(range(0x4E00, 0x9FFF), k=20_000))),
        " ".join(f"{n} {n}" for n in range(3_000)),
        "R\ud800B",
        "ﷺ" * 20_000,
        "9\x00" * 9_000,
    ],
    ids=["letters", "digits", "Chinese", "pieces", "surrogate", "ligatures", "NULs"],
)
def test_whatever_is_pasted_beside_two_good_numbers_they_are_asked_about(
    engine: Engine, pasted: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = mark_urgent(f"RB000000001HK,{pasted}\nRB000000002HK")
    assert plan == [{"account": "hkpost_default", "items": 2}]
    with engine.connect() as db:
        [reject] = db.execute(text("SELECT item_no, reason, raw_fragment FROM hkpost.rejected_record"))
    assert max(len(reject.item_no), len(reject.raw_fragment)) <= 2000
    lines = capsys.readouterr().out.splitlines()
    assert any("not asked: '" in line for line in lines)
    assert max(map(len, lines)) < 1_000


def test_it_says_how_many_each_account_asks_and_goes_before_all_others_until_answered(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(
            text(
                "INSERT INTO hkpost.mail_item (item_no, account, state, priority, next_poll_at, pending_call_id) VALUES"
                " ('RB000000001HK', 'hkpost_default', 'in_transit', 9, NULL, NULL),"
                " ('RB000000002HK', 'hkpost_default', 'expired', 0, NULL, NULL),"
                " ('RB000000003HK', 'hkpost_default', 'in_transit', 0, 'infinity', 7)"
            )
        )
    plan = mark_urgent("EA999580311HK RB000000002HK RB000000003HK")
    assert plan == [{"account": "hkpost_default", "items": 2}], (
        "one is answered already, and only to be loaded"
    )
    assert due_items(engine) == {"hkpost_default": 3}
    claimed = claim_items(engine, "hkpost_default", 10, except_items=())
    assert claimed == ["EA999580311HK", "RB000000002HK", "RB000000001HK"]
    assert mark_urgent("EA999580311HK RB000000002HK RB000000003HK") == plan, "doing it twice is once"
    with engine.connect() as db:
        priorities = db.execute(text("SELECT priority FROM hkpost.mail_item WHERE item_no = 'RB000000002HK'"))
        assert priorities.scalar_one() == 0, "nothing is left to give back"


def test_an_item_whose_answer_could_not_be_loaded_is_told_all_the_same(engine: Engine) -> None:
    with engine.begin() as db:
        db.execute(
            text(
                "INSERT INTO hkpost.mail_item (item_no, state, next_poll_at, pending_call_id)"
                " VALUES ('RB000000003HK', 'in_transit', 'infinity', 7)"
            )
        )
    HkpostAnswerOperator(task_id="answer", item_nos="RB000000003HK").execute(
        cast(Context, {"run_id": "manual__1"})
    )
    assert latest_known(engine, ["RB000000003HK"])["RB000000003HK"].next_poll_at is None
