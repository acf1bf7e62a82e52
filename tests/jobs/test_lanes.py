"""From what the warehouse knows of its items to curves and forecasts, as the end of a run makes them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine, text

from hkpost.jobs.lanes import refresh_forecasts
from hkpost.lanes.classes import DAYS, WAITED
from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.lanes.forecasts import stage_forecasts
from hkpost.warehouse.lanes.kept_curves import count_stays
from tests.lanes.world import LANES, STAGES, World, world

NOW_IS = 100.0
ITEM = (
    *("item_no", "registered_at", "state", "closed_at", "close_reason"),
    *("last_polled_at", "last_answered_at", "delivered_at"),
)
JOURNEY = (
    *("item_no", "origin", "destination", "service", "state", "registered_at", "posted_at", "posted_on"),
    *("week_start", "origin_at", "transit_at", "destination_at", "delivery_stage_at", "delivered_at"),
)


def rows(engine: Engine, sql: str, **values: object) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(sql), values).mappings()]


def run(engine: Engine, sql: str, **values: object) -> None:
    with engine.begin() as connection:
        connection.execute(text(sql), values)


def fill(engine: Engine, mail: World) -> datetime:
    """Write what is known of a world's items on its day `NOW_IS`, which is now; returns when it began."""
    began = datetime.now(UTC) - timedelta(days=NOW_IS)

    def at(days: float) -> datetime:
        return (began + timedelta(days=float(days))).replace(microsecond=0)

    known = NOW_IS - np.random.default_rng(5).uniform(0, 0.25, len(mail.end))
    items, journeys = [], []
    for row in np.flatnonzero(mail.entered[:, 0] <= known):
        lane = LANES.iloc[mail.lane[row]]
        item_no = f"{lane['service']}B{row:09}HK"
        is_over = mail.end[row] <= known[row]
        end = at(mail.end[row]) if is_over else None
        is_delivered = is_over and mail.is_delivered[row]
        state = "delivered" if is_delivered else "expired" if is_over else "in_transit"
        entered = [at(day) if day <= known[row] else None for day in mail.entered[row]]
        delivered_at = end if is_delivered else None
        answered = at(known[row])
        reason = state if is_over else None
        items.append((item_no, entered[0], state, end, reason, answered, answered, delivered_at))
        posted_on = entered[0].date() if entered[0] else date(1900, 1, 1)
        lane_of = ("HK", lane["destination"], lane["service"])
        week = posted_on - timedelta(days=posted_on.weekday())
        journeys.append(
            (item_no, *lane_of, state, at(-1), entered[0], posted_on, week, *entered, delivered_at)
        )
    with engine.begin() as connection:
        copy_rows(connection, "hkpost.mail_item", ITEM, items)
        copy_rows(connection, "hkpost.item_journey", JOURNEY, journeys)
    return began


@pytest.fixture(scope="module")
def learned(new_warehouse: Callable[[], AbstractContextManager[str]]) -> Iterator[Engine]:
    """A warehouse of a world's items at the end of a run."""
    with new_warehouse() as url:
        engine = warehouse_engine(url)
        few = LANES.assign(a_day=[20, 10, 0, 0, 0, 12, 1])
        fill(engine, world(6, days=100, lanes=few))
        run(
            engine,
            "INSERT INTO hkpost.delivery_target (destination, target_days, source) VALUES ('JP', 9, 'ours')",
        )
        refresh_forecasts(engine)
        yield engine
        engine.dispose()


