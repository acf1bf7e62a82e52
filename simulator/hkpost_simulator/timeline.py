"""The whole life of an item, past and future: a pure function of the item and the catalogue's seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from hkpost_simulator.catalogue import Item
from hkpost_simulator.world_files import Place, Step, Texts, Wording, WorldFiles, load_world

Milestones = Literal["plain", "stages", "vague"]
"""How an item's milestone speaks before delivery: not at all, with the stage, or with an empty phrase."""

_MILESTONES: tuple[Milestones, ...] = ("plain", "stages", "vague")
_MILESTONE_WEIGHTS = (6, 3, 1)
_PLANNED = ("planned_departure", "EMC")  # these wordings name the day of the departure, which is the next one
_LATE_MILESTONE_SHARE = 0.05
_LATE_MILESTONE_DELAY = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class PlannedEvent:
    """One event of a life.

    `at` is the instant (UTC, whole minutes) from which the service shows it, `local_time` what the service
    shows (DD-MM-YYYY HH24:MI where it happened, 00:00 where only dates are known).
    """

    at: datetime
    local_time: str
    place: Place
    place_known_at: datetime
    withdrawn_at: datetime | None
    wording: Wording
    message: Texts


@dataclass(frozen=True, slots=True)
class Timeline:
    """The events of an item in the order in which they happen, and how its milestone behaves."""

    planned_events: tuple[PlannedEvent, ...]
    milestones: Milestones
    milestone_delay: timedelta


def timeline(item: Item, seed: int) -> Timeline:
    """Return the item's life; the same item and seed give the same one, whenever it is asked."""
    dice = random.Random(f"{seed}/{item.index}/life")  # noqa: S311
    (milestones,) = dice.choices(_MILESTONES, weights=_MILESTONE_WEIGHTS)
    late = dice.random() < _LATE_MILESTONE_SHARE
    return Timeline(
        planned_events=tuple(_planned_events(item, dice, load_world())),
        milestones=milestones,
        milestone_delay=_LATE_MILESTONE_DELAY if late else timedelta(0),
    )


def _planned_events(item: Item, dice: random.Random, world: WorldFiles) -> Iterator[PlannedEvent]:
    at = item.shipped_at.replace(second=0, microsecond=0)
    for segment in item.segments:
        for step in world.segments[segment]:
            if dice.random() >= step.chance:
                continue
            minutes = dice.uniform(step.after_min_h, step.after_max_h) * 60
            at += timedelta(minutes=round(minutes))
            place = _place(item, step, world)
            if not place.is_date_only and at.astimezone(place.zone).time() == time.min:
                at += timedelta(minutes=1)  # 00:00 says that only the date is known
            yield _planned_event(item, step, at, place, world.wordings[dice.choice(step.wordings)])


def _planned_event(item: Item, step: Step, at: datetime, place: Place, wording: Wording) -> PlannedEvent:
    local = at.astimezone(place.zone)
    named_day = local + timedelta(days=1) if wording.event_type in _PLANNED else local
    return PlannedEvent(
        at=at,
        local_time=local.strftime("%d-%m-%Y 00:00" if place.is_date_only else "%d-%m-%Y %H:%M"),
        place=place,
        place_known_at=at + timedelta(hours=step.place_known_after_h or 0),
        withdrawn_at=None if step.withdrawn_after_h is None else at + timedelta(hours=step.withdrawn_after_h),
        wording=wording,
        message=_message(wording.texts, item.item_no, named_day),
    )


def _place(item: Item, step: Step, world: WorldFiles) -> Place:
    if step.place == "GATE":
        return world.places[item.lane.gateway]
    if step.place == "DEST":
        return world.places[item.lane.destination]
    return world.places[step.place]


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _message(template: Texts, item_no: str, day: datetime) -> Texts:
    english = f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}"
    chinese = f"{day.year}年{day.month}月{day.day}日"
    return Texts(
        template.e.format(item=item_no, date=english),
        template.c.format(item=item_no, date=chinese),
        template.s.format(item=item_no, date=chinese),
    )
