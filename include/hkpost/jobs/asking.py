"""When asking pays: what lanes teach of the next event, the price of a question, and when each item is asked."""

from datetime import datetime
from typing import Any, Final, NamedTuple, Self

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine

from hkpost.ecship.limits import DAILY_QUOTA, MAX_ITEMS_PER_REQUEST
from hkpost.lanes.asking import Silences, ask, outlook, price_for
from hkpost.lanes.curves import LANE
from hkpost.lanes.news import NEWS_COUNTED, NEWS_KEY, SILENCE, NewsCurves, count_news, learn_news
from hkpost.lanes.week import HOURS, Weeks, learn_weeks
from hkpost.warehouse.lanes.frame import frame
from hkpost.warehouse.lanes.kept_news import (
    add_news,
    add_price,
    drop_news,
    hours_of_news,
    new_silences,
    price,
    replace_news,
    stage_silences,
)
from hkpost.warehouse.setting import number

COUNTED_OPEN: Final = 100_000
"""At most this many open items are read to count their silence: a sample, where there are more."""
PRICED: Final = 5_000
"""Open items by which the price is found."""


class AskingRules(NamedTuple):
    """The settings that say how much is asked."""

    lateness_hours: float
    quota_share: float
    closing_weight: float
    urgent_weight: float
    risk: float
    """A promise is at risk when it is kept with less than this probability."""

    @classmethod
    def read(cls, engine: Engine) -> Self:
        """Read them from `hkpost.setting`."""
        return cls(
            number(engine, "lateness_target_hours"),
            number(engine, "polling_quota_share"),
            number(engine, "closing_news_weight"),
            number(engine, "urgent_news_weight"),
            number(engine, "at_risk_percent") / 100,
        )


class Teaching(NamedTuple):
    """What holds: the curves of the next event, the rhythm of the week, and the price (None: too little is known)."""

    curves: NewsCurves
    weeks: Weeks
    price: float | None


def read_teaching(connection: Connection) -> Teaching:
    """What holds, from the tables."""
    rows, weeks = frame(connection, "lanes/read_news_curves"), frame(connection, "lanes/read_news_weeks")
    curves = NewsCurves(
        rows[["basis", *LANE, "last_event", "items"]], _table(rows["hazard"]), _table(rows["closing"])
    )
    return Teaching(
        curves, Weeks(weeks[["clock", "last_event"]], _table(weeks["speed"], HOURS)), price(connection)
    )