def test_the_warehouse_counts_what_the_world_did(learned: Engine) -> None:
    with learned.connect() as connection:
        counted = count_stays(connection, WAITED.tolist(), DAYS.tolist())
    truth = world(6, days=100, lanes=LANES.assign(a_day=[20, 10, 0, 0, 0, 12, 1])).counted(NOW_IS)
    keys = ["destination", "service", "stage"]
    ours, theirs = (
        frame[frame["stage"].isin(STAGES)]
        .groupby(keys)[["delivered", "ended", "censored"]]
        .sum()
        .sort_index()
        for frame in (counted, truth)
    )
    pd.testing.assert_frame_equal(ours.astype(int), theirs.astype(int))

    def mean_class(frame: pd.DataFrame, name: str) -> float:
        count = frame[["delivered", "ended", "censored"]].sum(axis=1)
        return float((frame[name] * count).sum() / count.sum())

    counted = counted[counted["stage"].isin(STAGES)]
    for name in ("stayed", "class"):
        assert mean_class(counted, name) == pytest.approx(mean_class(truth, name), rel=0.01)


def test_a_crowded_lane_is_counted_by_what_happened_lately_and_by_a_sample_of_it(learned: Engine) -> None:
    def counted(most: int) -> dict[tuple[str, str], tuple[int, int]]:
        """Of each lane, the items that came to their delivery office, and how many of them count from later on."""
        with learned.connect() as connection:
            counts = count_stays(connection, WAITED.tolist(), DAYS.tolist(), most=most)
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for row in counts[counts["stage"] == "delivery"].to_dict("records"):
            lane = row["destination"], row["service"]
            items, late = found.get(lane, (0, 0))
            items += row["delivered"] + row["ended"] + row["censored"]
            found[lane] = items, late + row["late"]
        return found

    whole, lately, sample = counted(10_000), counted(900), counted(100)
    to_japan = ("JP", "E")
    assert all(late == 0 for _, late in whole.values())
    # Twenty a day for a hundred days: of the 180 that are history, 900 take 81 at this rate, and 100 take less than 45.
    assert 0.75 < lately[to_japan][0] / whole[to_japan][0] < 0.87
    assert 1 <= lately[to_japan][1] < 40, "half a day in delivery, twenty a day"
    assert 80 <= sample[to_japan][0] <= 300 and counted(100) == sample
    assert lately["NZ", "L"] == whole["NZ", "L"]


def test_what_waits_is_found_by_its_item(learned: Engine) -> None:
    """Else the planner, where it expects one item to be asked again, reads all that waits for each of thousands."""
    with learned.connect() as connection:
        stage_forecasts(connection)
        keys = connection.execute(
            text("SELECT count(*) FROM pg_index WHERE indrelid = 'made_forecast'::regclass AND indisprimary")
        )
        assert keys.scalar_one() == 1


def test_each_open_item_has_a_forecast_and_no_other(learned: Engine) -> None:
    assert rows(
        learned,
        "SELECT count(*) AS items, count(f.item_no) FILTER (WHERE is_open) AS forecast,"
        " count(f.item_no) FILTER (WHERE NOT is_open) AS closed, bool_and(is_open = (f.item_no IS NOT NULL)) AS each"
        " FROM hkpost.mail_item LEFT JOIN hkpost.item_forecast AS f USING (item_no)",
    )[0]["each"]
    made = pd.DataFrame(rows(learned, "SELECT * FROM hkpost.item_forecast"))
    based = made["basis"].notna()
    assert set(made["basis"][based]) <= {"lane_stage", "lane", "destination", "service", "all"}
    assert (made["basis"] == "lane_stage").mean() > 0.5 and based.mean() > 0.9
    assert (made["basis_items"][based] >= 30).all() and (made["basis_items"][~based] == 0).all()
    quantiles = made[["forecast_at", "p10_at", "p50_at", "p80_at", "p90_at"]].dropna()
    assert len(quantiles) > 100
    assert all(quantiles.apply(lambda row: row.is_monotonic_increasing, axis=1))
    assert made["share_never"].dropna().between(0, 1).all()


def test_a_promise_has_its_probability(learned: Engine) -> None:
    made = pd.DataFrame(
        rows(
            learned,
            "SELECT destination, f.* FROM hkpost.item_forecast AS f JOIN hkpost.item_journey USING (item_no)",
        )
    )
    to_japan = made["destination"] == "JP"
    assert made["share_by_promise"][to_japan].between(0, 1).mean() > 0.9
    assert made["share_by_promise"][~to_japan].isna().all()
    assert (made["promised_until"].notna() == to_japan).all()


