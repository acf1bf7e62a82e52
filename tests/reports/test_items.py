"""Lists of items, and what a person pastes, held against the tables of one warehouse."""

import csv
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from hkpost.jobs.snapshots import refresh_snapshots
from hkpost.reports.filters import BadFilter, ItemFilter, listing
from hkpost.reports.item import item
from hkpost.reports.items import _ordered, page
from hkpost.reports.items_csv import items_csv
from hkpost.reports.lookup import MOST_PIECES, lookup
from hkpost.reports.paging import PAGE_ROWS, UnknownPage
from hkpost.warehouse.engine import warehouse_engine
from tests.helpers.warehouse_by_hand import Warehouse

NOW = datetime.now(UTC)
MANY = 2 * PAGE_ROWS + 7
GERMANY = {"origin_iso": "HK", "destination_iso": "DE"}


@pytest.fixture(scope="module")
def engine(new_warehouse: Callable[[], AbstractContextManager[str]]) -> Iterator[Engine]:
    """Items of every queue, many that were never asked about, and closed ones, after the end of a run."""
    with new_warehouse() as url:
        engine = warehouse_engine(url)
        with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            warehouse = Warehouse(connection)
            for number in range(MANY):  # many share an instant: the number decides between them
                warehouse.item(f"RA{number:09d}HK", registered_at=NOW - timedelta(minutes=number // 40))
            asked = {"last_polled_at": NOW, "account": "hkpost_b", **GERMANY}
            for item_no, state, silent_days, more in (
                ("EX000000001HK", "exception", 3, {"source_ref": "SO-1"}),
                ("FA000000001HK", "delivery_attempted", 2, {"source_ref": "SO-1"}),
                ("CO000000001HK", "awaiting_collection", 9, {}),
                ("CO000000002HK", "awaiting_collection", 2, {}),
                ("PR000000001HK", "in_transit", 1, {"promised_on": date(2026, 1, 1), "source_ref": "=SO"}),
                ("ST000000001HK", "in_transit", 40, {}),
                ("CP000000001HK", "in_transit", 50, {"destination_iso": "FR"}),
            ):
                last = NOW - timedelta(days=silent_days)
                warehouse.item(item_no, state=state, last_event_at=last, **(asked | more))
                warehouse.event(item_no, f"{last:%Y-%m-%d %H:%M}", "EMC", sequence_no=1)
            for item_no, state, reason, hours in (
                ("DE000000001HK", "delivered", "delivered", 1),
                ("DE000000002HK", "delivered", "delivered", 80),
                ("XX", "invalid_number", "malformed", 2),
                ("NF000000001HK", "not_found", "not_found", 3),
            ):
                warehouse.item(
                    item_no, state=state, close_reason=reason, closed_at=NOW - timedelta(hours=hours), **asked
                )
            warehouse.journeys()
            warehouse.run("DELETE FROM hkpost.item_journey WHERE starts_with(item_no, 'RA')")
            refresh_snapshots(engine)
            # A lane that reports nothing, as a month of its mail would show it.
            warehouse.run("UPDATE hkpost.lane_history SET reports = false WHERE destination = 'FR'")
            warehouse.run("DELETE FROM hkpost.queue_item")
        from hkpost.warehouse.snapshots.queue import refresh_queue

        with engine.begin() as connection:
            refresh_queue(connection)
        yield engine
        engine.dispose()


def numbers(engine: Engine, **asked: Any) -> list[str]:
    shown = page(engine, ItemFilter(**asked))
    assert not shown["next"]
    assert shown["total"] == len(shown["rows"])
    return [row["item_no"] for row in shown["rows"]]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"group": "exception"}, ["EX000000001HK"]),
        ({"group": "failed_delivery"}, ["FA000000001HK"]),
        ({"group": "collection_lapsing"}, ["CO000000001HK"]),
        ({"group": "at_risk"}, ["PR000000001HK"]),
        ({"group": "stuck"}, ["ST000000001HK"]),
        ({"group": "silent"}, ["CP000000001HK"]),
        ({"group": "stuck", "destination": "DE", "service": "S", "account": "hkpost_b"}, ["ST000000001HK"]),
        ({"group": "stuck", "origin": "HK", "state": "in_transit", "silent_days_min": 39}, ["ST000000001HK"]),
        ({"group": "stuck", "destination": "FR"}, []),
        ({"group": "stuck", "account": "nobodys"}, []),
        ({"group": "not_found"}, ["NF000000001HK"]),
        ({"state": "awaiting_collection"}, ["CO000000001HK", "CO000000002HK"]),
        ({"state": "awaiting_collection", "sort": "days_silent"}, ["CO000000002HK", "CO000000001HK"]),
        ({"state": "invalid_number"}, ["XX"]),
        ({"reason": "malformed"}, ["XX"]),
        ({"state": "delivered"}, ["DE000000001HK", "DE000000002HK"]),
        ({"state": "delivered", "account": "nobodys"}, []),
        ({"stage": "transit"}, ["CP000000001HK", "ST000000001HK", "PR000000001HK"]),
        ({"destination": "FR"}, ["CP000000001HK"]),
        ({"account": "hkpost_b", "service": "S"}, ["ST000000001HK"]),
        ({"silent_days_min": 39, "sort": "item_no"}, ["CP000000001HK", "ST000000001HK"]),
        ({"account": "hkpost_b", "silent_days_max": 2, "sort": "-item_no"}, ["PR000000001HK"]),
        ({"q": "SO-1", "sort": "-item_no"}, ["FA000000001HK", "EX000000001HK"]),
        ({"q": "co00"}, ["CO000000001HK", "CO000000002HK"]),
        (
            {"destination": "DE", "sort": "promised_on", "state": "in_transit"},
            ["PR000000001HK", "ST000000001HK"],
        ),
    ],
)
def test_a_list_has_the_items_that_are_asked_for_in_their_order(
    engine: Engine, asked: dict[str, Any], found: list[str]
) -> None:
    assert numbers(engine, **asked) == found


