"""When asking pays: the questions about an item that cost least until its next event is known.

A question costs a price, in hours of lateness; news costs the hours until a question finds it. From the hazard of the
next event follows, step by step from the end, which instants of asking are the cheapest together: seldom in the night,
in the morning when offices have opened, ever less often of what has been silent for long. One price for all items makes
the best use of any number of requests. For a constant hazard h the wait is sqrt(2 price / h).
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from hkpost.lanes.news import NewsCurves, class_of_silence
from hkpost.lanes.week import HOURS, Weeks

STEPS: Final = np.concatenate(
    [
        np.arange(0, 6, 0.5),
        np.arange(6, 24, 1),
        np.arange(24, 48, 2),
        np.arange(48, 72, 6),
        np.arange(72, 240, 12),
        np.arange(240, 721, 48),
    ],
    dtype=float,
)
"""The times after an answer that are looked at, in hours: up to 30 days."""
PLANNED: Final = int(np.searchsorted(STEPS, 72))
"""Questions are planned for the first three days; nothing is put off for longer."""
NEWS_FROM: Final = 0.1
NEWS_UNTIL: Final = 0.9
CHEAPEST: Final = 0.01
DEAREST: Final = 100.0
_CERTAIN: Final = 500.0
"""More news than that is no more certain."""
_MIDDLE: Final = (STEPS[:-1] + STEPS[1:]) / 2
_AT_ONCE: Final = 2_000


class Silences(NamedTuple):
    """Open items by their last answer, an array each.

    curve, week: their rows of `NewsCurves` and `Weeks`. answered, last_event: hours since a Monday by the local
    clock. weight: of late news about them, beside 1. at_least, at_most: bounds of the wait, in hours.
    """

    curve: np.ndarray
    week: np.ndarray
    answered: np.ndarray
    last_event: np.ndarray
    weight: np.ndarray
    at_least: np.ndarray
    at_most: np.ndarray

    def some(self, rows: slice | np.ndarray) -> "Silences":
        """Some of them."""
        return Silences(*(array[rows] for array in self))


class Asked(NamedTuple):
    """For each item, in hours after its last answer: when it is asked, and between when news is expected.

    Infinite where news is not expected within the times that are looked at.
    """

    after: np.ndarray
    news_from: np.ndarray
    news_until: np.ndarray


class Outlook(NamedTuple):
    """What a price brings: questions an hour about all items together, and the mean lateness of news in hours."""

    questions: float
    lateness: float


def ask(
    silences: Silences, curves: NewsCurves, weeks: Weeks, price: float, closing_weight: float = 1
) -> Asked:
    """When each item is asked, and when news of it is expected.

    Args:
        silences: the items.
        curves: hazards of the next event.
        weeks: the hours at which events happen.
        price: of a question, in hours of lateness.
        closing_weight: what the lateness of news that closes an item counts, beside 1 for others.
    """
    parts = []
    alike, number, later = _alike(silences)
    for some in _parts(alike):
        expected = _expected(some, curves, weeks, closing_weight)
        after = STEPS[_cheapest(some, expected, price)[0]]
        quantiles = (_reached(expected.news.T, -np.log1p(-share)) for share in (NEWS_FROM, NEWS_UNTIL))
        parts.append(Asked(after, *quantiles))
    asked = Asked(*(np.maximum(np.concatenate(each)[number] + later, 0) for each in zip(*parts, strict=True)))
    return asked._replace(after=np.clip(asked.after, silences.at_least, silences.at_most))


def outlook(
    silences: Silences, curves: NewsCurves, weeks: Weeks, price: float, closing_weight: float = 1
) -> Outlook:
    """What is asked, and how late news is known, where all items are asked at a price."""
    total = np.zeros(3)
    for some in _parts(silences):
        expected = _expected(some, curves, weeks, closing_weight)
        questions, news, lateness, hours = _followed(expected, _cheapest(some, expected, price))
        total += [(each / hours).sum() for each in (questions, lateness, news)]
    return Outlook(float(total[0]), float(total[1] / total[2]) if total[2] else 0.0)


def price_for(
    silences: Silences,
    curves: NewsCurves,
    weeks: Weeks,
    *,
    lateness_hours: float,
    questions_an_hour: float,
    closing_weight: float = 1,
) -> float:
    """The lowest price that two limits allow: it asks as much as the one that asks less.

    Args:
        silences: open items, as they are or a sample of them.
        curves: hazards of the next event.
        weeks: the hours at which events happen.
        lateness_hours: mean lateness aimed at.
        questions_an_hour: how many questions about all of `silences` may be asked.
        closing_weight: what the lateness of news that closes an item counts, beside 1 for others.
    """
    low, high = np.log(CHEAPEST), np.log(DEAREST)
    for _ in range(10):
        middle = (low + high) / 2
        brings = outlook(silences, curves, weeks, float(np.exp(middle)), closing_weight)
        if brings.questions > questions_an_hour or brings.lateness < lateness_hours:
            low = middle
        else:
            high = middle
    return float(np.exp(high))


class _Expected(NamedTuple):
    """Up to each of `STEPS`, a row each, for each item: news expected; its worth; that times the hour of it."""

    news: np.ndarray
    worth: np.ndarray
    by_hour: np.ndarray


def _alike(silences: Silences) -> tuple[Silences, np.ndarray, np.ndarray]:
    """The silences that differ: answered at another half hour of the week, or silent for longer by a sixtieth.

    Beside them: which of them each item is like, and by how many hours that one was answered later.
    """
    answered = np.round(2 * silences.answered) / 2
    silent = np.maximum(silences.answered - silences.last_event, 0)
    hour = answered % HOURS
    begun = hour - np.expm1(np.round(64 * np.log1p(silent)) / 64)
    rows = pd.DataFrame(silences._replace(answered=hour, last_event=begun)._asdict())
    number = rows.groupby(list(rows), sort=False, dropna=False).ngroup().to_numpy()
    differ = rows[~rows.duplicated()]
    return (
        Silences(*(differ[name].to_numpy() for name in Silences._fields)),
        number,
        answered - silences.answered,
    )


def _parts(silences: Silences) -> Iterator[Silences]:
    for first in range(0, max(len(silences.curve), 1), _AT_ONCE):
        yield silences.some(slice(first, first + _AT_ONCE))


def _expected(some: Silences, curves: NewsCurves, weeks: Weeks, closing_weight: float) -> _Expected:
    open_hours = np.diff(weeks.open_hours(some.week, some.answered + STEPS[:, None]), axis=0)
    place = class_of_silence(some.answered - some.last_event + _MIDDLE[:, None])
    news = curves.hazard[some.curve, place] * open_hours
    worth = some.weight * (news + (closing_weight - 1) * curves.closing[some.curve, place] * open_hours)
    return _Expected(
        *(np.pad(each.cumsum(axis=0), ((1, 0), (0, 0))) for each in (news, worth, worth * _MIDDLE[:, None]))
    )


def _cheapest(some: Silences, expected: _Expected, price: float) -> np.ndarray:
    """At each step, a row each: the step at which each item is asked next, if it was asked there and told nothing.

    From the last step back to the first: which next question is the cheapest, with all that come after it?
    """
    cost = np.zeros((PLANNED + 1, len(some.curve)))
    chosen = np.zeros(cost.shape, dtype=np.int64)
    silent = np.exp(-np.minimum(expected.news[: PLANNED + 1], _CERTAIN))
    for place in range(PLANNED - 1, -1, -1):
        later = slice(place + 1, PLANNED + 1)
        waits = (STEPS[later] - STEPS[place])[:, None]
        left = silent[later] / silent[place]
        total = price + _late(expected, place, later, left) + left * cost[later]
        is_out = (waits > some.at_most) | (waits < some.at_least)
        is_out[0] &= ~is_out.all(axis=0)
        total[is_out] = np.inf
        best = total.argmin(axis=0)
        cost[place] = np.take_along_axis(total, best[None], axis=0)[0]
        chosen[place] = best + place + 1
    return chosen


def _late(expected: _Expected, place: int, later: slice, left: np.ndarray) -> np.ndarray:
    """How late news between a step and later ones is known, asked at the latter: the lateness of the first news."""
    news = expected.news[later] - expected.news[place]
    worth = expected.worth[later] - expected.worth[place]
    late = STEPS[later, None] * worth - (expected.by_hour[later] - expected.by_hour[place])
    share: np.ndarray = np.divide(1 - left, news, out=np.ones_like(news), where=news > 0)
    late_first: np.ndarray = late * share
    return late_first


def _followed(expected: _Expected, chosen: np.ndarray) -> np.ndarray:
    """What the questions chosen bring until news is known or the planned time is over.

    A row each: how many questions, how much news, how many hours it is late, how many hours until then.
    """
    brings = np.zeros((4, *chosen.shape))
    every = np.arange(chosen.shape[1])
    for place in range(PLANNED - 1, -1, -1):
        then = chosen[place]
        news = expected.news[then, every] - expected.news[place]
        left = np.exp(-news)
        late = STEPS[then] - np.divide(
            expected.by_hour[then, every] - expected.by_hour[place],
            expected.worth[then, every] - expected.worth[place],
            out=STEPS[then].copy(),
            where=news > 0,
        )
        now = np.stack([np.ones_like(left), 1 - left, (1 - left) * late, STEPS[then] - STEPS[place]])
        brings[:, place] = now + left * brings[:, then, every]
    return brings[:, 0]


def _reached(rising: np.ndarray, wanted: float) -> np.ndarray:
    """The hours after which each row reaches what is wanted; infinite where it does not."""
    place = np.clip((rising < wanted).sum(axis=1), 1, rising.shape[1] - 1)
    rows = np.arange(len(rising))
    begin, end = rising[rows, place - 1], rising[rows, place]
    part = np.divide(wanted - begin, end - begin, out=np.ones_like(begin), where=end > begin)
    hours = STEPS[place - 1] + np.clip(part, 0, 1) * (STEPS[place] - STEPS[place - 1])
    return np.where(wanted <= rising[:, -1], hours, np.inf)