def test_a_curve_is_read_in_sql(learned: Engine) -> None:
    curve = rows(
        learned,
        "SELECT unnest(day) AS day, unnest(at_risk) AS at_risk, unnest(share_delivered) AS share FROM hkpost.lane_curve"
        " WHERE (basis, destination, service, stage, waited_days) = ('lane_stage', 'JP', 'E', 'transit', 0)",
    )
    half = next(row["day"] for row in curve if row["share"] >= 0.5)
    assert half == pytest.approx(1.6 + 0.8 + 0.5, abs=0.6)
    assert not rows(learned, "SELECT FROM hkpost.lane_curve WHERE destination = 'NZ' AND items < 30")


def test_a_later_run_forecasts_what_has_news_and_keeps_one_row_a_day(learned: Engine) -> None:
    assert refresh_forecasts(learned) == 0
    [first, second] = rows(
        learned, "SELECT item_no, p50_at FROM hkpost.item_forecast ORDER BY item_no LIMIT 2"
    )
    run(
        learned, "UPDATE hkpost.mail_item SET last_answered_at = now() WHERE item_no = :i", i=first["item_no"]
    )
    run(
        learned,
        "UPDATE hkpost.mail_item SET state = 'delivered', closed_at = now(), close_reason = 'delivered'"
        " WHERE item_no = :i",
        i=second["item_no"],
    )
    made_at = rows(learned, "SELECT DISTINCT made_at FROM hkpost.lane_curve")
    assert refresh_forecasts(learned) == 1
    assert rows(learned, "SELECT DISTINCT made_at FROM hkpost.lane_curve") == made_at
    assert not rows(learned, "SELECT FROM hkpost.item_forecast WHERE item_no = :i", i=second["item_no"])
    for item in (first, second):
        kept = rows(
            learned, "SELECT p50_at FROM hkpost.item_forecast_history WHERE item_no = :i", i=item["item_no"]
        )
        assert kept == [{"p50_at": item["p50_at"]}]
    run(learned, "UPDATE hkpost.mail_item SET state = 'in_transit' WHERE item_no = :i", i=second["item_no"])
    assert refresh_forecasts(learned) == 1, "a reopened item has a forecast again"


def test_curves_are_made_again_when_they_are_old_or_many_items_were_closed(learned: Engine) -> None:
    open_items = rows(learned, "SELECT count(*) AS items FROM hkpost.mail_item WHERE is_open")[0]["items"]
    run(learned, "UPDATE hkpost.lane_curve SET made_at = now() - interval '7 hours'")
    assert refresh_forecasts(learned) == open_items
    run(learned, "UPDATE hkpost.mail_item SET closed_at = now() + interval '1 second' WHERE NOT is_open")
    assert refresh_forecasts(learned) == open_items


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    engine = warehouse_engine(warehouse_url)
    yield engine
    engine.dispose()


def test_an_empty_warehouse_has_neither_curves_nor_forecasts(engine: Engine) -> None:
    assert refresh_forecasts(engine) == 0
    assert refresh_forecasts(engine) == 0


def test_of_an_item_that_was_never_asked_about_only_its_stage_is_said(engine: Engine) -> None:
    run(engine, "INSERT INTO hkpost.mail_item (item_no, registered_at) VALUES ('RB000000010HK', 'infinity')")
    assert refresh_forecasts(engine) == 1
    [made] = rows(engine, "SELECT * FROM hkpost.item_forecast")
    assert made["stage"] == "registered" and made["basis"] is None and made["basis_items"] == 0
    assert made["p50_at"] is None and made["share_never"] is None and made["expects_report"]


