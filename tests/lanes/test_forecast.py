"""Forecasts on a world whose distributions are known: what is predicted comes about, and nothing is guessed."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from hkpost.lanes.classes import STAGES
from hkpost.lanes.curves import Curves, learn
from hkpost.lanes.forecast import QUANTILES, forecast
from tests.lanes.world import LANES, World, instant, instants, world

MINIMUM = 30
LEARNED = 200.0
NO_LANE = pd.DataFrame({"origin": [], "destination": [], "service": []}, dtype=str)
COUNTS = ("at_risk", "delivered", "ended", "censored", "share_delivered", "share_ended")


@cache
def curves() -> Curves:
    return learn(world(1).counted(LEARNED), NO_LANE, MINIMUM)


@cache
def another() -> tuple[World, np.ndarray, pd.DataFrame, pd.DataFrame]:
    """Open items of another world on four days: the world, which items, what was asked and what was forecast."""
    other = world(2, many=2)
    days = np.random.default_rng(3).uniform(0.5, 14, len(other.end))
    asked, made, rows = [], [], []
    for day in (190.0, 205.0, 220.0, 235.0):
        items, numbers = other.open_items(day, days)
        asked.append(items)
        made.append(forecast(items, curves(), instant(day), MINIMUM))
        rows.append(numbers)
    return (
        other,
        np.concatenate(rows),
        pd.concat(asked, ignore_index=True),
        pd.concat(made, ignore_index=True),
    )


def kept() -> np.ndarray:
    """Whether each forecast item was delivered by its promise."""
    other, rows, items, _ = another()
    kept: np.ndarray = (
        other.is_delivered[rows] & (instants(other.end[rows]) <= items["promised_until"]).to_numpy()
    )
    return kept


def test_in_each_decile_as_many_are_delivered_by_their_promise_as_was_predicted() -> None:
    predicted = another()[3]["share_by_promise"].to_numpy()
    known = ~np.isnan(predicted)
    assert known.mean() > 0.99
    deciles = (
        pd.DataFrame({"predicted": predicted[known], "actual": kept()[known]})
        .groupby(np.minimum(predicted[known] * 10, 9).astype(int))
        .agg(predicted=("predicted", "mean"), actual=("actual", "mean"), items=("actual", "size"))
    )
    assert len(deciles) == 10 and (deciles["items"] >= 300).all()
    assert (deciles["predicted"] - deciles["actual"]).abs().max() <= 0.04, deciles


def test_eight_of_ten_are_delivered_between_p10_and_p90() -> None:
    other, rows, _, made = another()
    at = instants(other.end[rows])
    told = made["p10_at"].notna() & made["p90_at"].notna()
    within = (made["p10_at"] <= at) & (at <= made["p90_at"]) & other.is_delivered[rows]
    assert 0.76 <= within[told].mean() <= 0.84


def test_the_brier_score_is_better_than_that_of_the_lanes_median() -> None:
    other, rows, items, made = another()
    lead = (
        pd.Series(np.where(other.is_delivered, other.end - other.entered[:, 0], np.nan))
        .groupby(other.lane)
        .median()
    )
    median = instants(other.entered[rows, 0] + lead.to_numpy()[other.lane[rows]])
    naive = (np.maximum(median, items["known_until"]) <= items["promised_until"]).astype(float)
    ours = ((made["share_by_promise"] - kept()) ** 2).mean()
    assert ours <= 0.85 * ((naive - kept()) ** 2).mean()


def test_as_many_are_never_delivered_as_was_predicted() -> None:
    other, rows, _, made = another()
    never = ~other.is_delivered[rows]
    for stage in ("origin", "transit", "destination", "delivery"):
        there = (made["stage"] == stage).to_numpy()
        assert abs(made["share_never"][there].mean() - never[there].mean()) < 0.03, stage


def test_a_lane_with_a_handful_of_items_borrows_and_says_from_where() -> None:
    a_few = world(4, days=20, lanes=LANES.assign(a_day=[90, 0, 0, 0, 0, 0, 0])).counted(20.0)
    learned = learn(a_few, NO_LANE, MINIMUM)
    rows = [
        ("HK", "JP", "E", "lane_stage"),
        ("HK", "JP", "X", "destination"),
        ("HK", "FR", "E", "service"),
        ("HK", "FR", "X", "all"),
    ]
    items = pd.DataFrame([row[:3] for row in rows], columns=["origin", "destination", "service"])
    made = forecast(asked(items, stage="transit"), learned, instant(20), MINIMUM)
    assert made["basis"].tolist() == [row[3] for row in rows]
    assert (made["basis_items"] >= MINIMUM).all()
    assert learn(a_few, NO_LANE, 10**6).keys.empty


def asked(items: pd.DataFrame, stage: str, entered: float = 19.0, known: float = 19.8) -> pd.DataFrame:
    return items.assign(
        item_no=[f"RB{number:09}HK" for number in range(len(items))],
        stage=stage,
        entered_at=instants(np.full(len(items), entered)),
        known_until=instants(np.full(len(items), known)),
        promised_until=pd.Series(pd.NaT, index=items.index, dtype="datetime64[us, UTC]"),
        expects_report=True,
    )


LANE = pd.DataFrame({"origin": ["HK"], "destination": ["JP"], "service": ["E"]})


def test_an_item_that_waited_for_longer_is_expected_later_and_less_likely() -> None:
    early, late = (
        forecast(asked(LANE, "transit", 190.0, 190.0 + wait), curves(), instant(200), MINIMUM).iloc[0]
        for wait in (1.0, 9.0)
    )
    assert late["share_never"] > early["share_never"]
    assert late["basis_items"] < early["basis_items"]


@pytest.mark.parametrize("known", [19.8, 3.0, -400.0], ids=["now", "long ago", "before it was there"])
def test_no_forecast_lies_before_now_nor_is_it_endless(known: float) -> None:
    made = forecast(asked(LANE, "transit", known=known), curves(), instant(20), MINIMUM)
    for name in QUANTILES:
        assert made[name].dropna().between(instant(20), instant(220)).all()


@pytest.mark.parametrize("wrong", ["entered_at", "known_until"])
def test_of_an_item_whose_times_are_not_known_nothing_is_said(wrong: str) -> None:
    items = asked(LANE, "transit")
    items[wrong] = pd.Series([pd.NaT], dtype="datetime64[us, UTC]")
    [made] = forecast(items, curves(), instant(20), MINIMUM).to_dict("records")
    assert made["basis"] is None and made["basis_items"] == 0 and pd.isna(made["p50_at"])


def test_an_item_that_is_older_than_all_that_were_ever_delivered_has_no_forecast() -> None:
    items = asked(LANE, "transit", entered=-9_000.0)
    assert forecast(items, curves(), instant(20), MINIMUM)["p50_at"].isna().all()


def test_where_no_report_is_expected_there_is_no_lateness() -> None:
    made = forecast(asked(LANE, "transit").assign(expects_report=False), curves(), instant(20), MINIMUM)
    assert not made["expects_report"].any()
    assert made[[*QUANTILES, "share_by_promise", "share_never", "basis"]].isna().all(axis=None)


def test_silent_lanes_do_not_speak_for_others() -> None:
    counts = world(1).counted(LEARNED)
    silent = LANES[LANES["destination"] == "BR"].assign(origin="HK")[["origin", "destination", "service"]]
    learned = learn(counts, silent, MINIMUM)
    assert "BR" not in set(learned.keys["destination"][learned.keys["basis"] == "destination"])
    assert "BR" in set(learned.keys["destination"][learned.keys["basis"] == "lane_stage"])


def test_an_empty_warehouse_teaches_nothing() -> None:
    learned = learn(world(1).counted(LEARNED).head(0), NO_LANE, MINIMUM)
    assert learned.keys.empty
    made = forecast(asked(LANE, "transit"), Curves.from_rows(learned.rows()), instant(20), MINIMUM)
    assert made["basis_items"].tolist() == [0]


def test_curves_come_back_from_their_rows_as_they_were() -> None:
    back = Curves.from_rows(curves().rows())
    pd.testing.assert_frame_equal(back.keys, curves().keys)
    items, _ = world(2).open_items(LEARNED, np.full(len(world(2).end), 3.0))
    ours, theirs = (forecast(items, one, instant(LEARNED), MINIMUM) for one in (curves(), back))
    pd.testing.assert_frame_equal(ours, theirs)


def test_a_curve_counts_every_item_once_and_its_shares_only_grow() -> None:
    rows = curves().rows()
    for row in rows.to_dict("records"):
        went = np.array([row[name] for name in ("delivered", "ended", "censored")]).sum(axis=0)
        assert row["at_risk"][0] == row["items"]
        assert (np.diff(row["at_risk"]) == -went[:-1]).all()
        assert (np.diff(row["share_delivered"]) >= -1e-12).all() and (
            np.diff(row["share_ended"]) >= -1e-12
        ).all()
        assert row["share_delivered"][-1] + row["share_ended"][-1] <= 1 + 1e-9
    assert set(rows["stage"]) <= set(STAGES)
