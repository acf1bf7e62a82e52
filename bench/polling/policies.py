"""Policies that say when an item is asked again, and what they cost: questions an item, lateness of what we know."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.polling.world import JOURNEY, LANES, STATES, World, local
from hkpost.history.polling import PollPolicy
from hkpost.lanes.asking import Silences, ask
from hkpost.lanes.news import NewsCurves, count_news, learn_news
from hkpost.lanes.week import HOURS, Weeks, learn_weeks

_STATE_OF = np.array([0, *(STATES.index(step.state) for step in JOURNEY)])
"""The number of the state after some number of events."""
_STATE = np.array(STATES)
_LAST = np.array(["registered", *(step.event_type for step in JOURNEY)])
"""The last event after some number of them; `registered` before the first."""
MINIMUM = 30


class Known(NamedTuple):
    """What is known of some items after an answer: which, when it came, how many events, since when no other."""

    item: np.ndarray
    answered: np.ndarray
    events: np.ndarray
    changed: np.ndarray


class Cost(NamedTuple):
    """Questions an item, mean lateness in hours, its 90th percentile, and the mean of deliveries."""

    asked: float
    late: float
    late_p90: float
    late_delivered: float


Policy = Callable[[World, Known], np.ndarray]
"""Hours from an answer to the next question."""


def cost(world: World, policy: Policy) -> Cost:
    """Ask about each item from its registration until its end is known."""
    count = len(world.lane)
    answered = world.registered.copy()
    changed = world.registered.copy()
    seen = np.zeros(count, dtype=int)
    asked = np.zeros(count, dtype=int)
    told = np.full(world.events.shape, np.nan)
    open_ = np.arange(count)
    while len(open_):
        asked[open_] += 1
        now = answered[open_]
        events = (world.events[open_] <= now[:, None]).sum(axis=1)
        has_news = events > seen[open_]
        fresh = (np.arange(len(JOURNEY)) >= seen[open_, None]) & (np.arange(len(JOURNEY)) < events[:, None])
        told[open_] = np.where(fresh, now[:, None], told[open_])
        changed[open_] = np.where(has_news, now, changed[open_])
        seen[open_] = events
        open_ = open_[(events < len(JOURNEY)) & (now < world.closed[open_])]
        if len(open_):
            answered[open_] += policy(world, Known(open_, answered[open_], seen[open_], changed[open_]))
    late = told - world.events
    is_told = np.isfinite(late)
    return Cost(
        asked.mean(),
        late[is_told].mean(),
        np.quantile(late[is_told], 0.9),
        np.nanmean(late[:, -1][is_told[:, -1]]),
    )


def fixed(hours: float) -> Policy:
    """Ask at a fixed interval."""
    return lambda world, known: np.full(len(known.item), hours)


def by_state(policies: Mapping[str, PollPolicy], scale: float) -> Policy:
    """`poll_policy`, all its times multiplied."""
    rows = [policies[state] for state in STATES[:-1]]
    after, most = (
        np.array([getattr(row, name).total_seconds() / 3600 for row in rows]) * scale
        for name in ("poll_after", "poll_at_most")
    )
    share = np.array([row.silence_share for row in rows]) * scale

    def wait(world: World, known: Known) -> np.ndarray:
        state = _STATE_OF[known.events]
        silence = known.answered - known.changed
        hours: np.ndarray = np.maximum(after[state], np.minimum(silence * share[state], most[state]))
        return hours

    return wait


class Taught(NamedTuple):
    """What lanes taught by some day."""

    curves: NewsCurves
    weeks: Weeks


def taught(world: World, until: float, since: float = -np.inf) -> Taught | None:
    """Learn from what had happened by an hour; None where that is too little."""
    pairs = _pairs(world, until, since)
    if (pairs["is_news"]).sum() < MINIMUM:
        return None
    news = pairs[pairs["is_news"]]
    hours = (
        news.assign(hour=news["until"].to_numpy().astype(np.int64) % HOURS)
        .groupby(["clock", "last_event", "hour"], as_index=False)
        .agg(news=("is_news", "size"))
    )
    weeks = learn_weeks(hours)
    silent = LANES[~LANES["reports"]].assign(origin="HK")[["origin", "destination", "service"]]
    return Taught(learn_news(count_news(pairs, weeks), silent, MINIMUM), weeks)


def learned(
    teaching: Taught | None, price: float, policies: Mapping[str, PollPolicy], at_least: float = 0.5
) -> Policy:
    """Where the lanes taught, when asking pays; `poll_policy` elsewhere, and as the ceiling."""
    usual = by_state(policies, 1)
    if teaching is None:
        return usual
    rows = pd.DataFrame(
        [("HK", lane.destination, lane.service, state) for lane in LANES.itertuples() for state in _LAST],
        columns=["origin", "destination", "service", "last_event"],
    )
    curve = teaching.curves.number(rows)[0].reshape(len(LANES), len(_LAST))
    at_origin = rows["last_event"].isin(["registered", "EMA", "processing"])
    clock = rows["destination"].where(~at_origin, "HK")
    week = teaching.weeks.number(clock, rows["last_event"]).reshape(len(LANES), len(_LAST))
    # Nothing is told of a silent lane after the departure.
    left = np.array([state == "EMC" for state in _LAST])
    curve = np.where(~LANES["reports"].to_numpy()[:, None] & left, -1, curve)
    most = np.array([policies[state].poll_at_most.total_seconds() / 3600 for state in STATES[:-1]])

    def wait(world: World, known: Known) -> np.ndarray:
        lane, state = world.lane[known.item], _STATE_OF[known.events]
        last = np.where(
            known.events > 0,
            world.events[known.item, np.maximum(known.events - 1, 0)],
            world.registered[known.item],
        )
        hours = usual(world, known)
        told = curve[lane, known.events] >= 0
        silences = Silences(
            curve[lane, known.events],
            week[lane, known.events],
            local(known.answered, lane, _STATE[state]),
            local(last, lane, _STATE[state]),
            np.ones(len(lane)),
            np.full(len(lane), at_least),
            most[state],
        ).some(told)
        if told.any():
            hours[told] = ask(silences, teaching.curves, teaching.weeks, price).after
        return hours

    return wait


def _pairs(world: World, until: float, since: float) -> pd.DataFrame:
    """Each silence of each item: from an event to the next one, or to where it was followed."""
    begin = np.concatenate([world.registered[:, None], world.events], axis=1)[:, :-1]
    end = np.minimum(np.minimum(world.events, until), world.closed[:, None])
    item, number = np.nonzero((begin < until) & (end > since))
    state = _STATE[_STATE_OF[number]]
    lane = LANES.iloc[world.lane[item]]
    at_origin = np.isin(state, ("registered", "accepted"))
    is_news = world.events[item, number] < until
    return pd.DataFrame(
        {
            "origin": "HK",
            "destination": lane["destination"].to_numpy(),
            "service": lane["service"].to_numpy(),
            "clock": np.where(at_origin, "HK", lane["destination"]),
            "last_event": _LAST[number],
            "begin": local(begin[item, number], world.lane[item], state),
            "until": local(end[item, number], world.lane[item], state),
            "is_news": is_news,
            "is_closing": is_news & (number == len(JOURNEY) - 1),
        }
    )
