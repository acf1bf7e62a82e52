"""From what events say to the columns of the fact, with the keys of places, messages and wordings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import pandas as pd
from sqlalchemy import Connection

from hkpost.normalise.events import REPORTED_COLUMNS, normalise_events
from hkpost.parse.rows import Texts
from hkpost.warehouse.load.dimensions import Place, WordingBook, place_keys, text_keys
from hkpost.warehouse.load.verdict import Reject


class Shape(NamedTuple):
    """The columns of a fact that follow from what the event says; named as there."""

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


class Shaped(NamedTuple):
    """The shapes of some events, in their order, and by the event's index what could not be read in it."""

    shapes: Sequence[Shape]
    rejects: Mapping[int, Sequence[Reject]]


def shape_events(connection: Connection, book: WordingBook, rows: Iterable[Sequence[object]]) -> Shaped:
    """Normalise events (rows of `REPORTED_COLUMNS`) and give what is new in them its row in the dimensions."""
    frame = pd.DataFrame(list(rows), columns=list(REPORTED_COLUMNS), dtype=object)
    events, unreadable = normalise_events(frame, book.ledger)
    messages, texts, places = [], [], []
    for event in _each(events):
        messages.append(Texts(event.message_e, event.message_c, event.message_s))
        texts.append(Texts(event.text_e, event.text_c, event.text_s))
        places.append(Place(event.location_code, event.location_e, event.location_c, event.location_s))
    met = set(messages)
    book.meet_events(met)
    book.save(connection)
    wording_ids = {message: book.wording_id(message) for message in met}
    text_ids = text_keys(connection, set(texts))
    place_ids = place_keys(connection, {place for place in places if any(place)})
    shapes = [
        _shape(event, place_ids.get(place), text_ids[text], wording_ids[message])
        for event, place, text, message in zip(_each(events), places, texts, messages, strict=True)
    ]
    rejects: defaultdict[int, list[Reject]] = defaultdict(list)
    for reject in _each(unreadable):
        rejects[reject.row].append(Reject(reject.item_no, reject.reason, reject.raw_fragment))
    return Shaped(shapes, rejects)


def _each(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame of Python objects, with its columns as attributes."""
    return iter(frame.itertuples(index=False))


def _shape(event: Any, place_id: int | None, text_id: int, wording_id: int | None) -> Shape:
    return Shape(
        event_date=event.event_date,
        event_time_local=event.event_time_local,
        event_time_text=event.event_time_text or None,
        event_time=event.event_time,
        time_zone=event.time_zone,
        time_precision=event.time_precision,
        location_code=event.location_code or None,
        country_iso=event.country_iso,
        place_id=place_id,
        text_id=text_id,
        text_params=None if event.text_params is None else list(event.text_params),
        event_type=event.event_type,
        wording_id=wording_id,
        event_code=event.event_code or None,
    )
