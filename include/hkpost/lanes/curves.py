"""Curves of delivery: of the items that were so long in a stage, what share was delivered after how many days.

Delivery is one end of a journey; the others (returned, expired, not found, cancelled) compete with it, and an open item
is followed as far as its last answer (Aalen-Johansen's estimate from counts by class of time, where what came into the
observation or left it within a class counts as half at risk). Few items tell little: each curve borrows
`BORROWED_ITEMS` from the broader one above it, and where a lane has too few, it has none of its own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from hkpost.lanes.classes import DAYS, STAGES, WAITED

BORROWED_ITEMS: Final = 5
"""A curve counts as many items that went as those of the broader curve."""
LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "all": (),
    "service": ("service",),
    "destination": ("destination",),
    "lane_stage": ("origin", "destination", "service"),
}
"""What the items of a curve have in common beside their stage, the broadest first."""
LANE: Final = ("origin", "destination", "service")
KEY: Final = (*LANE, "stage", "waited")
COUNTED: Final = ("delivered", "ended", "censored", "late")
_NUMBERS: Final = ("at_risk", "delivered", "ended", "censored")
_SHARES: Final = ("share_delivered", "share_ended")
_CLASSES: Final = len(DAYS) - 1


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves by number: row i of every array is the curve that row i of `keys` names.

    keys: `basis` (a level), `origin`, `destination`, `service` (blank where the curve has all of them), `stage`, and
    `waited` (a number of `WAITED`).
    counts: items `at_risk` at the beginning of each class, and what became of them within it.
    share_delivered, share_ended: at the beginning of each class and at the end of the last, of the items of the curve.
    """

    keys: pd.DataFrame
    at_risk: np.ndarray
    delivered: np.ndarray
    ended: np.ndarray
    censored: np.ndarray
    share_delivered: np.ndarray
    share_ended: np.ndarray

    def rows(self) -> pd.DataFrame:
        """The curves as rows of `lane_curve`: lists, an element a class, from the wait on to the last item."""
        rows = self.keys[["basis", *LANE, "stage"]].copy()
        rows["waited_days"] = WAITED[self.keys["waited"].to_numpy(dtype=int)]
        begin = np.searchsorted(DAYS, rows["waited_days"])
        end = np.where(
            (self.at_risk > 0).any(axis=1), _CLASSES - (self.at_risk > 0)[:, ::-1].argmax(axis=1), begin
        )
        rows["items"] = self.at_risk[np.arange(len(begin)), begin] if len(begin) else 0
        ranges = [slice(first, last) for first, last in zip(begin, end, strict=True)]
        rows["day"] = [DAYS[1:][some].tolist() for some in ranges]
        for name in _NUMBERS:
            rows[name] = [row[some].tolist() for row, some in zip(getattr(self, name), ranges, strict=True)]
        for name in _SHARES:
            rows[name] = [
                row[1:][some].tolist() for row, some in zip(getattr(self, name), ranges, strict=True)
            ]
        return rows

    @staticmethod
    def from_rows(rows: pd.DataFrame) -> "Curves":
        """The curves that `rows` gave; the other way round."""
        keys = rows[["basis", *LANE, "stage"]].reset_index(drop=True)
        keys["waited"] = np.searchsorted(WAITED, rows["waited_days"].to_numpy(dtype=float))
        lengths = rows["day"].map(len).to_numpy(dtype=int)
        number = np.repeat(np.arange(len(rows)), lengths)
        place = np.searchsorted(DAYS[1:], np.fromiter(chain.from_iterable(rows["day"]), dtype=float))
        counts = {name: np.zeros((len(rows), _CLASSES), dtype=np.int64) for name in _NUMBERS}
        for name, array in counts.items():
            array[number, place] = np.fromiter(chain.from_iterable(rows[name]), dtype=np.int64)
        shares = {name: np.zeros((len(rows), _CLASSES + 1)) for name in _SHARES}
        for name, share in shares.items():
            share[number, place + 1] = np.fromiter(chain.from_iterable(rows[name]), dtype=float)
            np.maximum.accumulate(share, axis=1, out=share)
        return Curves(keys, **counts, **shares)