def test_what_was_closed_on_a_day_is_told_by_hong_kongs_clock(engine: Engine) -> None:
    with engine.connect() as connection:
        closed = Warehouse(connection).rows(
            "SELECT item_no, (closed_at AT TIME ZONE 'Asia/Hong_Kong')::date AS day FROM hkpost.mail_item"
            " WHERE NOT is_open ORDER BY closed_at DESC"
        )
    for day in {row["day"] for row in closed}:
        assert numbers(engine, closed_on=day) == [row["item_no"] for row in closed if row["day"] == day]


def test_the_items_of_a_week_of_posting_are_open_and_closed_ones(engine: Engine) -> None:
    with engine.connect() as connection:
        weeks = Warehouse(connection).rows(
            "SELECT week_start, array_agg(item_no::text) AS item_nos FROM hkpost.item_journey"
            " WHERE posted_at IS NOT NULL GROUP BY week_start"
        )
    for week in weeks:
        assert set(numbers(engine, week=week["week_start"])) == set(week["item_nos"])


@pytest.mark.parametrize("sort", ["days_silent", "-days_silent", "item_no", "-expected_p50_at"])
def test_the_pages_of_a_list_hold_every_item_once(engine: Engine, sort: str) -> None:
    met: list[str] = []
    mark = ""
    while True:
        shown = page(engine, ItemFilter(state="registered", sort=sort), mark)
        met += [row["item_no"] for row in shown["rows"]]
        assert (shown["total"], shown["total_is_at_least"]) == (MANY, False)
        mark = shown["next"]
        if not mark:
            break
    assert sorted(met) == [f"RA{number:09d}HK" for number in range(MANY)]


