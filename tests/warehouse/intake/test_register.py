"""Item numbers of the business: registered once, never sent when they cannot be item numbers, never lost."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from string import digits
from typing import Any

import pytest
from sqlalchemy import Engine, text

from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.intake.register import IntakeError, canonicalise, register_rows
from hkpost.warehouse.items.queue import claim_items, due_items
from hkpost.warehouse.statements import statement
from tests.helpers.reasons import sentence


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def rows(engine: Engine, sql: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(sql)))


def execute(engine: Engine, sql: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql))


def short(value: object) -> str:
    """A value's name in a test's name, whatever it is."""
    return value[:40] if isinstance(value, str) else type(value).__name__


def test_new_numbers_are_registered_with_what_the_business_says_of_them(engine: Engine) -> None:
    columns = ["ITEM_NO", "account", "source_ref", "registered_at", "priority"]
    when = datetime(2026, 2, 27, 8, 0, tzinfo=UTC)
    summary = register_rows(engine, columns, [[(" rb123456785hk ", "hkpost_b", "order 7", when, 3)]])
    [item] = rows(engine, "SELECT * FROM hkpost.mail_item")
    assert (item.item_no, item.account, item.source_ref, item.registered_at, item.priority) == (
        "RB123456785HK",
        "hkpost_b",
        "order 7",
        when,
        3,
    )
    assert (item.state, item.is_open, item.next_poll_at) == ("registered", True, None)
    assert (summary.read, summary.registered) == (1, 1)


def test_item_no_alone_is_enough(engine: Engine) -> None:
    register_rows(engine, ["item_no"], [[("RB123456785HK",)]])
    [item] = rows(
        engine, "SELECT account, registered_at IS NOT NULL AS is_dated, priority FROM hkpost.mail_item"
    )
    assert (item.account, item.is_dated, item.priority) == ("hkpost_default", True, 0)


def test_where_the_business_names_no_account_it_is_the_callers(engine: Engine) -> None:
    batch = [("RB123456785HK", ""), ("EA999580311HK", None), ("RB123456799HK", "hkpost_b")]
    register_rows(engine, ["item_no", "account"], [batch], account="shop_default")
    found = rows(engine, "SELECT account FROM hkpost.mail_item ORDER BY account")
    assert [row.account for row in found] == ["hkpost_b", "shop_default", "shop_default"]


def test_registering_again_changes_nothing(engine: Engine) -> None:
    batch = [("RB123456785HK", 1), ("RB123456785HK", 2), ("EA999580311HK", 0)]
    register_rows(engine, ["item_no", "priority"], [batch])
    before = rows(engine, "SELECT xmin::text, * FROM hkpost.mail_item ORDER BY item_no")
    assert register_rows(engine, ["item_no", "priority"], [batch]).registered == 0
    assert rows(engine, "SELECT xmin::text, * FROM hkpost.mail_item ORDER BY item_no") == before
    assert len(before) == 2


@pytest.mark.parametrize(
    "value", ["2026-02-27 16:00", datetime(2026, 2, 27, 16, 0), "2026-02-27T08:00:00+00:00"]
)
def test_a_registration_time_without_offset_is_a_hong_kong_wall_clock(engine: Engine, value: Any) -> None:
    register_rows(engine, ["item_no", "registered_at"], [[("RB123456785HK", value)]])
    [item] = rows(engine, "SELECT registered_at FROM hkpost.mail_item")
    assert item.registered_at == datetime(2026, 2, 27, 8, 0, tzinfo=UTC)


def test_a_registration_date_is_its_midnight(engine: Engine) -> None:
    register_rows(engine, ["item_no", "registered_at"], [[("RB123456785HK", date(2026, 2, 27))]])
    assert rows(engine, "SELECT registered_at FROM hkpost.mail_item")[0][0] == datetime(
        2026, 2, 26, 16, tzinfo=UTC
    )


@pytest.mark.parametrize("number", ["RB 23456785HK", "RB12345678*HK", "包裹123"])
def test_what_cannot_be_an_item_number_is_closed_with_the_reason(engine: Engine, number: str) -> None:
    register_rows(engine, ["item_no"], [[(number,)]])
    assert canonicalise(engine).refused == 1
    [item] = rows(engine, "SELECT * FROM hkpost.mail_item")
    assert (item.state, item.is_open, item.close_reason) == ("invalid_number", False, "malformed")
    assert item.closed_at is not None
    assert "outside A-Z and 0-9" in item.api_message
    [reject] = rows(engine, "SELECT * FROM hkpost.rejected_record")
    assert (reject.reason, reject.reason_code, reject.reason_values) == (
        item.api_message,
        "not_asked",
        ["characters"],
    )


@pytest.mark.parametrize(
    ("number", "reason"), [("RB1234567855HK", "14 characters"), ("   ", "blank"), (None, "blank")]
)
def test_what_does_not_fit_the_column_is_rejected_once_with_the_reason(
    engine: Engine, number: str | None, reason: str
) -> None:
    for _ in range(2):
        register_rows(engine, ["item_no"], [[(number,)]])
    [reject] = rows(engine, "SELECT * FROM hkpost.rejected_record")
    assert reject.source == "open_items"
    assert reason in reject.reason
    assert sentence(reject.reason_code, reject.reason_values) == reject.reason
    assert rows(engine, "SELECT FROM hkpost.mail_item") == []


def test_numbers_inserted_directly_become_canonical_or_are_closed(engine: Engine) -> None:
    execute(
        engine,
        "INSERT INTO hkpost.mail_item (item_no) VALUES"
        " ('rb000000010hk'), ('RB000000010HK'), ('ea999580311hk'), (' cp889331175'), ('no-number'), ('')",
    )
    canonicalise(engine)
    states = {row.item_no: row.state for row in rows(engine, "SELECT item_no, state FROM hkpost.mail_item")}
    assert states == {
        "RB000000010HK": "registered",
        "rb000000010hk": "cancelled",
        "EA999580311HK": "registered",
        "CP889331175": "registered",
        "no-number": "invalid_number",
        "": "invalid_number",
    }
    changes = rows(engine, "SELECT * FROM hkpost.item_state_change ORDER BY item_no")
    assert [(row.item_no, row.from_state, row.to_state, row.cause) for row in changes] == [
        ("", "registered", "invalid_number", "malformed"),
        ("no-number", "registered", "invalid_number", "malformed"),
        ("rb000000010hk", "registered", "cancelled", "duplicate"),
    ]
    assert canonicalise(engine).refused == 0


def test_a_malformed_number_is_never_claimed_even_before_it_is_closed(engine: Engine) -> None:
    execute(engine, "INSERT INTO hkpost.mail_item (item_no) VALUES ('rb000000010hk'), ('RB123456785HK')")
    assert claim_items(engine, "hkpost_default", 10, except_items=()) == ["RB123456785HK"]
    assert due_items(engine) == {"hkpost_default": 1}


def test_a_claim_reads_no_more_due_items_than_it_takes_however_many_wait(engine: Engine) -> None:
    execute(
        engine,
        "INSERT INTO hkpost.mail_item (item_no)"
        " SELECT 'RB' || lpad(n::text, 9, '0') || 'HK' FROM generate_series(1, 20000) AS n",
    )
    execute(engine, "ANALYZE hkpost.mail_item")
    parameters = {"account": "hkpost_default", "at_most": 120, "except": [], "only": None}
    explain = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement('items/claim_items').text}")
    with engine.connect() as connection:
        # So few rows are read quicker as a whole; with millions of them it would not.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        [plan] = connection.execute(explain, parameters).scalar_one()
    [scan] = [node for node in nodes(plan["Plan"]) if node.get("Index Name") == "mail_item_due"]
    assert scan["Actual Rows"] <= 121


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's node and all below it."""
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def test_a_query_without_item_no_says_what_it_gives(engine: Engine) -> None:
    with pytest.raises(IntakeError, match="open_items_sql gives tracking_no: it must give item_no"):
        register_rows(engine, ["tracking_no"], [])


