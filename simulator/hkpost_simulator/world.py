"""The world: what is true of an item number at a simulated instant."""

import re
import threading
from datetime import datetime, timedelta
from functools import lru_cache

from hkpost.ecship.status import StatusCode
from hkpost_simulator.catalogue import Catalogue, Item
from hkpost_simulator.timeline import PlannedEvent, Timeline, timeline
from hkpost_simulator.truth import EventTruth, ItemTruth
from hkpost_simulator.world_files import NO_TEXTS, Wording, load_world

TRACKING_PERIOD = timedelta(days=365)
"""After this long the service answers 1003; the specification does not say how long it really is."""

_S10_SHAPE = re.compile(r"[A-Z]{2}[0-9]{9}[A-Z]{2}")
_VERDICTS = {
    "unknown": StatusCode.UNKNOWN_ITEM,
    "ill_formed": StatusCode.INVALID_ITEM_FORMAT,
    "not_permitted": StatusCode.NOT_PERMITTED,
}
_CLOSED_STATES = {
    StatusCode.INVALID_ITEM_FORMAT: "invalid_number",
    StatusCode.EXPIRED: "expired",
    StatusCode.NOT_PERMITTED: "not_permitted",
}
_STAGE_MILESTONES = {"accepted": "m_posted", "in_transit": "m_in_transit"}


class World:
    """Answers what is known of an item at an instant: a pure function, but for scripted items.

    Args:
        catalogue: the items that exist.
        newest_first: the order of events in an answer; the specification leaves it open.
    """

    def __init__(self, catalogue: Catalogue, *, newest_first: bool = True) -> None:
        self.catalogue = catalogue
        self.newest_first = newest_first
        self._timeline = lru_cache(maxsize=100_000)(lambda item: timeline(item, catalogue.seed))
        self._scripted: dict[str, ItemTruth] = {}
        self._lock = threading.Lock()

    def script(self, item: ItemTruth) -> None:
        """Answer exactly this for its number from now on, whatever the catalogue says."""
        with self._lock:
            self._scripted = {**self._scripted, item.item_no: item}

    def unscript(self, item_no: str) -> None:
        """Answer for the number from the catalogue again."""
        with self._lock:
            self._scripted = {number: item for number, item in self._scripted.items() if number != item_no}

    def item_nos(self) -> list[str]:
        """Return every number of the catalogue, then the scripted ones that are not in it."""
        numbers = dict.fromkeys(item.item_no for item in self.catalogue)
        return list(numbers | dict.fromkeys(self._scripted))

    def truth(self, item_no: str, now: datetime) -> ItemTruth:
        """Return what is answered for the number at `now` (with a time zone)."""
        if scripted := self._scripted.get(item_no):
            return scripted
        item = self.catalogue.find(item_no)
        if item is None:
            shaped = _S10_SHAPE.fullmatch(item_no)
            return _refused(
                item_no, StatusCode.UNKNOWN_ITEM if shaped else StatusCode.INVALID_ITEM_FORMAT, None
            )
        life = self._timeline(item)
        happened = [
            h for h in life.planned_events if h.at <= now and not (h.withdrawn_at and h.withdrawn_at <= now)
        ]
        if verdict := _VERDICTS.get(item.kind):
            return _refused(item_no, verdict, None)
        if now - item.shipped_at > TRACKING_PERIOD:
            return _refused(item_no, StatusCode.EXPIRED, _latest_state(happened, is_reader=False))
        if not happened:
            return _refused(item_no, StatusCode.UNKNOWN_ITEM, None)
        return self._answered(item, life, happened, now)

    def _answered(self, item: Item, life: Timeline, happened: list[PlannedEvent], now: datetime) -> ItemTruth:
        places = load_world().places
        origin, destination = places["HK"], places[item.lane.destination]
        posting = next((h for h in happened if h.wording.event_type == "EMA"), None)
        milestone = _milestone(life, happened, now)
        events = [_event(h, now) for h in happened]
        if self.newest_first:
            events.reverse()
        said = milestone.state if milestone and milestone.is_classified else ""
        return ItemTruth(
            item_no=item.item_no,
            status=StatusCode.SUCCESS,
            posting_date_time=posting.local_time if posting else "",
            drop_off=item.office if posting else NO_TEXTS,
            origin_code=origin.country_code,
            origin=origin.name,
            destination_code=destination.country_code,
            destination=destination.name,
            milestone=milestone.texts if milestone else NO_TEXTS,
            events=tuple(events),
            state=said or _latest_state(happened, is_reader=True) or "registered",
            true_state=_latest_state(happened, is_reader=False) or "registered",
        )


def _refused(item_no: str, status: StatusCode, true_state: str | None) -> ItemTruth:
    state = _CLOSED_STATES.get(status, "registered")
    return ItemTruth(item_no, status, state=state, true_state=true_state or state)


def _event(planned: PlannedEvent, now: datetime) -> EventTruth:
    place = planned.place
    is_placed = planned.place_known_at <= now
    return EventTruth(
        event_date_time=planned.local_time,
        location_code=place.event_code if is_placed else "",
        location=place.name if is_placed else NO_TEXTS,
        message=planned.message,
        at=planned.at.isoformat(),
        event_type=planned.wording.event_type if planned.wording.is_classified else "",
        state=planned.wording.state,
    )


def _latest_state(happened: list[PlannedEvent], *, is_reader: bool) -> str:
    """The state after the latest event that leads to one; a reader sees only classified wordings."""
    for planned in reversed(happened):
        if planned.wording.state and (planned.wording.is_classified or not is_reader):
            return planned.wording.state
    return ""


def _milestone(life: Timeline, happened: list[PlannedEvent], now: datetime) -> Wording | None:
    """What the milestone says: never more than is true at that moment."""
    milestones = load_world().milestones
    true_state = _latest_state(happened, is_reader=False)
    read_state = _latest_state(happened, is_reader=True)
    if true_state == "delivered":
        is_silent = read_state != "delivered" and life.milestones == "plain"
        is_due = happened[-1].at + life.milestone_delay <= now
        return milestones["m_delivered"] if is_due and not is_silent else None
    if true_state in ("", "registered", "returned") or life.milestones == "plain":
        return None
    if life.milestones == "vague":
        return milestones["m_on_its_way"]
    # A destination whose wordings no ledger knows is past the stage that its latest known wording names.
    key = _STAGE_MILESTONES.get(true_state) if read_state == true_state else None
    return milestones[key] if key else None