@pytest.mark.parametrize("sort", ["item_no", "-item_no", "-days_open", "destination"])
def test_of_a_list_too_long_to_be_sorted_the_first_of_its_own_order_are(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    assert page(engine, ItemFilter(state="delivered", sort=sort))["sorted_first"] is None
    monkeypatch.setattr("hkpost.reports.items.MOST_COUNTED", 1)
    seen = page(engine, ItemFilter(state="delivered", sort=sort))
    assert [row["item_no"] for row in seen["rows"]] == ["DE000000001HK"], "closed last"
    assert (seen["total"], seen["total_is_at_least"], seen["sorted_first"]) == (1, True, 1)
    assert len(page(engine, ItemFilter(state="delivered", sort="closed_at"))["rows"]) == 2, "from the index"


@pytest.mark.parametrize("asked", [{"group": "stuck"}, {"group": "expired"}, {"state": "delivered"}])
def test_a_list_in_its_own_order_is_read_from_its_index_and_sorts_nothing(
    engine: Engine, asked: dict[str, Any]
) -> None:
    with engine.begin() as connection:
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin", "sort", "incremental_sort"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        wanted = listing(connection, ItemFilter(**asked))
        compiled = _ordered(wanted).compile(dialect=connection.dialect)
        values = {**compiled.params, **wanted.values, "at_most": 51}
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}", values).scalars())
    assert "Sort" not in plan, plan


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ({"group": "stuck", "destination": "DE", "sort": "days_open"}, "queue_item_oldest"),
        (
            {"group": "stuck", "account": "hkpost_b", "silent_days_min": 7, "sort": "destination"},
            "queue_item_oldest",
        ),
        ({"state": "delivered", "destination": "DE", "sort": "days_open"}, "mail_item_closed"),
        (
            {"state": "delivered", "service": "R", "silent_days_min": 7, "sort": "last_event_at"},
            "mail_item_closed",
        ),
    ],
)
def test_a_list_is_filtered_and_sorted_by_its_index_alone(
    engine: Engine, asked: dict[str, Any], index: str
) -> None:
    with engine.begin() as connection:
        for way in ("seqscan", "bitmapscan"):
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")
        wanted = listing(connection, ItemFilter(**asked))
        compiled = _ordered(wanted).compile(dialect=connection.dialect)
        values = {**compiled.params, **wanted.values, "at_most": 51, "first": 10_000}
        plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {compiled}", values).scalars())
    assert f"Index Only Scan using {index}" in plan or f"Index Only Scan Backward using {index}" in plan, plan
    assert "Join" not in plan and "Nested Loop" not in plan, plan


def test_an_item_of_a_queue_is_listed_as_it_stood_at_the_end_of_the_last_run(
    engine: Engine,
) -> None:
    from hkpost.warehouse.snapshots.queue import refresh_queue

    versions = "SELECT item_no, xmin::text AS version FROM hkpost.queue_item ORDER BY item_no, queue"
    try:
        with engine.begin() as connection:
            before = Warehouse(connection).rows(versions)
            Warehouse(connection).run(
                "UPDATE hkpost.item_journey SET destination = 'NZ' WHERE item_no = 'ST000000001HK'"
            )
        assert numbers(engine, group="stuck", destination="NZ") == []
        with engine.begin() as connection:
            refresh_queue(connection)
        assert numbers(engine, group="stuck", destination="NZ") == ["ST000000001HK"]
        with engine.begin() as connection:
            after = Warehouse(connection).rows(versions)
        assert [row for row in after if row not in before] == [
            row for row in after if row["item_no"] == "ST000000001HK"
        ], "what stands as before is not written again"
    finally:
        with engine.begin() as connection:
            Warehouse(connection).run(
                "UPDATE hkpost.item_journey SET destination = 'DE' WHERE item_no = 'ST000000001HK'"
            )
            refresh_queue(connection)


def test_a_row_says_what_a_person_asks_of_an_item(engine: Engine) -> None:
    [row] = page(engine, ItemFilter(group="at_risk"))["rows"]
    assert (row["source_ref"], row["destination"], row["destination_e"]) == ("=SO", "DE", "Germany")
    assert (row["promised_on"], row["promise_status"], row["groups"]) == (
        date(2026, 1, 1),
        "overdue",
        ["at_risk"],
    )
    assert row["days_silent"] == pytest.approx(1, abs=0.1)
    assert row["usual_days"] is None, "what too few items show is not usual"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"group": "nonsense"}, "there is no group 'nonsense': there are exception"),
        ({"state": "nonsense"}, "there is no state"),
        ({"reason": "in_transit"}, "there is no reason"),
        ({"sort": "nonsense"}, "cannot be sorted by 'nonsense'"),
        ({"sort": "closed_at"}, "closed_at where it is of closed items"),
        ({"age_days_min": 10**9}, "age_days_min is a number of days"),
        ({"group": "stuck", "week": date(2026, 1, 5)}, "ask for one"),
    ],
)
def test_a_filter_that_is_none_is_refused_in_a_sentence(
    engine: Engine, asked: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadFilter, match=words):
        page(engine, ItemFilter(**asked))


