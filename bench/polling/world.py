"""A simulated world of mail: nights, weekends, seasons, a strike, silent lanes; every event at its true instant.

Times are hours since a Monday, 00:00 UTC. Offices work at their own hours: what is ready while they are closed is
scanned when they open.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd


class Step(NamedTuple):
    """One event of a journey: its type and state, whose office scans it, hours until it, and their spread (log)."""

    event_type: str
    state: str
    at_origin: bool
    hours: float
    spread: float
    opens: int
    closes: int
    weekend: bool


JOURNEY = (
    Step("EMA", "accepted", True, 14.0, 0.8, 9, 20, True),
    Step("processing", "accepted", True, 5.0, 0.6, 7, 23, True),
    Step("EMB", "in_transit", True, 9.0, 0.6, 6, 24, True),
    Step("EMC", "in_transit", True, 16.0, 0.7, 0, 24, True),
    Step("EMD", "arrived", False, 40.0, 0.7, 0, 24, True),
    Step("EDB", "customs", False, 10.0, 0.8, 6, 20, False),
    Step("EDC", "arrived", False, 14.0, 0.9, 8, 18, False),
    Step("EDD", "arrived", False, 12.0, 0.6, 5, 22, True),
    Step("EMG", "arrived", False, 18.0, 0.7, 5, 20, False),
    Step("EDG", "out_for_delivery", False, 8.0, 0.7, 7, 12, False),
    Step("EMI", "delivered", False, 4.0, 0.6, 9, 20, False),
)
DEPARTURE = 3
STATES = ("registered", "accepted", "in_transit", "customs", "arrived", "out_for_delivery", "delivered")
LANES = pd.DataFrame(
    [
        # Destination, service; share of the mail; how slow; hours beside UTC; whether anything is told after departure.
        ("JP", "E", 18, 0.45, 9, True),
        ("JP", "L", 14, 1.0, 9, True),
        ("US", "E", 16, 0.8, -6, True),
        ("US", "L", 14, 1.8, -6, True),
        ("GB", "R", 12, 1.2, 0, True),
        ("AU", "L", 10, 1.5, 10, True),
        ("BR", "R", 6, 4.0, -3, True),
        ("NZ", "L", 2, 1.6, 12, True),
        ("IN", "L", 8, 2.0, 5, False),
    ],
    columns=["destination", "service", "share", "slow", "offset", "reports"],
)
OFFSET_OF_ORIGIN = 8
GIVEN_UP_AFTER = 60 * 24.0
"""Hours after the last event at which the service tells no more of an item, and it is closed."""
DAY = 24.0
WEEK = 7 * DAY


@dataclass(frozen=True)
class World:
    """Items: their lane, when they were registered, the instant of each event (inf: there is none) and its state."""

    lane: np.ndarray
    registered: np.ndarray
    events: np.ndarray
    closed: np.ndarray
    """When the service gives an item up that is never delivered."""


def world(seed: int, items: int, days: int, *, changes_on: float = np.inf, strike: float = np.inf) -> World:
    """Make items that are registered over some days.

    Args:
        seed: of the chance.
        items: how many.
        days: over how many days they are registered.
        changes_on: the day from which every lane takes other times: quick ones slow, slow ones quick.
        strike: the day from which the United States scan nothing for six days.
    """
    chance = np.random.default_rng(seed)
    lane = chance.choice(len(LANES), items, p=LANES["share"] / LANES["share"].sum())
    registered = chance.uniform(0, days * DAY, items)
    events = np.full((items, len(JOURNEY)), np.inf)
    slow = LANES["slow"].to_numpy()
    other = slow[::-1]
    now = registered.copy()
    lost_after = np.where(chance.uniform(size=items) < 0.03, chance.integers(3, 9, items), len(JOURNEY))
    lost_after = np.where(~LANES["reports"].to_numpy()[lane], DEPARTURE, lost_after)
    for number, step in enumerate(JOURNEY):
        offset = OFFSET_OF_ORIGIN if step.at_origin else LANES["offset"].to_numpy()[lane]
        pace = 1.0 if step.at_origin else np.where(now < changes_on * DAY, slow[lane], other[lane])
        season = 1 + 0.35 * np.sin(2 * np.pi * now / (90 * DAY))
        ready = now + step.hours * pace * season * np.exp(chance.normal(0, step.spread, items))
        if not step.at_origin:
            struck = (LANES["destination"].to_numpy()[lane] == "US") & (ready >= strike * DAY)
            struck &= ready < (strike + 6) * DAY
            ready = np.where(struck, (strike + 6) * DAY + chance.exponential(20, items), ready)
        now = _when_open(ready, offset, step, chance)
        events[:, number] = np.where(number <= lost_after, now, np.inf)
    last = np.where(np.isfinite(events), events, registered[:, None]).max(axis=1)
    closed = np.where(np.isfinite(events[:, -1]), np.inf, last + GIVEN_UP_AFTER)
    return World(lane, registered, events, closed)


def local(hours: np.ndarray, lane: np.ndarray, state: np.ndarray) -> np.ndarray:
    """By the clock that the next event is expected on: the origin's up to the posting, then the destination's."""
    at_origin = np.isin(state, ("registered", "accepted"))
    return hours + np.where(at_origin, OFFSET_OF_ORIGIN, LANES["offset"].to_numpy()[lane])


def _when_open(
    ready: np.ndarray, offset: np.ndarray | int, step: Step, chance: np.random.Generator
) -> np.ndarray:
    """The instant at which an office scans what is ready: at once, or some time after it opens next."""
    local_time = ready + offset
    while True:
        hour, day = local_time % DAY, (local_time // DAY) % 7
        is_shut = (hour < step.opens) | (hour >= step.closes) | (~np.bool_(step.weekend) & (day >= 5))
        if not is_shut.any():
            return local_time - offset
        next_day = np.floor(local_time / DAY) + (
            (hour >= step.opens) | (~np.bool_(step.weekend) & (day >= 5))
        )
        opening = next_day * DAY + step.opens
        within = np.minimum(chance.exponential(1.5, len(ready)), (step.closes - step.opens) * 0.9)
        local_time = np.where(is_shut, opening + within, local_time)