def teach(
    connection: Connection,
    rules: AskingRules,
    silent: pd.DataFrame,
    minimum: int,
    now: datetime,
    at_once: int,
) -> None:
    """Count what ended since the last time, make curves and rhythms again, and find the price."""
    stage_silences(connection)
    weeks = learn_weeks(hours_of_news(connection))
    for silences in new_silences(connection, at_once):
        add_news(connection, _counted(silences, weeks))
    drop_news(connection)
    [(items, accounts)] = frame(connection, "lanes/open_items").itertuples(index=False)
    one_in = max(1, -(-int(items) // COUNTED_OPEN))
    open_ = frame(connection, "lanes/open_silences", one_in=one_in)
    followed = count_news(open_.assign(is_news=False, is_closing=False), weeks)
    followed["open_hours"] *= one_in
    counts = pd.concat([frame(connection, "lanes/kept_news"), followed], ignore_index=True)
    curves = learn_news(counts, silent, minimum)
    replace_news(
        connection,
        curves.keys.assign(hazard=curves.hazard.tolist(), closing=curves.closing.tolist()),
        weeks.keys.assign(speed=weeks.speed.tolist()),
        now,
    )
    taught, known = _silences(open_[open_["is_taught"].astype(bool)], curves, weeks, rules)
    taught = taught.some(known)
    found = len(taught.curve) * one_in
    if not found:
        add_price(connection, price=None, lateness=None, questions=None, items=0)
        return
    sample = taught.some(np.random.default_rng(len(open_)).permutation(len(taught.curve))[:PRICED])
    stands_for = found / len(sample.curve)
    questions = rules.quota_share * DAILY_QUOTA * int(accounts) * MAX_ITEMS_PER_REQUEST / 24 / stands_for
    best = price_for(
        sample,
        curves,
        weeks,
        lateness_hours=rules.lateness_hours,
        questions_an_hour=questions,
        closing_weight=rules.closing_weight,
    )
    brings = outlook(sample, curves, weeks, best, rules.closing_weight)
    add_price(
        connection,
        price=best,
        lateness=brings.lateness,
        questions=brings.questions * 24 * stands_for,
        items=found,
    )


def next_polls(
    items: pd.DataFrame, share_by_promise: "pd.Series[float]", teaching: Teaching, rules: AskingRules
) -> pd.DataFrame:
    """When items are asked again that were answered, and why.

    Args:
        items: what `due_forecasts` gives.
        share_by_promise: probability of keeping the promise of each.
        teaching: what holds.
        rules: the settings.

    Returns `last_event`, `poll_reason` (null: the item was not answered), and the instants `news_from`, `news_until`,
    `next_poll_at` where lanes have taught; the same index.
    """
    nothing = pd.Series(pd.NaT, index=items.index, dtype="datetime64[us, UTC]")
    made = items[["last_event", "poll_reason"]].assign(
        news_from=nothing, news_until=nothing, next_poll_at=nothing
    )
    wanted = (items["poll_reason"] == "lane").to_numpy()
    asked = items[wanted].assign(share_by_promise=share_by_promise[wanted])
    silences, known = _silences(asked, teaching.curves, teaching.weeks, rules)
    if teaching.price is None:
        known[:] = False
    made.loc[asked.index[~known], "poll_reason"] = "too_few"
    rows = asked.index[known]
    if teaching.price is None or not len(rows):
        return made
    times = ask(silences.some(known), teaching.curves, teaching.weeks, teaching.price, rules.closing_weight)
    answered = items.loc[rows, "known_until"]
    for name, hours in zip(("next_poll_at", "news_from", "news_until"), times, strict=True):
        is_known = np.isfinite(hours)
        after = pd.to_timedelta(np.round(hours[is_known] * 3_600_000_000), unit="us")
        made.loc[rows[is_known], name] = (answered[is_known] + after).dt.as_unit("us")
    return made


def _counted(silences: pd.DataFrame, weeks: Weeks) -> list[dict[str, Any]]:
    """Silences as rows of `lane_news`: arrays of the classes, and of the hours of the week."""
    counts = count_news(silences, weeks)
    key = list(NEWS_KEY)
    rows = counts[key].drop_duplicates(ignore_index=True)
    of_row = pd.MultiIndex.from_frame(rows)

    def add(name: str, counted: pd.DataFrame, place: np.ndarray, width: int, much: np.ndarray | int) -> None:
        table = np.zeros((len(rows), width), dtype=np.asarray(much).dtype)
        np.add.at(table, (of_row.get_indexer(pd.MultiIndex.from_frame(counted[key])), place), much)
        rows[name] = pd.Series(table.tolist())

    for name in NEWS_COUNTED:
        add(
            name,
            counts,
            counts["class"].to_numpy(dtype=int),
            len(SILENCE),
            counts[name].to_numpy(dtype=float),
        )
    news = silences[silences["is_news"].astype(bool)]
    add("by_hour", news, np.floor(news["until"].to_numpy(dtype=float)).astype(np.int64) % HOURS, HOURS, 1)
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _silences(
    items: pd.DataFrame, curves: NewsCurves, weeks: Weeks, rules: AskingRules
) -> tuple[Silences, np.ndarray]:
    """Items as `ask` takes them, and of which of them the lanes tell."""
    curve, _ = curves.number(items)
    at_risk = items["share_by_promise"].to_numpy(dtype=float) < rules.risk
    is_urgent = at_risk | (items["priority"].to_numpy(dtype=int) > 0)
    begin, until, at_least, at_most = (
        items[name].to_numpy(dtype=float) for name in ("begin", "until", "at_least", "at_most")
    )
    silences = Silences(
        curve,
        weeks.number(items["clock"], items["last_event"]),
        until,
        begin,
        np.where(is_urgent, rules.urgent_weight, 1.0),
        at_least,
        np.maximum(at_most, at_least),
    )
    return silences, curve >= 0


def _table(rows: "pd.Series[Any]", columns: int = len(SILENCE)) -> np.ndarray:
    return np.array(rows.to_list(), dtype=float).reshape(len(rows), columns)
