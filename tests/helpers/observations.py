"""Observations and known events by hand, as the rules of one item's events are tested with them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from hkpost.ecship.rows import NO_TEXTS, Texts
from hkpost.history.event import Event
from hkpost.history.normaliser import Normaliser
from hkpost.history.observation import Observation, Place, comparison_keys
from hkpost.history.reconcile import Reconciled
from hkpost.history.times import UNREADABLE_DATE, EventTime, event_time
from hkpost.history.wordings import UNCLASSIFIED, WordingLedger

T0 = datetime(2026, 3, 2, tzinfo=UTC)
NORMALISER = Normaliser(WordingLedger(()))


def observation(
    time_key: str,
    location_code: str = "",
    location: Texts = NO_TEXTS,
    message: Texts = NO_TEXTS,
    event_type: str = UNCLASSIFIED,
) -> Observation:
    """An event at a local minute; `event_type` is what its message means."""
    keys = comparison_keys((location_code, *location))
    place = Place(location_code, location, None, keys)
    said = NORMALISER.message(message)._replace(event_type=event_type, wording=None)
    return Observation(
        time_key, time_key, EventTime(UNREADABLE_DATE, None, None, None, "unknown"), place, said
    )


def event_at(event_type: str, when: str, country: str | None = "HK") -> Observation:
    """An event of a type, at a time as received in a country (ISO alpha-2; None where it is not known)."""
    seen = observation(when, event_type=event_type)
    return seen._replace(time=event_time(when, country), place=seen.place._replace(country_iso=country))


def known_event(key: str, seen: Observation, report_no: int = 0, *, retracted: bool = False) -> Event:
    """An event that the warehouse has."""
    return Event(key, date(2026, 3, 2), seen, None, report_no, T0, T0 if retracted else None, None)


def merged(known: Sequence[Event], decided: Reconciled) -> list[Event]:
    """The item's events after an answer."""
    after = {event.event_key: event for event in known}
    for key in decided.retracted:
        after[key] = after[key]._replace(retracted_at=T0)
    for match in decided.matches:
        if match.known is None:
            after[match.event_key] = known_event(match.event_key, match.reported, match.report_no)
        else:
            seen = _merged(match.known.observation, match.reported)
            after[match.event_key] = match.known._replace(observation=seen, retracted_at=None)
    return list(after.values())


def _merged(known: Observation, reported: Observation) -> Observation:
    """Merged as an answer is, but for what the texts mean."""
    both = NORMALISER.merge(known, reported)
    said = reported.message if reported.message.event_type != UNCLASSIFIED else known.message
    return both._replace(
        time_key=known.time_key,
        time=known.time,
        place=both.place._replace(country_iso=None),
        message=both.message._replace(event_type=said.event_type, wording=None),
    )
