"""Forecasts on worlds with other lanes, and on worlds that change: each day from what was known that day alone."""

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import pytest

from hkpost.lanes.curves import learn
from hkpost.lanes.forecast import forecast
from tests.lanes.world import LANES, instant, instants, world

MINIMUM: Final = 30
NO_LANE = pd.DataFrame({"origin": [], "destination": [], "service": []}, dtype=str)
OTHER_LANES = LANES.assign(
    medians=pd.Series(
        [
            (0.3, 3.0, 0.4, 0.2),
            (2.0, 9.0, 1.0, 0.5),
            (1.0, 6.0, 4.0, 2.0),
            (0.5, 14.0, 3.0, 0.5),
            (3.0, 20.0, 15.0, 6.0),
            (0.4, 2.0, 1.0, 3.0),
            (2.0, 10.0, 2.0, 2.0),
        ]
    ),
    returned=[0.1, 0.02, 0.0, 0.15, 0.03, 0.08, 0.05],
    lost=[0.02, 0.0, 0.03, 0.01, 0.12, 0.06, 0.02],
)
STRIKE: Final = (215.0, 221.0)


def after_the_strike(day: np.ndarray) -> np.ndarray:
    """What should come during the strike comes in the days after it, in the same order."""
    begin, end = STRIKE
    return np.where((day >= begin) & (day < end), end + (day - begin) / 2, day)


def slower_from_now_on(day: np.ndarray) -> np.ndarray:
    return np.where(day < 205, 1, 1.4)


def season(day: np.ndarray) -> np.ndarray:
    """Over the days of the forecasts, stages take ever less of their usual time: from 0.9 of it down to 0.7."""
    return 1 + 0.3 * np.sin(2 * np.pi * day / 365)


WORLDS: Final[dict[str, dict[str, Any]]] = {
    "wide": {"lanes": OTHER_LANES, "spread": 0.9},
    "narrow": {"lanes": OTHER_LANES, "spread": 0.25},
    "season": {"pace": season},
    "slower": {"pace": slower_from_now_on},
    "strike": {"held": after_the_strike},
}
CHANGING: Final = ("season", "slower", "strike")
LATELY: Final = 45.0
"""The days that a lane with much mail is counted by (count_stays.sql)."""


class Judged(NamedTuple):
    """Largest difference of a decile in points, coverage of the 80 % interval, Brier score beside the median's."""

    decile: float
    coverage: float
    brier: float
    brier_median: float


@cache
def judge(name: str, lately: float = LATELY, many: int = 1) -> Judged:
    """Forecasts of two days, of all items that were open then."""
    mail = world(21, many=many, **WORLDS[name])
    promised_in = np.random.default_rng(3).uniform(0.5, 14, len(mail.end))
    days = (216.0, 224.0) if name == "strike" else (205.0, 235.0)
    parts = []
    for day in days:
        curves = learn(mail.counted(day, lately=lately), NO_LANE, MINIMUM)
        items, rows = mail.open_items(day, promised_in)
        made = forecast(items, curves, instant(day), MINIMUM)
        at = instants(mail.end[rows])
        posted, is_delivered = mail.entered[:, 0], mail.is_delivered
        known = (mail.end <= day) & (mail.end > day - 60) & is_delivered
        lead = pd.Series((mail.end - posted)[known]).groupby(mail.lane[known]).median()
        median = instants(posted[rows] + lead.to_numpy()[mail.lane[rows]])
        parts.append(
            pd.DataFrame(
                {
                    "predicted": made["share_by_promise"],
                    "kept": is_delivered[rows] & (at <= items["promised_until"]),
                    "median": np.maximum(median, items["known_until"]) <= items["promised_until"],
                    "told": made["p10_at"].notna() & made["p90_at"].notna(),
                    "within": is_delivered[rows] & (made["p10_at"] <= at) & (at <= made["p90_at"]),
                }
            )
        )
    all_ = pd.concat(parts, ignore_index=True)
    told = all_.dropna(subset=["predicted"]).astype({"kept": float, "median": float})
    decile = told.groupby(np.minimum(told["predicted"] * 10, 9).astype(int))
    enough = decile.size() >= 300
    off = (decile["predicted"].mean() - decile["kept"].mean())[enough].abs()
    assert enough.sum() >= 8
    return Judged(
        100 * float(off.max()),
        float(all_.loc[all_["told"], "within"].mean()),
        float(((told["predicted"] - told["kept"]) ** 2).mean()),
        float(((told["median"] - told["kept"]) ** 2).mean()),
    )


@pytest.mark.parametrize("name", ["wide", "narrow"])
def test_on_other_lanes_forecasts_are_as_honest(name: str) -> None:
    judged = judge(name, many=2)
    assert judged.decile <= 4
    assert 0.76 <= judged.coverage <= 0.84
    assert judged.brier <= 0.85 * judged.brier_median


@pytest.mark.parametrize("name", CHANGING)
def test_while_lanes_change_forecasts_are_far_better_than_the_lanes_median(name: str) -> None:
    judged = judge(name)
    assert judged.brier <= 0.85 * judged.brier_median
    assert judged.decile <= 18 and 0.65 <= judged.coverage <= 0.85


def test_in_a_season_what_happened_lately_tells_more_than_the_lanes_history() -> None:
    lately, history = judge("season"), judge("season", lately=np.inf)
    assert lately.decile < 0.7 * history.decile and lately.brier < history.brier
    assert abs(lately.coverage - 0.8) < abs(history.coverage - 0.8)