def journey(engine: Engine, item_no: str, state: str = "delivered", **at: object) -> None:
    run(
        engine,
        "INSERT INTO hkpost.mail_item (item_no, registered_at, state, closed_at, last_answered_at)"
        " VALUES (:i, now() - interval '9 days', :s, now() - interval '1 day', now())",
        i=item_no,
        s=state,
    )
    columns = "".join(f", {name}" for name in at)
    values = "".join(f", {value}" for value in at.values())
    run(
        engine,
        "INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_on,"
        f" week_start{columns}) VALUES (:i, 'HK', 'GB', 'R', :s, now() - interval '9 days', current_date - 9,"
        f" date_trunc('week', current_date - 9)::date{values})",
        i=item_no,
        s=state,
    )


def stays(engine: Engine, stage: str) -> pd.DataFrame:
    with engine.connect() as connection:
        counted = count_stays(connection, WAITED.tolist(), DAYS.tolist())
    return counted[counted["stage"] == stage].reset_index(drop=True)


def test_a_delivery_told_with_a_date_only_is_in_the_middle_of_what_is_left_of_its_day(engine: Engine) -> None:
    midnight = "(current_date - 3)::timestamp AT TIME ZONE 'Europe/London'"
    whole_day = {"delivered_at": midnight, "delivered_on": "current_date - 3"}
    journey(engine, "RB000000010HK", delivery_stage_at=f"{midnight} - interval '1 day'", **whole_day)
    journey(engine, "RB000000011HK", delivery_stage_at=f"{midnight} + interval '12 hours'", **whole_day)
    days = sorted(DAYS[stays(engine, "delivery")["class"]])
    assert days == pytest.approx([0.2, 1.5]), "six hours, and a day and a half"


def test_clocks_that_jump_tell_nothing(engine: Engine) -> None:
    journey(
        engine,
        "RB000000010HK",
        posting_stage_at="now() - interval '2 days'",
        delivery_stage_at="now() - interval '4 days'",
        delivered_at="now() - interval '3 days'",
    )
    assert stays(engine, "posting").empty, "posted after the delivery"
    assert len(stays(engine, "delivery")) == 1
    day = "now() - interval '1 day'"
    journey(engine, "RB000000011HK", delivery_stage_at=day, delivered_at=f"{day} - interval '4 days'")
    assert stays(engine, "delivery")["delivered"].sum() == 1, (
        "delivered before it came to the delivery office"
    )


def test_a_delivery_whose_time_is_not_known_counts_when_it_was_learned(engine: Engine) -> None:
    journey(engine, "RB000000010HK", delivery_stage_at="now() - interval '4.05 days'")
    assert DAYS[stays(engine, "delivery")["class"]] == pytest.approx([3.0])


def test_an_open_item_is_followed_as_far_as_its_last_answer(engine: Engine) -> None:
    journey(engine, "RB000000010HK", state="in_transit", transit_at="now() - interval '8.1 days'")
    run(engine, "UPDATE hkpost.mail_item SET last_answered_at = now() - interval '2 days', closed_at = NULL")
    [stay] = stays(engine, "transit").to_dict("records")
    assert stay["censored"] == 1 and DAYS[stay["class"]] == pytest.approx(6.0)


def test_a_silent_lane_expects_no_report_and_no_lateness(engine: Engine) -> None:
    journey(engine, "RB000000010HK", state="in_transit", transit_at="now() - interval '8 days'")
    journey(engine, "RB000000011HK", state="arrived", destination_at="now() - interval '8 days'")
    run(
        engine,
        "INSERT INTO hkpost.lane_history (origin, destination, service, delivered_items, departed_items, heard_items,"
        " reports, reckoned_at) VALUES ('HK', 'GB', 'R', 0, 400, 3, false, now())",
    )
    refresh_forecasts(engine)
    made = rows(engine, "SELECT expects_report, basis, p50_at FROM hkpost.item_forecast ORDER BY item_no")
    assert made[0] == {"expects_report": False, "basis": None, "p50_at": None}
    assert made[1]["expects_report"], "something was heard of this one"