def learn(counts: pd.DataFrame, silent: pd.DataFrame, minimum_items: int) -> Curves:
    """Make the curves of all lanes and of what they have in common.

    Args:
        counts: a row for items of one `origin`, `destination`, `service` and `stage` whose stay in the stage reached
            the same wait (`stayed`, a number of `WAITED`), and whose observation ended in the same class of time since
            they entered it (`class`, a number of `DAYS`), with how many of them were `delivered`, `ended` otherwise or
            are open (`censored`); and for how many it began only in that class (`late`).
        silent: the lanes (`origin`, `destination`, `service`) that are not heard of after the departure; the broader
            curves are made without them.
        minimum_items: fewer items make no curve.
    """
    marked = counts[list(LANE)].merge(silent.assign(is_silent=True), how="left", on=list(LANE))
    heard = counts[marked["is_silent"].isna().to_numpy()]
    known: dict[tuple[str, ...], _Estimate] = {}
    keys: list[tuple[str | int, ...]] = []
    made: list[_Estimate] = []
    for basis, names in LEVELS.items():
        for group, tables in _tables(counts if basis == "lane_stage" else heard, names):
            above = known.get(("destination", group[1])) if basis == "lane_stage" else None
            estimate = _estimate(tables, above or known.get(("all",)))
            known[(basis, *group)] = estimate
            stages, waits = np.nonzero(estimate.at_risk[:, :, 0] >= minimum_items)
            lane = {**dict.fromkeys(LANE, ""), **dict(zip(names, group, strict=True))}
            keys += [
                (basis, *lane.values(), STAGES[stage], int(waited))
                for stage, waited in zip(stages, waits, strict=True)
            ]
            made.append(_Estimate(*(array[stages, waits] for array in estimate)))
    whole = _Estimate(*map(np.concatenate, zip(*made, strict=True))) if made else _NOTHING
    counted = {name: np.rint(getattr(whole, name)).astype(np.int64) for name in _NUMBERS}
    shares = {name: getattr(whole, name) for name in _SHARES}
    return Curves(pd.DataFrame(keys, columns=["basis", *KEY]), **counted, **shares)


class _Estimate(NamedTuple):
    """Counts, hazards and shares by stage, wait and class of one group of lanes."""

    at_risk: np.ndarray
    delivered: np.ndarray
    ended: np.ndarray
    censored: np.ndarray
    hazard_delivered: np.ndarray
    hazard_ended: np.ndarray
    share_delivered: np.ndarray
    share_ended: np.ndarray


def _tables(counts: pd.DataFrame, names: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], np.ndarray]]:
    """The counts of each group as an array: what became of them, stage, wait that they reached, class."""
    if counts.empty:
        return
    stage = pd.Categorical(counts["stage"], categories=STAGES).codes
    shape = (len(STAGES), len(WAITED), len(DAYS))
    cell = np.ravel_multi_index((stage, counts["stayed"], counts["class"]), shape)
    numbers = counts[list(COUNTED)].to_numpy(dtype=np.int64)
    groups = counts.groupby(list(names)).indices.items() if names else [((), slice(None))]
    for group, rows in groups:
        tallied = np.stack(
            [
                np.bincount(cell[rows], weights=numbers[rows, column], minlength=int(np.prod(shape)))
                for column in range(len(COUNTED))
            ]
        ).reshape(len(COUNTED), *shape)
        # Who stayed longer stayed as long, too.
        yield (
            (group if isinstance(group, tuple) else (group,)),
            tallied[:, :, ::-1].cumsum(axis=2)[:, :, ::-1],
        )


def _estimate(tables: np.ndarray, above: _Estimate | None) -> _Estimate:
    delivered, ended, censored, late = tables[..., :_CLASSES]
    came, went_away = tables[3], tables[:3].sum(axis=0)
    # Who went in this class or later, but for those who come later.
    at_risk = (went_away[..., ::-1].cumsum(axis=2) - came[..., ::-1].cumsum(axis=2))[..., :0:-1] + late
    # Half of what came or left within a class was at risk; nothing is said of where no item is left.
    exposed = np.maximum(at_risk - (censored + late) / 2, delivered + ended)
    hazards = []
    for index, went in enumerate((delivered, ended)):
        borrowed = (above.hazard_delivered, above.hazard_ended)[index] if above else np.zeros_like(went)
        weight = BORROWED_ITEMS if above else 0
        hazards.append(
            np.divide(
                went + weight * borrowed,
                exposed + weight,
                out=np.zeros_like(exposed),
                where=at_risk > 0,
            )
        )
    left = np.cumprod(1 - hazards[0] - hazards[1], axis=2)
    before = np.concatenate([np.ones_like(left[..., :1]), left[..., :-1]], axis=2)
    shares = [np.pad((before * hazard).cumsum(axis=2), ((0, 0), (0, 0), (1, 0))) for hazard in hazards]
    return _Estimate(at_risk, delivered, ended, censored, *hazards, *shares)


_NOTHING: Final = _Estimate(*[np.zeros((0, _CLASSES))] * 6, *[np.zeros((0, _CLASSES + 1))] * 2)