@pytest.mark.parametrize(
    ("column", "value"),
    [("priority", "high"), ("priority", 10**12), ("priority", float("inf")), ("registered_at", "yesterday")],
)
def test_a_value_that_its_column_cannot_hold_is_noted_and_its_item_registered_without_it(
    engine: Engine, column: str, value: object
) -> None:
    given = [("RB123456785HK", value), ("RB000000010HK", None)]
    summary = register_rows(engine, ["item_no", column], [given])
    assert (summary.registered, summary.rejected) == (2, 1)
    [item] = rows(engine, "SELECT priority, registered_at FROM hkpost.mail_item WHERE item_no LIKE 'RB1%'")
    assert (item.priority, (datetime.now(UTC) - item.registered_at).days) == (0, 0)
    [reject] = rows(engine, "SELECT item_no, reason, raw_fragment FROM hkpost.rejected_record")
    assert (reject.item_no, reject.raw_fragment) == ("RB123456785HK", str(value))
    assert reject.reason.startswith(f"registered without its {column}: it must be a ")
    assert register_rows(engine, ["item_no", column], [given]).rejected == 0, "noted once"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("source_ref", "x" * 501, "it has 501 characters, more than 500"),
        ("source_ref", "order\x007", "it must be a text without the character U+0000"),
        ("source_ref", "order \ud800", "it must be a text in UTF-8"),
        ("source_ref", b"\xff", "it must be a text in UTF-8"),
        ("source_ref", ["a", "b"], "it must be a text, and is a list"),
        ("source_ref", {"order": {"no": 7}}, "it must be a text, and is a dict"),
        ("source_ref", 10**5000, "it must be a text in UTF-8"),
        ("priority", 2.5, "it must be a whole number"),
        ("priority", Decimal("1E+999999999"), "it must be a whole number"),
        ("priority", Decimal("sNaN"), None),
        ("priority", [1], "it must be a whole number"),
        ("priority", "9" * 5000, "it must be a whole number"),
        ("registered_at", 7, "it must be a timestamp, and is a int"),
        ("registered_at", datetime.max, "it must be a time in the years 1970 to 2199"),
        ("registered_at", datetime.min, "it must be a time in the years 1970 to 2199"),
        (
            "registered_at",
            datetime.min.replace(tzinfo=timezone(timedelta(hours=8))),
            "the years 1970 to 2199",
        ),
        ("registered_at", "2026-02-27\ud800", "it must be a timestamp or an ISO 8601 text"),
        ("registered_at", "2" * 1_000_000, "it must be a timestamp or an ISO 8601 text"),
        ("registered_at", b"\xff", "it must be a text in UTF-8"),
    ],
    ids=short,
)
def test_no_value_of_a_row_stops_another_row(
    engine: Engine, column: str, value: object, reason: str | None
) -> None:
    given = [("RB123456785HK", value), ("RB000000010HK", None)]
    summary = register_rows(engine, ["item_no", column], [given])
    assert summary.registered == 2
    rejects = rows(engine, "SELECT item_no, reason, raw_fragment FROM hkpost.rejected_record")
    assert [row.item_no for row in rejects] == (["RB123456785HK"] if reason else [])
    for row in rejects:
        assert reason in row.reason
        assert 0 < len(row.raw_fragment) <= 2000


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (float("nan"), "blank"),
        (Decimal("NaN"), "blank"),
        (True, "it must be a text, and is a bool"),
        (["RB123456785HK"], "it must be a text, and is a list"),
        ({}, "it must be a text, and is a dict"),
        (b"\xff", "it must be a text in UTF-8"),
        ("RB12345678\ud800HK", "it must be a text in UTF-8"),
        ("".join(Random(7).choices(digits, k=1_048_576)), "it has 1,048,576 characters, more than 13"),
        (10**5000, "it must be a text in UTF-8"),
    ],
    ids=short,
)
def test_no_number_stops_another_number(engine: Engine, number: object, reason: str) -> None:
    for _ in range(2):
        register_rows(
            engine,
            ["item_no", "account"],
            [[(number, "".join(Random(7).choices(digits, k=9000))), ("RB000000010HK", None)]],
        )
    assert [row.item_no for row in rows(engine, "SELECT item_no FROM hkpost.mail_item")] == ["RB000000010HK"]
    [reject] = rows(engine, "SELECT item_no, account, reason, raw_fragment FROM hkpost.rejected_record")
    assert reason in reject.reason
    assert max(len(reject.item_no), len(reject.account), len(reject.raw_fragment)) <= 2000


