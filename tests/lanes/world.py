"""A world of mail whose distributions are known, and what a warehouse would have counted of it on some day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from hkpost.lanes.classes import class_of, waited_of

BEGIN = pd.Timestamp("2026-01-01", tz=UTC)
STAGES = ("origin", "transit", "destination", "delivery")
LANES = pd.DataFrame(
    [
        # Destination, service; items a day; median days in each of the stages; shares returned and lost.
        ("JP", "E", 90, (0.6, 1.6, 0.8, 0.5), 0.01, 0.005),
        ("JP", "L", 60, (1.0, 4.0, 2.0, 1.0), 0.03, 0.02),
        ("US", "E", 90, (0.7, 3.0, 2.5, 0.8), 0.02, 0.01),
        ("US", "L", 80, (1.2, 8.0, 5.0, 1.5), 0.05, 0.04),
        ("BR", "L", 60, (1.5, 12.0, 9.0, 3.0), 0.10, 0.06),
        ("GB", "L", 70, (1.0, 5.0, 3.0, 1.2), 0.04, 0.02),
        ("NZ", "L", 3, (1.0, 7.0, 3.0, 1.2), 0.04, 0.02),
    ],
    columns=["destination", "service", "a_day", "medians", "returned", "lost"],
)
CLOSED_AFTER = 60.0
"""Days after which the service tells no more of an item that is lost."""


@dataclass(frozen=True)
class World:
    """The truth of some items, in days since the world began."""

    lane: np.ndarray
    entered: np.ndarray
    """When each item entered each of the stages."""
    end: np.ndarray
    is_delivered: np.ndarray

    def counted(self, day: float, window: float = 180, lately: float = np.inf) -> pd.DataFrame:
        """The counts of each lane and stage by what was known that day, of what happened in the last days."""
        end, is_over, known = self._known(day)
        frames = []
        for number, stage in enumerate(STAGES):
            entered = self.entered[:, number]
            after = self.entered[:, number + 1] if number + 1 < len(STAGES) else np.full(len(end), np.inf)
            until = np.minimum(end, known)
            began = self.entered[:, 0] >= day - window
            seen = np.flatnonzero((entered <= known) & began & (until >= day - lately))
            until = until[seen]
            stay = np.minimum(until, after[seen]) - entered[seen]
            told = pd.DataFrame(
                {
                    "lane": self.lane[seen],
                    "stage": stage,
                    "stayed": waited_of(stay),
                    "class": class_of(until - entered[seen]),
                    "delivered": is_over[seen] & self.is_delivered[seen],
                    "ended": is_over[seen] & ~self.is_delivered[seen],
                    "censored": ~is_over[seen],
                    "late": False,
                }
            )
            missed = day - lately - entered[seen]
            late = told[missed > 0].assign(delivered=False, ended=False, censored=False, late=True)
            frames += [told, late.assign(**{"class": class_of(missed[missed > 0])})]
        frame = pd.concat(frames)
        counts = frame.groupby(["lane", "stage", "stayed", "class"], as_index=False).sum()
        return _named(counts)

    def open_items(self, day: float, promised_in: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
        """The items that are open that day as forecasts take them, and which items they are."""
        _, is_over, known = self._known(day)
        rows = np.flatnonzero(~is_over & (self.entered[:, 0] <= known))
        stage = (self.entered[rows] <= known[rows, None]).sum(axis=1) - 1
        items = pd.DataFrame(
            {
                "item_no": [f"RB{row:09}HK" for row in rows],
                "lane": self.lane[rows],
                "stage": np.array(STAGES)[stage],
                "entered_at": instants(self.entered[rows, stage]),
                "known_until": instants(known[rows]),
                "promised_until": instants(day + promised_in[rows]),
                "expects_report": True,
            }
        )
        return _named(items), rows

    def _known(self, day: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Ends, whether they were known, and up to when each item was known: answers are up to six hours old."""
        known = day - np.random.default_rng(5).uniform(0, 0.25, len(self.end))
        return self.end, self.end <= known, known


def world(
    seed: int,
    days: int = 300,
    lanes: pd.DataFrame = LANES,
    many: int = 1,
    *,
    spread: float = 0.5,
    pace: Callable[[np.ndarray], np.ndarray] = np.ones_like,
    held: Callable[[np.ndarray], np.ndarray] = lambda day: day,
) -> World:
    """Items posted over some days; stages take log-normal times, some items are returned, some are lost in transit.

    Args:
        seed: of chance.
        days: over how many days items are posted.
        lanes: rows as of `LANES`.
        many: as many times the items.
        spread: of the logarithm of the times.
        pace: how many times as long a stage takes that is entered on these days.
        held: when what would come on these days comes, abroad.
    """
    chance = np.random.default_rng(seed)
    lane = np.repeat(np.arange(len(lanes)), lanes["a_day"] * days * many)
    medians = np.stack(lanes["medians"].map(np.array).to_list())[lane]
    posted = chance.uniform(0, days, len(lane))
    stays = medians * np.exp(chance.normal(0, spread, medians.shape))
    entered = np.empty(medians.shape)
    at = posted
    for number in range(len(STAGES)):
        entered[:, number] = at
        at = at + stays[:, number] * pace(at)
        at = held(at) if number else at
    end = at
    is_returned = chance.uniform(size=len(lane)) < lanes["returned"].to_numpy()[lane]
    end[is_returned] += chance.uniform(5, 20, int(is_returned.sum()))
    is_lost = chance.uniform(size=len(lane)) < lanes["lost"].to_numpy()[lane]
    entered[is_lost, 2:] = np.inf
    end[is_lost] = entered[is_lost, 1] + CLOSED_AFTER
    return World(lane, entered, end, ~is_returned & ~is_lost)


def instants(days: np.ndarray) -> pd.Series:
    """Days since the world began as instants."""
    return BEGIN + pd.to_timedelta(pd.Series(days) * 86_400_000_000, unit="us").dt.round("us")


def instant(day: float) -> datetime:
    return (BEGIN + pd.Timedelta(days=day)).to_pydatetime()


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    named = LANES[["destination", "service"]].iloc[frame.pop("lane")].reset_index(drop=True)
    return pd.concat([frame.reset_index(drop=True), named], axis=1).assign(origin="HK")
