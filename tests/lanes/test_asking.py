"""When asking pays, on curves that are known: the price decides, nothing is asked never, before now, or in vain."""

import numpy as np
import pandas as pd
import pytest

from hkpost.lanes.asking import Silences, ask, outlook, price_for
from hkpost.lanes.news import SILENCE, NewsCurves, count_news, learn_news
from hkpost.lanes.week import HOURS, Weeks, learn_weeks

NO_LANE = pd.DataFrame({"origin": [], "destination": [], "service": []}, dtype=str)
ALL = pd.DataFrame({"clock": [""], "last_event": [""]})
ROUND_THE_CLOCK = Weeks(ALL, np.ones((1, HOURS)))
WORKING = np.array([[0.0] * 8 + [1.0] * 10 + [0.0] * 6] * 5 + [[0.0] * 24] * 2).ravel()
OFFICE = Weeks(ALL, (WORKING / WORKING.mean())[None])


def constant(hazard: float, closing: float = 0.0) -> NewsCurves:
    keys = pd.DataFrame([("all", "", "", "", "EMC", 999)], columns=[*KEYS, "items"])
    ones = np.ones((1, len(SILENCE)))
    return NewsCurves(keys, hazard * ones, closing * ones)


KEYS = ("basis", "origin", "destination", "service", "last_event")


def silences(
    answered: list[float], *, weight: float = 1.0, at_least: float = 0.5, at_most: float = 48.0
) -> Silences:
    """Items whose last event came an hour before their last answer."""
    hours = np.array(answered, dtype=float)
    same = np.ones(len(hours))
    none = np.zeros(len(hours), dtype=int)
    return Silences(none, none, hours, hours - 1, weight * same, at_least * same, at_most * same)


@pytest.mark.parametrize(("hazard", "price"), [(0.02, 1.0), (0.1, 0.5), (0.05, 2.0)])
def test_of_a_constant_hazard_the_wait_is_the_root_of_twice_the_price_over_it(
    hazard: float, price: float
) -> None:
    [wait] = ask(silences([0.0]), constant(hazard), ROUND_THE_CLOCK, price).after
    assert wait == pytest.approx(np.sqrt(2 * price / hazard), rel=0.2)


def test_what_weighs_more_is_asked_earlier() -> None:
    curves = constant(0.05, closing=0.02)
    [usual] = ask(silences([0.0]), curves, ROUND_THE_CLOCK, 1.0).after
    [urgent] = ask(silences([0.0], weight=4), curves, ROUND_THE_CLOCK, 1.0).after
    [closing] = ask(silences([0.0]), curves, ROUND_THE_CLOCK, 1.0, closing_weight=5).after
    assert urgent < usual and closing < usual


def test_in_the_evening_the_next_question_is_the_mornings() -> None:
    """Monday, 19:00, offices open from 8 to 18: in the night nothing is asked; on Friday not before Monday."""
    monday, friday = ask(silences([19.0, 4 * 24 + 19.0], at_most=100), constant(0.05), OFFICE, 0.5).after
    assert 13 <= monday <= 17
    assert 61 <= friday <= 66


def test_items_that_are_alike_are_planned_once_each_from_its_own_answer() -> None:
    """Answered within ten minutes on a Monday evening, and a week later: all at the same time of the morning."""
    answered = [18.95, 19.0, 19.1, HOURS + 19.1]
    asked = ask(silences(answered, at_most=100), constant(0.05), OFFICE, 0.5)
    assert np.ptp((asked.after + answered) % HOURS) < 1e-9
    assert np.ptp((asked.news_from + answered) % HOURS) < 1e-9


@pytest.mark.parametrize("hazard", [0.0, 1e-9, 1e6])
def test_the_wait_keeps_its_bounds_whatever_was_learned(hazard: float) -> None:
    asked = ask(silences([0.0, 77.3], at_least=0.75, at_most=24), constant(hazard), OFFICE, 1.0)
    assert ((asked.after >= 0.75) & (asked.after <= 24)).all()
    assert (asked.news_from > 0).all() and (asked.news_until >= asked.news_from).all()


