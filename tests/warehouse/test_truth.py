"""The measures held against what finally happened: the simulator's whole future is known.

Of mail of one to three weeks, four lanes and three seeds it is estimated on a day within how many days half and nine of
ten are delivered and which share is within ten days, from what was known on that day; then the future is looked up.
docs/measures.md has the table that this prints.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

from hkpost_simulator.catalogue import Catalogue
from hkpost_simulator.timeline import timeline
from hkpost_simulator.world_files import load_world
from tests.helpers.warehouse_by_hand import Warehouse

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
ITEMS = 4_000
LANES = ("US", "GB", "JP", "TW")
DAYS_BEFORE = (7, 14, 21)
"""The cohort is posted within this many days before the day on which it is judged."""
TARGET = 10


@dataclass(frozen=True)
class Story:
    """What becomes of one item: the days after its posting on which it is delivered or goes back."""

    lane: str
    posted_on: date
    delivered: int | None
    returned: int | None


@dataclass(frozen=True)
class Judged:
    """One figure as estimated, as it looks among delivered items alone, and as it came to be."""

    measure: str
    estimate: float
    naive: float
    truth: float
    holds: bool
    """Whether the band holds the truth."""


def stories(seed: int, span: int) -> Iterator[Story]:
    """Mail posted evenly within the `span` days before `NOW`, and its whole future."""
    dice, places = random.Random(seed), load_world().places
    for item in Catalogue(seed, ITEMS, NOW):
        lane = places[item.lane.destination].iso
        if item.kind != "tracked" or lane not in LANES or item.lane.family == "local":
            continue
        shipped = replace(item, shipped_at=NOW - timedelta(days=dice.uniform(0, span + 2)))
        ends: dict[str, date] = {}
        posted = None
        for event in timeline(shipped, seed).planned_events:
            if event.wording.event_type == "EMA":
                posted = event.at.astimezone(HONG_KONG).date()
            if event.wording.state in ("delivered", "returned") and event.withdrawn_at is None:
                ends[event.wording.state] = event.at.astimezone(event.place.zone).date()
        if (
            posted is None
            or not NOW.astimezone(HONG_KONG).date() - timedelta(days=span) <= posted < NOW.date()
        ):
            continue
        took = {state: (day - posted).days for state, day in ends.items()}
        yield Story(lane, posted, took.get("delivered"), took.get("returned"))


def tell(warehouse: Warehouse, known: list[Story]) -> None:
    """Write what the warehouse knows of them at `NOW`."""
    today = NOW.astimezone(HONG_KONG).date()
    warehouse.run("TRUNCATE hkpost.item_journey")
    rows = []
    for number, story in enumerate(known):
        age = (today - story.posted_on).days
        is_delivered = story.delivered is not None and story.delivered <= age
        is_returned = story.returned is not None and story.returned <= age
        rows.append(
            {
                "item_no": f"RB{number:09}HK",
                "lane": story.lane,
                "state": "delivered" if is_delivered else "returned" if is_returned else "in_transit",
                "posted_on": story.posted_on,
                "answered_on": story.posted_on + timedelta(days=story.returned or 0)
                if is_returned
                else today,
                "delivered_on": story.posted_on + timedelta(days=story.delivered or 0)
                if is_delivered
                else None,
            }
        )
    columns = "item_no varchar, lane text, state text, posted_on date, answered_on date, delivered_on date"
    warehouse.run(
        "INSERT INTO hkpost.item_journey (item_no, origin, destination, service, state, registered_at, posted_at,"
        " posted_on, week_start, answered_on, delivered_on)"
        " SELECT item_no, 'HK', lane, 'R', state, posted_on, posted_on, posted_on, date_trunc('week', posted_on)::date,"
        f"       answered_on, delivered_on FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told ({columns})",
        rows=json.dumps(rows, default=str),
    )


def ended(story: Story, today: date) -> bool:
    """Whether its end has come by then."""
    return min(story.delivered or 10_000, story.returned or 10_000) <= (today - story.posted_on).days


def judged(warehouse: Warehouse, known: list[Story]) -> Iterator[Judged]:
    today = NOW.astimezone(HONG_KONG).date()
    for lane in LANES:
        of_lane = [story for story in known if story.lane == lane]
        took = sorted(story.delivered if story.delivered is not None else 10_000 for story in of_lane)
        so_far = sorted(
            story.delivered
            for story in of_lane
            if story.delivered is not None and story.delivered <= (today - story.posted_on).days
        )
        curve = warehouse.rows(
            "SELECT * FROM hkpost.lead_time_curve(NULL, :lane, NULL, NULL, NULL)", lane=lane
        )
        for measure, part in (("p50_days", 0.5), ("p90_days", 0.9)):
            truth = took[int(len(took) * part)]
            row = next((row for row in curve if row["share_delivered"] >= part), None)
            if row is not None and so_far and truth < 10_000:
                low, high = (
                    next((r["day"] for r in curve if r[name] >= part), 10_000)
                    for name in ("share_high", "share_low")
                )
                median = so_far[int(len(so_far) * part)]
                yield Judged(measure, row["day"], median, truth, low <= truth <= high)
        reached = [row for row in curve if row["day"] <= TARGET]
        share = sum(days <= TARGET for days in took) / len(took)
        if reached and curve[-1]["day"] >= TARGET:
            last = reached[-1]
            still_open = [story for story in of_lane if not ended(story, today)]
            overdue = sum((today - story.posted_on).days > TARGET for story in still_open)
            naive = sum(days <= TARGET for days in so_far) / (len(so_far) + overdue)
            holds = last["share_low"] <= share <= last["share_high"]
            yield Judged("share by day 10", float(last["share_delivered"]), naive, share, holds)


def test_the_estimates_are_nearer_to_what_happens_than_those_of_delivered_items_alone(
    warehouse: Warehouse,
) -> None:
    found: list[Judged] = []
    for seed in (1, 2, 3):
        for span in DAYS_BEFORE:
            known = list(stories(seed, span))
            tell(warehouse, known)
            found += judged(warehouse, known)
    print()
    for measure in ("p50_days", "p90_days", "share by day 10"):
        cases = [case for case in found if case.measure == measure]
        bias = fmean(case.estimate - case.truth for case in cases)
        naive = fmean(case.naive - case.truth for case in cases)
        coverage = fmean(case.holds for case in cases)
        print(f"| `{measure}` | {len(cases)} | {bias:+.2f} | {naive:+.2f} | {coverage:.0%} |")
        assert abs(bias) < abs(naive) / 2, measure
        assert coverage >= 0.9, measure
