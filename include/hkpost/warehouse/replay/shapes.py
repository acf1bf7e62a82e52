"""The shapes of events without the warehouse: by them an item's story is told again, step by step."""

from collections.abc import Iterable, Sequence
from typing import Any

from hkpost.normalise.countries import resolve_country
from hkpost.normalise.events import unreadable
from hkpost.normalise.times import event_time
from hkpost.normalise.wordings import WordingLedger
from hkpost.parse.rows import Texts
from hkpost.warehouse.load.shapes import Shape, Shaped
from hkpost.warehouse.load.verdict import Reject


def plain_shapes(rows: Iterable[Sequence[Any]], ledger: WordingLedger) -> Shaped:
    """Shape events (rows of `REPORTED_COLUMNS`).

    The keys of place and text are hashes: good for telling whether either changed, and for nothing else.
    """
    shapes, rejects = [], {}
    for number, (item_no, _, _, time_text, code, *texts, event_code) in enumerate(rows):
        place, message = Texts(*texts[:3]), Texts(*texts[3:])
        country = resolve_country(code, place)
        time, meaning = event_time(time_text, country), ledger.event(message)
        shapes.append(
            Shape(
                *time[:2],
                event_time_text=time_text or None,
                event_time=time.event_time,
                time_zone=time.time_zone,
                time_precision=time.time_precision,
                location_code=code or None,
                country_iso=country,
                place_id=hash((code, place)),
                text_id=hash(message),
                text_params=None,
                event_type=meaning.event_type,
                wording_id=None,
                event_code=event_code or None,
            )
        )
        trouble = unreadable(time_text, time, code, place, country, meaning)
        if found := [Reject(item_no, *reason) for reason in trouble]:
            rejects[number] = found
    return Shaped(shapes, rejects)
