"""The events that the warehouse has of an item, as rows of `hkpost.fact_tracking_event`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.normalise.happening import Happening, moment
from hkpost.normalise.reconcile import KnownEvent
from hkpost.normalise.templates import fill_text
from hkpost.normalise.wordings import UNCLASSIFIED
from hkpost.parse.rows import Texts
from hkpost.warehouse.plans import by_index
from hkpost.warehouse.statements import statement


class Fact(NamedTuple):
    """One row of the fact; the columns of the same names say what each field is."""

    item_no: str
    event_key: str
    event_date: date
    event_time_local: datetime | None
    event_time_text: str | None
    event_time: datetime | None
    time_zone: str | None
    time_precision: str
    location_code: str | None
    country_iso: str | None
    place_id: int | None
    text_id: int
    text_params: list[str] | None
    event_type: str
    wording_id: int | None
    event_code: str | None
    sequence_no: int | None
    report_no: int | None
    first_seen_at: datetime
    retracted_at: datetime | None
    call_id: int | None


class StoredEvent(NamedTuple):
    """A fact with its texts, as it was read."""

    fact: Fact
    known: KnownEvent


def stored_events(connection: Connection, item_nos: Sequence[str]) -> Mapping[str, list[StoredEvent]]:
    """Read every event of some items, retracted ones too, in one query; by item number."""
    events: defaultdict[str, list[StoredEvent]] = defaultdict(list)
    if item_nos:
        width = len(Fact._fields)
        with by_index(connection):
            rows = connection.execute(statement("known_events"), {"item_nos": list(item_nos)}).all()
        for row in rows:
            fact = Fact._make(row[:width])
            events[fact.item_no].append(StoredEvent(fact, _known(fact, *row[width:])))
    return events


def _known(fact: Fact, *texts: str) -> KnownEvent:
    location, templates = Texts(*texts[:3]), texts[3:]
    happening = Happening(
        when=moment(fact.event_time_local, fact.event_time_text or ""),
        location_code=fact.location_code or "",
        location=location,
        message=Texts(*(fill_text(template, fact.text_params) for template in templates)),
        event_type="" if fact.event_type == UNCLASSIFIED else fact.event_type,
    )
    return KnownEvent(fact.event_key, happening, fact.report_no or 0, fact.retracted_at is not None)