@pytest.mark.parametrize(
    "mark", ["nonsense", '["a", "nonsense"]', "[1]", '["a\\u0000", "b"]', '["\\ud800", "a"]']
)
def test_a_mark_that_was_never_given_out_is_refused(engine: Engine, mark: str) -> None:
    with pytest.raises(UnknownPage, match="begin at the first"):
        page(engine, ItemFilter(), mark)


@pytest.mark.parametrize(
    ("language", "item_heading", "state", "queue"),
    [
        ("en", "Item number", "In transit", "At risk of the promise"),
        ("zh-Hans", "邮件编号", "运送中", "可能逾期"),
    ],
)
def test_a_csv_file_speaks_the_readers_language_and_zone(
    engine: Engine, language: str, item_heading: str, state: str, queue: str
) -> None:
    with items_csv(engine, ItemFilter(group="at_risk"), ZoneInfo("Asia/Tokyo"), language) as file:
        [row] = csv.DictReader(file.read().decode("utf-8-sig").splitlines())
    assert row[item_heading] == "PR000000001HK"
    assert {state, queue, "'=SO"} <= set(row.values())
    last = (NOW - timedelta(days=1)).astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{last:%Y-%m-%d %H:%M}" in row.values()


def test_a_csv_file_has_every_item_of_its_list(engine: Engine) -> None:
    with items_csv(engine, ItemFilter(state="registered"), ZoneInfo("UTC"), "en") as file:
        rows = list(csv.DictReader(file.read().decode("utf-8-sig").splitlines()))
    assert {row["Item number"] for row in rows} == {f"RA{number:09d}HK" for number in range(MANY)}


@pytest.mark.parametrize(
    "sort", [None, "item_no", "-item_no", "-days_open", "days_silent", "destination", "promised_on"]
)
@pytest.mark.parametrize("asked", [{"group": "stuck"}, {"state": "delivered"}, {"stage": "transit"}, {}])
def test_a_csv_file_has_the_order_of_the_screen(
    engine: Engine, asked: dict[str, Any], sort: str | None
) -> None:
    wanted = ItemFilter(sort=sort, **asked)
    shown: list[str] = []
    after = ""
    while not shown or after:
        seen = page(engine, wanted, after)
        shown += [row["item_no"] for row in seen["rows"]]
        after = seen["next"]
    with items_csv(engine, wanted, ZoneInfo("UTC"), "en") as file:
        rows = list(csv.DictReader(file.read().decode("utf-8-sig").splitlines()))
    assert [row["Item number"] for row in rows] == shown


def found(engine: Engine, pasted: str) -> dict[str, Any]:
    answer = lookup(engine, pasted)
    return {**answer, "rows": {row["item_no"]: row["pasted"] for row in answer["rows"]}}


@pytest.mark.parametrize(
    ("pasted", "items"),
    [
        ("ex 000 000 001 hk", {"EX000000001HK": "ex 000 000 001 hk"}),
        ("EX-0000-0000-1HK", {"EX000000001HK": "EX-0000-0000-1HK"}),
        ("so-1", {"EX000000001HK": "so-1", "FA000000001HK": "so-1"}),
        ("=SO; CP000000001HK", {"PR000000001HK": "=SO", "CP000000001HK": "CP000000001HK"}),
        ("EX000000001HK CO000000001HK", {"EX000000001HK": "EX000000001HK", "CO000000001HK": "CO000000001HK"}),
        ("co00", {"CO000000001HK": "co00", "CO000000002HK": "co00"}),
        ("", {}),
        ("   ", {}),
        ("EX0", {}),
        ("%", {}),
        ("____________", {}),
    ],
)
def test_what_is_pasted_names_items_in_any_form(engine: Engine, pasted: str, items: dict[str, str]) -> None:
    assert found(engine, pasted)["rows"] == items