def test_the_price_meets_the_lateness_or_the_quota_whichever_asks_less() -> None:
    some = silences(list(np.linspace(0, 160, 40)))
    curves = constant(0.05)

    def priced(lateness: float, questions: float) -> float:
        return price_for(some, curves, ROUND_THE_CLOCK, lateness_hours=lateness, questions_an_hour=questions)

    by_lateness = outlook(some, curves, ROUND_THE_CLOCK, priced(2.0, 1e9))
    assert by_lateness.lateness == pytest.approx(2, abs=0.3)
    by_quota = outlook(some, curves, ROUND_THE_CLOCK, priced(0.1, 3.0))
    assert by_quota.questions == pytest.approx(3, rel=0.15)
    assert priced(4.0, 1e9) > priced(2.0, 1e9)


def told(rows: list[tuple[str, str, float, float, bool]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["destination", "last_event", "begin", "until", "is_news"])
    return frame.assign(origin="HK", service="R", clock=frame["destination"], is_closing=False)


def test_the_hazard_is_news_over_the_time_in_which_it_could_come() -> None:
    """Exponential silences of 20 hours in the mean; one in two is followed for 30 hours only."""
    chance = np.random.default_rng(8)
    took = chance.exponential(20, 20_000)
    followed = np.where(chance.uniform(size=len(took)) < 0.5, 30.0, np.inf)
    begin = chance.uniform(0, 1000, len(took))
    rows = (
        told([])
        .reindex(range(len(took)))
        .assign(origin="HK", destination="GB", service="R", clock="GB", last_event="EMC", is_closing=False)
    )
    rows = rows.assign(begin=begin, until=begin + np.minimum(took, followed), is_news=took <= followed)
    curves = learn_news(count_news(rows, ROUND_THE_CLOCK), NO_LANE, 30)
    assert curves.keys["basis"].tolist() == ["all", "service", "destination", "lane_stage"]
    assert curves.hazard[-1][(SILENCE > 1) & (SILENCE < 60)] == pytest.approx(1 / 20, rel=0.3)


def test_few_items_borrow_and_none_make_no_curve() -> None:
    many = [("GB", "EMC", 0.0, 10.0 + n % 5, True) for n in range(60)]
    few = [("FR", "EMC", 0.0, 30.0, True)] * 3
    curves = learn_news(count_news(told(many + few), ROUND_THE_CLOCK), NO_LANE, 30)
    asked = told([("GB", "EMC", 0, 0, True), ("FR", "EMC", 0, 0, True), ("FR", "EMD", 0, 0, True)])
    number, basis = curves.number(asked)
    assert list(basis) == ["lane_stage", "service", None] and number[2] == -1


def test_an_empty_warehouse_teaches_nothing() -> None:
    nothing = told([]).astype({"begin": float, "until": float, "is_news": bool})
    counts = count_news(nothing, learn_weeks(pd.DataFrame(columns=["clock", "last_event", "hour", "news"])))
    curves = learn_news(counts, NO_LANE, 30)
    assert curves.keys.empty
    assert curves.number(told([("GB", "EMC", 0, 0, True)]))[0].tolist() == [-1]


def test_a_lane_that_falls_silent_is_asked_ever_more_rarely_and_never_not_at_all() -> None:
    rows = [("GB", "EMC", 0.0, 20.0 + n % 10, True) for n in range(200)]
    rows += [("GB", "EMC", 0.0, 1500.0, False)] * 50
    curves = learn_news(count_news(told(rows), ROUND_THE_CLOCK), NO_LANE, 30)
    number, _ = curves.number(told([("GB", "EMC", 0, 0, True)]))
    waits = []
    for silent_for in (20.0, 100.0, 900.0, 1e6):
        some = silences([silent_for])._replace(last_event=np.zeros(1), curve=number)
        waits.append(float(ask(some, curves, ROUND_THE_CLOCK, 1.0).after[0]))
    assert waits[0] < 8 and waits[1] >= 24
    assert all(0.5 <= wait <= 48 for wait in waits)


def test_the_week_tells_when_offices_are_open() -> None:
    hours = np.arange(HOURS)
    is_open = (hours % 24 >= 8) & (hours % 24 < 18) & (hours < 120)
    counts = pd.DataFrame({"clock": "GB", "last_event": "EMC", "hour": hours[is_open], "news": 100})
    weeks = learn_weeks(counts)
    number = weeks.number(pd.Series(["GB", "FR"]), pd.Series(["EMC", "EMC"]))
    speed = weeks.speed[number[0]]
    assert speed[is_open].min() > 1 > 0.2 > speed[~is_open].max() and speed.mean() == pytest.approx(1)
    assert weeks.open_hours(number, np.array([168.0, 168.0])) == pytest.approx([168, 168])
