"""The simulated world's geography, routes and wordings, read from the CSV files below `world/`."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Texts(NamedTuple):
    """One text in English, Traditional Chinese and Simplified Chinese (specification page 5)."""

    e: str = ""
    c: str = ""
    s: str = ""


NO_TEXTS = Texts()


@dataclass(frozen=True, slots=True)
class Wording:
    """A message template; `{item}` and `{date}` are filled in when it is said.

    `state` is what it says really happened (a state of `mail_item`, or empty); when `is_classified` is
    false, no reader can honestly know that from the text.
    """

    event_type: str
    state: str
    texts: Texts
    is_classified: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A country as the service names it: one code in events, perhaps another in destCnty_code."""

    iso: str
    event_code: str
    country_code: str
    name: Texts
    zone: ZoneInfo
    is_date_only: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One event of a segment; hours count from the step before."""

    wordings: tuple[str, ...]
    place: str
    after_min_h: float
    after_max_h: float
    chance: float
    place_known_after_h: float | None
    withdrawn_after_h: float | None


@dataclass(frozen=True, slots=True)
class Lane:
    """A stream of mail: where it goes, under which S10 service indicators, along which routes."""

    gateway: str
    destination: str
    weight: float
    prefixes: tuple[str, ...]
    family: str
    cities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorldFiles:
    """Everything that the CSV files say; `routes` holds, for each family, (share, segments)."""

    wordings: dict[str, Wording]
    milestones: dict[str, Wording]
    places: dict[str, Place]
    offices: tuple[Texts, ...]
    segments: dict[str, tuple[Step, ...]]
    routes: dict[str, tuple[tuple[float, tuple[str, ...]], ...]]
    lanes: tuple[Lane, ...]


@cache
def load_world() -> WorldFiles:
    """Read the bundled CSV files once."""
    wording_rows = _rows("wording")
    segments: dict[str, list[Step]] = {}
    for row in _rows("segment"):
        segments.setdefault(row["segment"], []).append(_step(row))
    routes: dict[str, list[tuple[float, tuple[str, ...]]]] = {}
    for row in _rows("route"):
        routes.setdefault(row["family"], []).append((float(row["share"]), tuple(row["segments"].split())))
    return WorldFiles(
        wordings={row["key"]: _wording(row) for row in wording_rows if row["kind"] == "event"},
        milestones={row["key"]: _wording(row) for row in wording_rows if row["kind"] == "milestone"},
        places={row["key"]: _place(row) for row in _rows("place")},
        offices=tuple(_texts(row) for row in _rows("office")),
        segments={name: tuple(steps) for name, steps in segments.items()},
        routes={family: tuple(choices) for family, choices in routes.items()},
        lanes=tuple(_lane(row) for row in _rows("lane")),
    )


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("hkpost_simulator") / "world" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _texts(row: dict[str, str]) -> Texts:
    return Texts(row["e"], row["c"], row["s"])


def _wording(row: dict[str, str]) -> Wording:
    return Wording(row["event_type"], row["state"], _texts(row), row["unclassified"] != "yes")


def _place(row: dict[str, str]) -> Place:
    return Place(
        iso=row["iso"],
        event_code=row["event_code"],
        country_code=row["country_code"],
        name=_texts(row),
        zone=ZoneInfo(row["time_zone"]),
        is_date_only=row["date_only"] == "yes",
    )


def _hours(text: str) -> float | None:
    return float(text) if text else None


def _step(row: dict[str, str]) -> Step:
    return Step(
        wordings=tuple(row["wording"].split("|")),
        place=row["place"],
        after_min_h=float(row["after_min_h"]),
        after_max_h=float(row["after_max_h"]),
        chance=float(row["chance"]),
        place_known_after_h=_hours(row["place_known_after_h"]),
        withdrawn_after_h=_hours(row["withdrawn_after_h"]),
    )


def _lane(row: dict[str, str]) -> Lane:
    return Lane(
        gateway=row["gateway"],
        destination=row["destination"],
        weight=float(row["weight"]),
        prefixes=tuple(row["prefixes"].split("|")),
        family=row["family"],
        cities=tuple(row["cities"].split("|")),
    )
