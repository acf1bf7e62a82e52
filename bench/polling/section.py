"""The proof of asking when it pays: questions against lateness, on simulated worlds, as a table and a picture."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.polling.policies import Cost, Known, Policy, by_state, cost, fixed, learned, taught
from bench.polling.world import DAY, World, world
from bench.table import Section
from hkpost.history.polling import PollPolicy
from hkpost.seeds import seed_rows

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "images" / "polling.svg"
COLUMNS = (
    "world, policy",
    "asked an item",
    "mean lateness",
    "90th percentile",
    "of deliveries",
    "saves (fixed)",
    "saves (policy)",
)
INTERVALS = (1, 2, 4, 6, 12, 24)
SCALES = (0.25, 0.5, 1, 2)
PRICES = (0.1, 0.25, 0.5, 1, 2)
LEARNING_DAYS = 30
RELEARNED_DAYS = 10
NOTES = (
    "Each item is asked about from its registration until its end is known; lateness is from an event to the answer"
    " that tells of it. saves: fewer questions than the fixed interval, or than poll_policy with all its times"
    " multiplied, of the same mean lateness (between two measured ones by their logarithms; blank beyond them).",
    f"Nine lanes: nights, weekends, seasons, 3 % lost, one silent lane. Learned in {LEARNING_DAYS} days on one world"
    " and measured on two others, one with a strike of six days; and on a world whose lanes change in the middle"
    f" (quick ones become slow, slow ones quick), where it goes on learning, every {RELEARNED_DAYS} days.",
)


class _Row(NamedTuple):
    world: str
    family: str
    setting: float
    cost: Cost


def polling_section(items: int, report: Callable[[str], None], picture: Path | None = None) -> Section:
    """Measure all policies on all worlds.

    Args:
        items: how many are measured on each world; four times as many are learned from.
        report: gets a line now and then.
        picture: where the picture goes; None for none.
    """
    policies = seeded_policies()
    rows: list[_Row] = []
    teaching = taught(world(1, 4 * items, LEARNING_DAYS), LEARNING_DAYS * DAY)
    for name, other in (
        ("another world", world(2, items, 30)),
        ("a strike", world(3, items, 30, strike=12)),
    ):
        report(f"polling: {name}")
        rows += _measured(name, other, policies, lambda price: learned(teaching, price, policies))
    report("polling: lanes that change")
    rows += _changing(items, policies)
    if picture is not None:
        _draw(rows, picture)
        report(f"written to {picture}")
    return Section("When to ask", COLUMNS, [_cells(row, rows) for row in rows], NOTES)


def seeded_policies() -> Mapping[str, PollPolicy]:
    """`poll_policy` as its file has it."""
    return {
        row["state"]: PollPolicy(
            pd.Timedelta(row["poll_after"]).to_pytimedelta(),
            float(row["silence_share"]),
            pd.Timedelta(row["poll_at_most"]).to_pytimedelta(),
        )
        for row in seed_rows("poll_policy")
    }


def saved(row: Cost, others: Sequence[Cost]) -> float | None:
    """How much less was asked than what the others ask at the same mean lateness; None beyond them."""
    late, asked = np.log(
        [[other.late, other.asked] for other in sorted(others, key=lambda other: other.late)]
    ).T
    if not late[0] <= np.log(row.late) <= late[-1]:
        return None
    return float(1 - row.asked / np.exp(np.interp(np.log(row.late), late, asked)))


def _measured(
    name: str, mail: World, policies: Mapping[str, PollPolicy], at_price: Callable[[float], Policy]
) -> Iterator[_Row]:
    for hours in INTERVALS:
        yield _Row(name, "every", hours, cost(mail, fixed(hours)))
    for scale in SCALES:
        yield _Row(name, "poll_policy ×", scale, cost(mail, by_state(policies, scale)))
    for price in PRICES:
        yield _Row(name, "when it pays, price", price, cost(mail, at_price(price)))


def _changing(items: int, policies: Mapping[str, PollPolicy]) -> Iterator[_Row]:
    """Items registered around the day of the change, each asked by what was learned when it was registered."""
    begin, end = LEARNING_DAYS, LEARNING_DAYS + 3 * RELEARNED_DAYS
    mail = world(4, 5 * items, end, changes_on=begin + RELEARNED_DAYS / 2)
    learnings = {day: taught(mail, day * DAY) for day in range(begin, end, RELEARNED_DAYS)}
    is_measured = mail.registered >= begin * DAY
    chosen = np.flatnonzero(is_measured)[:items]
    measured = _some(mail, chosen)

    def at_price(price: float) -> Policy:
        policy_of = {day: learned(teaching, price, policies) for day, teaching in learnings.items()}

        def wait(mail: World, known: Known) -> np.ndarray:
            day = begin + RELEARNED_DAYS * ((known.answered / DAY - begin) // RELEARNED_DAYS)
            day = np.minimum(day, end - RELEARNED_DAYS)
            hours = np.empty(len(known.item))
            for each, policy in policy_of.items():
                rows = day == each
                if rows.any():
                    hours[rows] = policy(mail, Known(*(array[rows] for array in known)))
            return hours

        return wait

    yield from _measured("lanes that change", measured, policies, at_price)


def _some(mail: World, rows: np.ndarray) -> World:
    return replace(
        mail,
        lane=mail.lane[rows],
        registered=mail.registered[rows],
        events=mail.events[rows],
        closed=mail.closed[rows],
    )


def _cells(row: _Row, rows: Sequence[_Row]) -> list[str]:
    cost = row.cost
    unit = " h" if row.family != "poll_policy ×" else ""
    cells = [f"{row.world}: {row.family} {row.setting:g}{unit}", f"{cost.asked:.1f}"]
    cells += [f"{hours:.2f} h" for hours in (cost.late, cost.late_p90, cost.late_delivered)]
    if not row.family.startswith("when"):
        return [*cells, "", ""]
    for family in ("every", "poll_policy ×"):
        others = [other.cost for other in rows if (other.world, other.family) == (row.world, family)]
        share = saved(cost, others)
        cells.append("" if share is None else f"{share:.0%}")
    return cells


def _draw(rows: Sequence[_Row], picture: Path) -> None:
    """Questions against lateness, a panel a world; needs the extra `bench`."""
    from matplotlib.figure import Figure

    worlds = list(dict.fromkeys(row.world for row in rows))
    figure = Figure(figsize=(4 * len(worlds), 3.8), layout="constrained")
    panels = figure.subplots(1, len(worlds), sharey=True)
    looks = {
        "every": ("o", "#8a8f98"),
        "poll_policy ×": ("s", "#c2741f"),
        "when it pays, price": ("D", "#1f6fc2"),
    }
    names = {"every": "every 1 … 24 h", "poll_policy ×": "poll_policy", "when it pays, price": "when it pays"}
    for panel, name in zip(np.atleast_1d(panels), worlds, strict=True):
        for family, (marker, colour) in looks.items():
            some = [row.cost for row in rows if (row.world, row.family) == (name, family)]
            panel.plot(
                [each.late for each in some],
                [each.asked for each in some],
                marker=marker,
                color=colour,
                label=names[family],
            )
        panel.set(xscale="log", yscale="log", title=name, xlabel="mean lateness of what we know, hours")
        panel.set_xticks([0.5, 1, 2, 4, 8], ["½", "1", "2", "4", "8"])
        panel.minorticks_off()
        panel.set_yticks([20, 50, 100, 200, 500], ["20", "50", "100", "200", "500"])
        panel.grid(visible=True, color="#e3e5e8")
    np.atleast_1d(panels)[0].set_ylabel("questions an item")
    np.atleast_1d(panels)[0].legend(frameon=False)
    figure.savefig(picture, metadata={"Date": None})
