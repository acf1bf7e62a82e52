"""From what events say to the columns of the fact, with the keys of places, messages and wordings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

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
    messages = [Texts(*message) for message in _columns(events, "message_e", "message_c", "message_s")]
    texts = [Texts(*text) for text in _columns(events, "text_e", "text_c", "text_s")]
    places = [Place(*place) for place in _columns(events, *Place._fields)]
    met = dict.fromkeys(messages)
    book.meet_events(met)
    book.save(connection)
    wording_ids = {message: book.wording_id(message) for message in met}
    text_ids = text_keys(connection, set(texts))
    place_ids = place_keys(connection, {place for place in places if any(place)})
    told = _columns(events, *_TOLD)
    shapes = [
        _shape(values, place_ids.get(place), text_ids[text], wording_ids[message])
        for values, place, text, message in zip(told, places, texts, messages, strict=True)
    ]
    rejects: defaultdict[int, list[Reject]] = defaultdict(list)
    for row, *reject in _columns(unreadable, "row", "item_no", "reason", "raw_fragment"):
        rejects[row].append(Reject(*reject))
    return Shaped(shapes, rejects)


_TOLD: Final = (
    *("event_date", "event_time_local", "event_time_text", "event_time", "time_zone", "time_precision"),
    *("location_code", "country_iso", "text_params", "event_type", "event_code"),
)
"""The columns of a shape that need no key of a dimension."""


def _columns(frame: pd.DataFrame, *names: str) -> Iterator[Any]:
    """The rows of some columns of Python objects."""
    return zip(*(frame[name].to_list() for name in names), strict=True)


def _shape(told: tuple[Any, ...], place_id: int | None, text_id: int, wording_id: int | None) -> Shape:
    day, local, time_text, instant, zone, precision, code, country, params, event_type, event_code = told
    return Shape(
        event_date=day,
        event_time_local=local,
        event_time_text=time_text or None,
        event_time=instant,
        time_zone=zone,
        time_precision=precision,
        location_code=code or None,
        country_iso=country,
        place_id=place_id,
        text_id=text_id,
        text_params=None if params is None else list(params),
        event_type=event_type,
        wording_id=wording_id,
        event_code=event_code or None,
    )
