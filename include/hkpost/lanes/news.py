"""The hazard of the next event: how likely news of an item is, each hour, by how long it has been silent.

Counted as the curves of delivery are: an item that has no later event is followed as far as its last answer, and each
curve borrows `BORROWED_ITEMS` from the broader one. The time for which items were followed is in open hours
(`week`), so that a night without news does not tell of long silences.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from hkpost.lanes.curves import BORROWED_ITEMS, LANE, LEVELS
from hkpost.lanes.week import Weeks

SILENCE: Final = np.concatenate(
    [
        np.array(
            [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 21, 24, 28, 32, 36, 42, 48, 60, 72, 84, 96]
        ),
        np.array([120, 144, 168, 216, 264, 336, 408, 504, 672, 1008, 1512, 2016]),
    ]
)
"""Where classes of silence begin, in hours since the last event; the last has no end."""
NEWS_KEY: Final = (*LANE, "last_event", "clock")
NEWS_COUNTED: Final = ("news", "closing", "open_hours")
_WIDTH: Final = np.append(np.diff(SILENCE), SILENCE[-1])


@dataclass(frozen=True, slots=True)
class NewsCurves:
    """Hazards by number: row i of `hazard` and `closing` is the curve that row i of `keys` names.

    keys: `basis` (a level), `origin`, `destination`, `service` (blank: all of them), `last_event`, and
    `items`: how often an item had news after that event.
    hazard: of the next event, per open hour, in each class of `SILENCE`; `closing`: of one that closes the item.
    """

    keys: pd.DataFrame
    hazard: np.ndarray
    closing: np.ndarray

    def number(self, items: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Which curve tells of each item (by lane and `last_event`; -1: none), and its level."""
        found = np.full(len(items), -1)
        basis = np.full(len(items), None, dtype=object)
        index = pd.MultiIndex.from_frame(self.keys[["basis", *LANE, "last_event"]])
        for level in reversed(tuple(LEVELS)):
            open_ = np.flatnonzero(found < 0)
            wanted = [
                items[name].to_numpy()[open_] if name in LEVELS[level] else [""] * len(open_) for name in LANE
            ]
            arrays = [[level] * len(open_), *wanted, items["last_event"].to_numpy()[open_]]
            found[open_] = index.get_indexer(pd.MultiIndex.from_arrays(arrays)) if len(open_) else -1
            basis[open_[found[open_] >= 0]] = level
        return found, basis


def class_of_silence(hours: np.ndarray) -> np.ndarray:
    """The class of `SILENCE` in which each silence in hours lies."""
    return np.maximum(np.searchsorted(SILENCE, hours, side="right") - 1, 0)


def learn_news(counts: pd.DataFrame, silent: pd.DataFrame, minimum_items: int) -> NewsCurves:
    """Make the curves of all lanes and of what they have in common.

    Args:
        counts: a row for each `origin`, `destination`, `service`, `last_event` and `class` of silence: how
            often the silence of an item ended in it with `news`, how many of these were `closing`, and for how many
            `open_hours` items were silent in it.
        silent: the lanes that are not heard of after the departure; the broader curves are made without them.
        minimum_items: what had news less often makes no curve.
    """
    marked = counts[list(LANE)].merge(silent.assign(is_silent=True), how="left", on=list(LANE))
    heard = counts[marked["is_silent"].isna().to_numpy()]
    known: dict[tuple[str, ...], tuple[np.ndarray, np.ndarray]] = {}
    keys: list[tuple[str | int, ...]] = []
    for basis, names in LEVELS.items():
        some = counts if basis == "lane_stage" else heard
        for group, rows in some.groupby([*names, "last_event"], sort=True):
            *lane, last_event = map(str, group)
            news = int(rows["news"].sum())
            if news < minimum_items:
                continue
            above = known.get(("all", last_event))
            if basis == "lane_stage" and ("destination", lane[1], last_event) in known:
                above = known["destination", lane[1], last_event]
            known[(basis, *lane, last_event)] = _hazards(rows, above)
            named = {**dict.fromkeys(LANE, ""), **dict(zip(names, lane, strict=True))}
            keys.append((basis, *named.values(), last_event, news))
    columns = ["basis", *LANE, "last_event", "items"]
    pairs = list(known.values())
    none = np.zeros((0, len(SILENCE)))
    return NewsCurves(
        pd.DataFrame(keys, columns=columns),
        np.stack([pair[0] for pair in pairs]) if pairs else none,
        np.stack([pair[1] for pair in pairs]) if pairs else none,
    )


def _hazards(
    rows: pd.DataFrame, above: tuple[np.ndarray, np.ndarray] | None
) -> tuple[np.ndarray, np.ndarray]:
    news, closing, exposure = (
        np.bincount(
            rows["class"].to_numpy(dtype=int),
            weights=rows[name].to_numpy(dtype=float),
            minlength=len(SILENCE),
        )
        for name in NEWS_COUNTED
    )
    mean = news.sum() / exposure.sum()
    hazards = []
    for index, went in enumerate((news, closing)):
        hazard = np.empty(len(SILENCE))
        for place, width in enumerate(_WIDTH):
            # Where little was seen, the broader curve holds; without one, the class before.
            before = hazard[place - 1] if place else mean * went.sum() / news.sum()
            borrowed = above[index][place] if above else before
            weight = BORROWED_ITEMS * width
            hazard[place] = (went[place] + weight * borrowed) / (exposure[place] + weight)
        hazards.append(hazard)
    return hazards[0], hazards[1]


def count_news(silences: pd.DataFrame, weeks: Weeks) -> pd.DataFrame:
    """Count silences as `learn_news` takes them.

    Args:
        silences: a row for each: `origin`, `destination`, `service`, `last_event`, `clock` (country); `begin` and
            `until` in hours since a Monday's 00:00 by the clock; `is_news` where it ended so, `is_closing` where that
            closed the item.
        weeks: the hours at which events happen.

    Returns what `learn_news` takes, and the `clock`.
    """
    number = weeks.number(silences["clock"], silences["last_event"])
    begin, until = (silences[name].to_numpy(dtype=float) for name in ("begin", "until"))
    until = np.maximum(begin, until)
    edges = np.minimum(begin[:, None] + np.append(SILENCE, np.inf), until[:, None])
    exposure = np.diff(weeks.open_hours(number[:, None], edges), axis=1)
    key = list(NEWS_KEY)
    groups = silences.groupby(key, sort=True)
    group = groups.ngroup().to_numpy()
    shape = (groups.ngroups, len(SILENCE))
    open_hours = np.zeros(shape)
    np.add.at(open_hours, group, exposure)
    counted = {"open_hours": open_hours}
    place = class_of_silence(until - begin)
    for name, which in (("news", "is_news"), ("closing", "is_closing")):
        rows = silences[which].to_numpy(dtype=bool)
        counted[name] = np.zeros(shape)
        np.add.at(counted[name], (group[rows], place[rows]), 1)
    named = pd.DataFrame(list(groups.groups), columns=key)
    table = named.loc[named.index.repeat(len(SILENCE))].reset_index(drop=True)
    table["class"] = np.tile(np.arange(len(SILENCE)), len(named))
    for name, numbers in counted.items():
        table[name] = numbers.ravel()
    return table[(table["open_hours"] > 0) | (table["news"] > 0)].reset_index(drop=True)
