"""The forecast of an open item: what became of the items that were as long where it is now.

Of the curve that compares best, F(t | > e) = (F(t) - F(e)) / S(e): of the items that were in the stage for e days and
not at their end, the share that is delivered t days after they entered it. e runs to the item's last answer: what was
not asked is not known.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

import numpy as np
import pandas as pd

from hkpost.lanes.classes import DAYS, STAGES, WAITED, class_of, waited_of
from hkpost.lanes.curves import LANE, LEVELS, Curves

QUANTILES: Final = {"p10_at": 0.1, "p50_at": 0.5, "p80_at": 0.8, "p90_at": 0.9}
FORECAST_COLUMNS: Final = (
    "item_no",
    "forecast_at",
    "stage",
    *QUANTILES,
    "share_by_promise",
    "share_never",
    "basis",
    "basis_items",
    "expects_report",
)
MOST_UNDECIDED: Final = 0.1
"""Where the curve ends and a larger share of the items was still on its way, it says nothing of what comes after."""


def forecast(items: pd.DataFrame, curves: Curves, now: datetime, minimum_items: int) -> pd.DataFrame:
    """Forecast open items.

    Args:
        items: `item_no`, `origin`, `destination`, `service`, `stage`, the instants `entered_at` (the stage),
            `known_until` (the last answer) and `promised_until` (NaT without a promise; UTC all three), and
            `expects_report`.
        curves: what the lanes taught.
        now: no forecast lies before it.
        minimum_items: a forecast is based on as many items at least that were as long in the stage.

    Returns a row an item: the columns of `item_forecast`. Instants are null where the curve does not reach so far, all
    but `stage` and `expects_report` where no report is expected or too few items can be compared with it.
    """
    waited = np.maximum(_days(items["entered_at"], items["known_until"]), 0)
    found, basis, basis_items = _compared(items, curves, waited, minimum_items)
    expects_report = items["expects_report"].to_numpy(dtype=bool)
    rows = np.flatnonzero((found >= 0) & expects_report)
    result = pd.DataFrame({"item_no": items["item_no"], "forecast_at": now, "stage": items["stage"]})
    nothing = pd.Series(pd.NaT, index=items.index, dtype="datetime64[us, UTC]")
    result = result.assign(**dict.fromkeys(QUANTILES, nothing), share_by_promise=np.nan, share_never=np.nan)
    basis[~expects_report] = None
    result["basis"] = basis
    result["basis_items"] = np.where(expects_report, basis_items, 0)
    result["expects_report"] = expects_report
    if not len(rows):
        return result
    curve = found[rows]
    since = np.maximum(waited[rows], WAITED[curves.keys["waited"].to_numpy(dtype=int)[curve]])
    delivered, ended = curves.share_delivered, curves.share_ended
    there = _at(delivered, curve, since)
    left = 1 - there - _at(ended, curve, since)
    undecided = (1 - delivered[curve, -1] - ended[curve, -1]) / left
    entered = items["entered_at"].iloc[rows]
    for name, share in QUANTILES.items():
        days = np.maximum(_reached(delivered, curve, there + share * left), since)
        at = entered + pd.to_timedelta(np.round(days * 86_400_000_000), unit="us")
        result.loc[items.index[rows], name] = at.clip(lower=pd.Timestamp(now)).dt.as_unit("us")
    promised = _days(entered, items["promised_until"].iloc[rows])
    reaches = DAYS[(curves.at_risk[curve] > 0).cumsum(axis=1).argmax(axis=1) + 1]
    kept = np.clip((_at(delivered, curve, np.maximum(promised, since)) - there) / left, 0, 1)
    kept[np.isnan(promised) | (promised > reaches) & (undecided > MOST_UNDECIDED)] = np.nan
    never = np.clip((ended[curve, -1] - _at(ended, curve, since)) / left, 0, 1)
    never[undecided > MOST_UNDECIDED] = np.nan
    result.loc[items.index[rows], "share_by_promise"] = kept
    result.loc[items.index[rows], "share_never"] = never
    return result


def _compared(
    items: pd.DataFrame, curves: Curves, waited: np.ndarray, minimum_items: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The number of the curve of each item (-1: none), its `basis`, and how many items it compares the item with."""
    found = np.full(len(items), -1)
    basis = np.full(len(items), None, dtype=object)
    compared = np.zeros(len(items), dtype=np.int64)
    within = ~np.isnan(waited) & (waited < DAYS[-1])
    in_delivery = (items["stage"] == STAGES[-1]).to_numpy()
    lanes = items[[*LANE, "stage"]]
    place = lanes.groupby(list(lanes), sort=False).ngroup().to_numpy()
    places = lanes.drop_duplicates(ignore_index=True)
    numbers = {level: _numbers(places, level, curves) for level in LEVELS}
    for name, level, longest in _steps(np.where(within, waited, 0), in_delivery):
        open_ = np.flatnonzero((found < 0) & within & (longest >= 0))
        number = numbers[level][place[open_], longest[open_]]
        open_, number = open_[number >= 0], number[number >= 0]
        since = np.maximum(waited[open_], WAITED[longest[open_]])
        at_risk = curves.at_risk[number, class_of(since)]
        left = 1 - _at(curves.share_delivered, number, since) - _at(curves.share_ended, number, since)
        good = (at_risk >= minimum_items) & (left > 0)
        found[open_[good]], basis[open_[good]], compared[open_[good]] = number[good], name, at_risk[good]
    return found, basis, compared