@pytest.mark.parametrize(
    ("number", "becomes"),
    [
        (b" rb123456785hk", "RB123456785HK"),
        (memoryview(b"RB123456785HK"), "RB123456785HK"),
        (123456789, "123456789"),
        (Decimal(123456789), "123456789"),
    ],
)
def test_a_number_in_another_type_is_the_text_it_holds(engine: Engine, number: object, becomes: str) -> None:
    register_rows(engine, ["item_no"], [[(number,)]])
    assert [row.item_no for row in rows(engine, "SELECT item_no FROM hkpost.mail_item")] == [becomes]


def test_what_is_kept_of_a_long_value_says_that_it_goes_on(engine: Engine) -> None:
    register_rows(engine, ["item_no", "source_ref"], [[("RB123456785HK", "x" * 3000)]])
    [reject] = rows(engine, "SELECT raw_fragment FROM hkpost.rejected_record")
    assert reject.raw_fragment == "x" * 1999 + "…"


def test_a_number_that_comes_twice_in_one_batch_is_one_item_in_whatever_case(engine: Engine) -> None:
    given = [("rb123456785hk", 1), (" RB123456785HK", 9), (b"Rb123456785hK", 0)]
    assert register_rows(engine, ["item_no", "priority"], [given]).registered == 1
    [item] = rows(engine, "SELECT item_no, priority FROM hkpost.mail_item")
    assert item == ("RB123456785HK", 9)