def test_what_is_found_stands_in_the_order_in_which_it_was_pasted(engine: Engine) -> None:
    for pasted in (["ST000000001HK", "SO-1", "CO000000002HK"], ["CO000000002HK", "ST000000001HK", "SO-1"]):
        rows = lookup(engine, "\n".join(pasted))["rows"]
        assert list(dict.fromkeys(row["pasted"] for row in rows)) == pasted


def test_numbers_that_are_not_tracked_are_told_from_what_is_no_number(engine: Engine) -> None:
    answer = found(engine, "Item No\nEX000000001HK\nRR999999996HK\nSO-1 SO-99\nORDER77")
    assert set(answer["rows"]) == {"EX000000001HK", "FA000000001HK"}
    assert answer["untracked"] == ["RR999999996HK"]
    assert [one["text"] for one in answer["unknown"]] == ["Item No", "SO-99", "ORDER77"]
    assert [one["reason_e"].split(":")[0] for one in answer["unknown"]] == [
        "there is no digit in it",
        "no item number comes of these pieces",
        "no item has this number and no order this reference; it cannot be asked about, because it has not the form of"
        " an item number (RB123456785HK)",
    ]
    assert answer["unknown"][0]["reason_c"] == "當中沒有數字，是文字而非郵件編號"
    assert answer["too_many"] is None


def test_of_more_than_can_be_looked_up_the_first_are(engine: Engine) -> None:
    answer = found(engine, "\n".join(f"RR{number:09d}HK" for number in range(MOST_PIECES + 1)))
    assert (len(answer["untracked"]), answer["too_many"]) == (MOST_PIECES, MOST_PIECES + 1)


def test_an_item_is_a_story_with_its_legs_its_promise_and_its_badges(engine: Engine) -> None:
    seen = item(engine, "PR000000001HK")
    assert seen is not None
    assert seen["badges"] == ["overdue"]
    assert (seen["promise"]["promised_on"], seen["promise"]["status"]) == (date(2026, 1, 1), "overdue")
    assert seen["forecast"]["expects_report"] is True
    assert seen["item"]["poll_reason"] == "policy", "why it is asked when it is"
    assert (seen["item"]["news_from"], seen["item"]["news_until"]) == (None, None)
    assert seen["forecast"]["p_by_promise"] == 0 or seen["forecast"]["p_by_promise"] is None
    stages = ["posting", "origin", "transit", "destination", "customs", "delivery", "final"]
    assert [leg["stage"] for leg in seen["legs"]] == stages
    assert [leg["stage"] for leg in seen["legs"] if leg["is_current"]] == ["transit"]
    assert [leg["days"] for leg in seen["legs"]] == [None, None, pytest.approx(1, abs=0.1), *[None] * 4]
    assert {leg["usual_days"] for leg in seen["legs"]} == {None}, "too few are not usual"


def test_usual_of_a_leg_is_what_the_lanes_mature_mail_took(engine: Engine) -> None:
    with engine.begin() as connection:
        warehouse = Warehouse(connection)
        for number in range(31):  # in transit for 3 to 33 days
            posted = NOW - timedelta(days=60)
            landed = posted + timedelta(days=3 + number)
            item_no = f"P{number:04d}"
            warehouse.item(
                item_no,
                state="delivered",
                origin_iso="HK",
                destination_iso="DE",
                last_polled_at=NOW,
                posted_at_local=f"{posted:%Y-%m-%d %H:%M}",
            )
            warehouse.event(item_no, f"{posted:%Y-%m-%d %H:%M}", "EMC", sequence_no=1)
            warehouse.event(item_no, f"{landed:%Y-%m-%d %H:%M}", "EMD", sequence_no=2)
        warehouse.item("P", state="in_transit", origin_iso="HK", destination_iso="DE", last_polled_at=NOW)
        warehouse.event("P", f"{NOW - timedelta(days=2):%Y-%m-%d %H:%M}", "EMC", sequence_no=1)
        warehouse.journeys()
    seen = item(engine, "P")
    assert seen is not None
    transit = next(leg for leg in seen["legs"] if leg["is_current"])
    assert (transit["stage"], transit["n"], transit["usual_days"], transit["usual_p90"]) == (
        "transit",
        31,
        18,
        30,
    )
    assert transit["days"] == pytest.approx(2, abs=0.1)
