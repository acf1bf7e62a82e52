"""Reported events to the fact's shape: one frame in, one frame out, and what could not be read."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import pandas as pd

from hkpost.normalise.countries import resolve_country
from hkpost.normalise.templates import split_text, template_of
from hkpost.normalise.times import EventTime, event_time
from hkpost.normalise.wordings import LANGUAGES, Meaning, WordingLedger
from hkpost.parse.rows import ItemAnswer, Texts

REPORTED_COLUMNS: Final = (
    "item_no",
    "call_id",
    "position",
    "event_date_time",
    "location_code",
    "location_e",
    "location_c",
    "location_s",
    "message_e",
    "message_c",
    "message_s",
    "event_code",
)
"""The columns of `reported_frame`: text as received, but for `call_id` and `position` (0 = first in the answer)."""

_SHAPE_COLUMNS: Final = (
    "text_e",
    "text_c",
    "text_s",
    "text_params",
    "template_e",
    "template_c",
    "template_s",
    "event_type",
    "wording_lang",
    "wording_template",
)
FACT_COLUMNS: Final = (
    *REPORTED_COLUMNS,
    *EventTime._fields,
    "event_time_text",
    "country_iso",
    *_SHAPE_COLUMNS,
)
"""The columns of `NormalisedEvents.events`. All are Python objects, None where unknown: `event_date` a date,
`event_time_local` a naive and `event_time` a UTC datetime, `text_params` a tuple, `text_*` the row of
`dim_event_text`, `template_*` the rows of `dim_wording` ('' for no text), `wording_*` the ledger's line."""

REJECT_COLUMNS: Final = ("row", "item_no", "call_id", "reason", "raw_fragment")


class NormalisedEvents(NamedTuple):
    """What `normalise_events` gives back."""

    events: pd.DataFrame
    """One row for each row that came in, in the same order and with the same index (`FACT_COLUMNS`)."""
    rejects: pd.DataFrame
    """What could not be read in them (`REJECT_COLUMNS`; `row` is the index of the event, which is kept)."""


def reported_frame(answers: Iterable[tuple[int, ItemAnswer]]) -> pd.DataFrame:
    """The events of (call_id, answer about one item) pairs as a frame of `REPORTED_COLUMNS`."""
    rows = [
        (
            answer.item_no,
            call_id,
            position,
            event.event_date_time,
            event.location_code,
            *event.location,
            *event.message,
            event.event_code,
        )
        for call_id, answer in answers
        for position, event in enumerate(answer.events)
    ]
    return pd.DataFrame(rows, columns=list(REPORTED_COLUMNS), dtype=object)


def normalise_events(reported: pd.DataFrame, ledger: WordingLedger) -> NormalisedEvents:
    """Reported events with their times, countries, templates and types.

    `reported` has `REPORTED_COLUMNS`. Every event is kept; a time or a place that cannot be read, and a
    wording whose languages contradict each other, are told in `rejects`.
    """
    places = _texts(reported, "location")
    messages = _texts(reported, "message")
    countries = [*map(resolve_country, reported["location_code"], places)]
    times = [*map(event_time, reported["event_date_time"], countries)]
    meanings = {message: ledger.event(message) for message in set(messages)}
    shapes = {message: _shape(message, meaning) for message, meaning in meanings.items()}
    events = pd.concat(
        [
            reported[list(REPORTED_COLUMNS)],
            _frame(times, EventTime._fields, reported.index),
            reported["event_date_time"].rename("event_time_text"),
            pd.Series(countries, index=reported.index, dtype=object, name="country_iso"),
            _frame([shapes[message] for message in messages], _SHAPE_COLUMNS, reported.index),
        ],
        axis="columns",
    )
    rejects = [
        (row, item_no, call_id, reason, fragment)
        for row, item_no, call_id, text, time, code, place, country, message in zip(
            reported.index,
            reported["item_no"],
            reported["call_id"],
            reported["event_date_time"],
            times,
            reported["location_code"],
            places,
            countries,
            messages,
            strict=True,
        )
        for reason, fragment in unreadable(text, time, code, place, country, meanings[message])
    ]
    return NormalisedEvents(events, pd.DataFrame(rejects, columns=list(REJECT_COLUMNS), dtype=object))


def _texts(frame: pd.DataFrame, stem: str) -> list[Texts]:
    return [*map(Texts, *(frame[f"{stem}_{language}"] for language in LANGUAGES))]


def _shape(message: Texts, meaning: Meaning) -> tuple[object, ...]:
    """What one distinct message gives to `_SHAPE_COLUMNS`."""
    split, params = split_text(*message)
    wording = meaning.wording
    return (
        *split,
        params,
        *map(template_of, message),
        meaning.event_type,
        wording and wording.lang,
        wording and wording.template,
    )


def _frame(rows: Sequence[Sequence[object]], columns: Sequence[str], index: pd.Index) -> pd.DataFrame:
    """Rows as columns of Python objects: left to itself, pandas makes timestamps and NaT of dates and None."""
    values = zip(*rows, strict=True) if rows else ((),) * len(columns)
    series = (pd.Series(list(column), index=index, dtype=object) for column in values)
    return pd.DataFrame(dict(zip(columns, series, strict=True)), index=index)


def unreadable(
    time_text: str, time: EventTime, code: str, place: Texts, country: str | None, meaning: Meaning
) -> Iterator[tuple[str, str]]:
    """What one event says that cannot be read: (reason in words, the fragment as received)."""
    if time.event_time_local is None:
        if time_text:
            yield "the time of an event is not DD-MM-YYYY HH24:MI", time_text
        else:
            yield "an event has no time", ""
    if country is None and (code or any(place)):
        yield "the country of an event's place is not known", " | ".join((code, *place))
    if meaning.problem is not None:
        yield "the wording of an event is unclassified", meaning.problem