@pytest.mark.parametrize("number", ["rb12345678ßhk", "ſb123456785hk", "rb123456785hı"])
@pytest.mark.parametrize("directly", [False, True])
def test_a_letter_that_is_no_plain_one_becomes_no_plain_one(
    engine: Engine, number: str, directly: bool
) -> None:
    if directly:
        execute(engine, f"INSERT INTO hkpost.mail_item (item_no) VALUES ('{number}')")
    else:
        register_rows(engine, ["item_no"], [[(number,)]])
    canonicalise(engine)
    [item] = rows(engine, "SELECT item_no, state FROM hkpost.mail_item")
    assert item == (number, "invalid_number"), "another number would be asked about"


@pytest.mark.parametrize("column", ["priority", "registered_at", "source_ref", "account"])
def test_a_blank_is_no_value(engine: Engine, column: str) -> None:
    assert register_rows(engine, ["item_no", column], [[("RB123456785HK", " ")]]).rejected == 0
    [item] = rows(engine, "SELECT account, priority FROM hkpost.mail_item")
    assert (item.account, item.priority) == ("hkpost_default", 0)


def test_a_column_of_another_kind_is_named(engine: Engine) -> None:
    with pytest.raises(IntakeError, match="registered_at as int: give a timestamp"):
        register_rows(engine, ["item_no", "registered_at"], [[("RB123456785HK", 7)]])


def test_a_number_that_no_text_column_can_hold_is_refused(engine: Engine) -> None:
    summary = register_rows(engine, ["item_no"], [[("RB1\x0023456785",), ("RB123456785HK",)]])
    assert (summary.registered, summary.rejected) == (1, 1)


@pytest.mark.parametrize("at", ["infinity", "-infinity", "0044-03-15 12:00+00 BC", "12000-01-01 00:00+00"])
def test_an_item_registered_at_an_instant_that_no_calendar_has_counts_as_registered_now(
    engine: Engine, at: str
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO hkpost.mail_item (item_no, registered_at) VALUES"
                " ('RB000000010HK', CAST(:at AS timestamptz)), ('RB000000023HK', '2026-03-02 04:00+00')"
            ),
            {"at": at},
        )
    assert canonicalise(engine).rejected == 1
    assert canonicalise(engine).rejected == 0
    with engine.connect() as connection:
        ages = connection.execute(
            text("SELECT now() - registered_at < interval '1 minute' FROM hkpost.mail_item ORDER BY item_no")
        )
        assert ages.scalars().all() == [True, False]
        [reject] = connection.execute(text("SELECT item_no, raw_fragment FROM hkpost.rejected_record"))
        assert reject.item_no == "RB000000010HK"
        assert reject.raw_fragment.startswith(at[:5])


def test_what_the_business_promised_is_taken_and_what_cannot_be_read_is_noted_beside_the_item(
    engine: Engine,
) -> None:
    columns = ["item_no", "destination", "service_name", "promised_on", "pieces"]
    good = ("RB123456785HK", "usa", " Express ", date(2026, 3, 9), 2)
    texts = ("RB000000023HK", "New Zealand", None, "2026-03-10", "3")
    late = ("RB000000037HK", "JP", "x", datetime(2026, 3, 10, 20, tzinfo=UTC), Decimal(1))
    bad = ("RB000000010HK", "Atlantis", "x" * 101, "soon", 0)
    register_rows(engine, columns, [[good, texts, late, bad, ("RB000000045HK", None, None, None, None)]])
    known = "SELECT item_no, destination_expected, service_name, promised_on, pieces FROM hkpost.mail_item"
    assert sorted(map(tuple, rows(engine, known))) == [
        ("RB000000010HK", None, None, None, None),
        ("RB000000023HK", "NZ", None, date(2026, 3, 10), 3),
        ("RB000000037HK", "JP", "x", date(2026, 3, 11), 1),
        ("RB000000045HK", None, None, None, None),
        ("RB123456785HK", "US", "Express", date(2026, 3, 9), 2),
    ]
    reasons = [
        row.reason for row in rows(engine, "SELECT reason FROM hkpost.rejected_record ORDER BY reason")
    ]
    assert [reason.split(":")[0] for reason in reasons] == [
        f"registered without its {name}" for name in ("destination", "pieces", "promised_on", "service_name")
    ]


def test_a_promise_that_the_business_changes_is_followed_and_one_that_it_no_longer_names_stays(
    engine: Engine,
) -> None:
    columns = ["item_no", "destination", "promised_on", "priority"]
    first = [("RB123456785HK", "US", date(2026, 3, 9), 1), ("RB000000023HK", None, None, 1)]
    register_rows(engine, columns, [first])
    again = [("RB123456785HK", None, date(2026, 3, 12), 7), ("RB000000023HK", "NZ", None, 7)]
    assert register_rows(engine, columns, [again]).registered == 0
    known = "SELECT destination_expected, promised_on, priority FROM hkpost.mail_item ORDER BY item_no"
    assert list(map(tuple, rows(engine, known))) == [("NZ", None, 1), ("US", date(2026, 3, 12), 1)]
