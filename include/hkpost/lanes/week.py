"""The rhythm of a week: at which hours a country's events of a kind happen, and time measured by it.

An hour at night counts for little and a busy one for much, so that a week has 168 of them all the same: open hours.
Where no office works, their clock hardly moves.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

HOURS: Final = 168
"""Of a week; the first is Monday's from 00:00."""
BORROWED_EVENTS: Final = 200
"""As many events of the broader rhythm count with a country's own."""
SLOWEST: Final = 0.02
"""No hour counts less: an event at night is rare, never impossible."""


@dataclass(frozen=True, slots=True)
class Weeks:
    """Rhythms by number: row i of `speed` and `elapsed` is the one that row i of `keys` names.

    keys: `clock` (the country) and `last_event`; blank for all of them. The last row is for all countries and events.
    speed: open hours in each hour of the week, of mean 1.
    """

    keys: pd.DataFrame
    speed: np.ndarray

    def number(self, clock: "pd.Series[str]", last_event: "pd.Series[str]") -> np.ndarray:
        """Which row tells the rhythm of each country and event: its own, the country's, or that of all."""
        index = pd.MultiIndex.from_frame(self.keys[["clock", "last_event"]])
        own = index.get_indexer(pd.MultiIndex.from_arrays([clock, last_event]))
        broad = index.get_indexer(pd.MultiIndex.from_arrays([clock, [""] * len(clock)]))
        return np.where(own >= 0, own, np.where(broad >= 0, broad, len(self.keys) - 1))

    def open_hours(self, number: np.ndarray, local: np.ndarray) -> np.ndarray:
        """The open hours that have passed, at each local time, since the Monday that hours are counted from.

        Args:
            number: rows, of the shape of `local` or one that broadcasts to it.
            local: hours since a Monday's 00:00, by the clock of the place.
        """
        elapsed = np.pad(self.speed.cumsum(axis=1), ((0, 0), (1, 0)))
        whole = np.floor(local)
        hour = whole.astype(np.int64) % HOURS
        hours: np.ndarray = whole - hour + elapsed[number, hour] + (local - whole) * self.speed[number, hour]
        return hours


def learn_weeks(counts: pd.DataFrame) -> Weeks:
    """Find the rhythm of each country and event.

    Args:
        counts: a row for each `clock` (country), `last_event` and `hour` of the week with the `news` that came in it.
    """
    keys, speeds = [], []
    whole = _speed(_table(counts), np.full(HOURS, 1.0))
    for clock, rows in counts.groupby("clock"):
        of_clock = _speed(_table(rows), whole)
        for last_event, some in rows.groupby("last_event"):
            keys.append((clock, last_event))
            speeds.append(_speed(_table(some), of_clock))
        keys.append((clock, ""))
        speeds.append(of_clock)
    keys.append(("", ""))
    speeds.append(whole)
    return Weeks(pd.DataFrame(keys, columns=["clock", "last_event"]), np.stack(speeds))


def _table(counts: pd.DataFrame) -> np.ndarray:
    hours: np.ndarray = np.bincount(
        counts["hour"].to_numpy(dtype=int), weights=counts["news"].to_numpy(dtype=float), minlength=HOURS
    )
    return hours


def _speed(news: np.ndarray, above: np.ndarray) -> np.ndarray:
    """The share of the hour of the day and of the day of the week, of mean 1: few events tell both well enough."""
    table = (news + BORROWED_EVENTS * above / HOURS).reshape(7, 24)
    product = np.outer(table.sum(axis=1), table.sum(axis=0)).ravel()
    speed = np.maximum(product / product.mean(), SLOWEST)
    mean_one: np.ndarray = speed / speed.mean()
    return mean_one