def _numbers(places: pd.DataFrame, level: str, curves: Curves) -> np.ndarray:
    """The number of the curve of a level for each lane and stage (a row each) and each of `WAITED`; -1: none."""
    key = [*LEVELS[level], "stage"]
    rows = np.flatnonzero((curves.keys["basis"] == level).to_numpy())
    known = pd.MultiIndex.from_frame(curves.keys.iloc[rows][[*key, "waited"]])
    wanted = places[key].loc[places.index.repeat(len(WAITED))]
    wanted["waited"] = np.tile(np.arange(len(WAITED)), len(places))
    found = known.get_indexer(pd.MultiIndex.from_frame(wanted))
    return np.append(rows, -1)[found].reshape(len(places), len(WAITED))


def _steps(waited: np.ndarray, in_delivery: np.ndarray) -> Iterator[tuple[str, str, np.ndarray]]:
    """Where a curve is looked for, the best first: its `basis`, its level, and the wait (-1: not there).

    Of the lane, the items that waited as long in the stage; then those that waited at least half as long; and the same
    of all lanes at last.
    """
    longest = waited_of(waited)
    # The nearest wait: those of the one before have gone on in part, those of the next will have stayed for longer. Who
    # is out for delivery goes on to the end alone, which the curve itself excludes.
    after = np.minimum(longest + 1, len(WAITED) - 1)
    nearest = np.where(~in_delivery & (2 * waited > WAITED[longest] + WAITED[after]), after, longest)
    yield "lane_stage", "lane_stage", nearest
    yield from (("lane", "lane_stage", shorter) for shorter in _shorter(waited, longest))
    yield "destination", "destination", nearest
    yield "service", "service", nearest
    yield "all", "all", nearest
    yield from (("all", "all", shorter) for shorter in _shorter(waited, longest))


def _days(begin: "pd.Series[pd.Timestamp]", end: "pd.Series[pd.Timestamp]") -> np.ndarray:
    return (end - begin).dt.total_seconds().to_numpy(dtype=float) / 86_400


def _shorter(waited: np.ndarray, longest: np.ndarray) -> Iterator[np.ndarray]:
    for step in (0, 1, 2):
        shorter = longest - step
        yield np.where(2 * WAITED[shorter] >= waited, shorter, -1)


def _at(shares: np.ndarray, curve: np.ndarray, days: np.ndarray) -> np.ndarray:
    """The shares of some curves at some days since the stage was entered, on a straight line within a class."""
    place = np.clip(class_of(days), 0, len(DAYS) - 2)
    part = np.clip((days - DAYS[place]) / (DAYS[place + 1] - DAYS[place]), 0, 1)
    begin, end = shares[curve, place], shares[curve, place + 1]
    share: np.ndarray = begin + part * (end - begin)
    return share


def _reached(shares: np.ndarray, curve: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The days after which some curves reach some shares; NaN where they do not."""
    # All curves one after another, each two above the one before: one sorted array.
    rising = (shares + 2 * np.arange(len(shares))[:, None]).ravel()
    place = np.searchsorted(rising, wanted + 2 * curve) - curve * shares.shape[1]
    reached = (wanted <= shares[curve, -1]) & (place < shares.shape[1])
    place = np.clip(place, 1, shares.shape[1] - 1)
    begin, end = shares[curve, place - 1], shares[curve, place]
    part = np.divide(wanted - begin, end - begin, out=np.ones_like(begin), where=end > begin)
    days = DAYS[place - 1] + np.clip(part, 0, 1) * (DAYS[place] - DAYS[place - 1])
    return np.where(reached, days, np.nan)
