"""Items asked about outside of any run, as a table: each event with its meaning, each item with its state."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from hkpost.dispatch.direct import ask
from hkpost.ecship.item_number import canonical
from hkpost.ecship.rows import Answer
from hkpost.ecship.settings import AccountSettings
from hkpost.history.event import current_events
from hkpost.history.fold import Answered, History, Rules, apply
from hkpost.history.item import Item
from hkpost.history.item_result import match_items
from hkpost.history.normaliser import Normaliser
from hkpost.history.wordings import wording_ledger

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    *("item_no", "state", "api_status", "api_message", "milestone_e", "milestone_c", "milestone_s"),
    *("origin", "destination", "posted_at_local", "sequence_no", "event_time", "event_time_local"),
    *("time_precision", "event_type", "country", "location_e", "location_c", "location_s"),
    *("message_e", "message_c", "message_s"),
)


def track(
    settings: AccountSettings, item_nos: Sequence[str], *, engine: Engine | None = None
) -> "pd.DataFrame":
    """Ask about items and return a row for each of their events, the oldest first; an item without any has one row.

    Times are `event_time` in UTC (NaT where it cannot be known) and `event_time_local` without a zone. States and event
    types are those of the seed files; nothing is written but, with a warehouse, the ledger (`hkpost.dispatch.direct`).

    Raises:
        SettingsError: the settings or the WSDL cannot be used; nothing was sent.
        NotAnsweredError: the service did not answer, or the account may not ask now.
    """
    import pandas as pd

    numbers = list(dict.fromkeys(filter(None, map(canonical, item_nos))))
    answers = ask(settings, numbers, engine=engine) if numbers else []
    frame = pd.DataFrame([row for one in _histories(answers) for row in _rows(one)], columns=list(COLUMNS))
    return frame.astype(
        {
            "api_status": "Int64",
            "sequence_no": "Int64",
            "event_time": "datetime64[us, UTC]",
            "event_time_local": "datetime64[us]",
        }
    )


def _histories(answers: Sequence[tuple[Sequence[str], Answer]]) -> Iterator[History]:
    now, rules = datetime.now(UTC), Rules(Normaliser(wording_ledger()), {})
    for asked, answer in answers:
        for item_no, result in match_items(asked, answer).results.items():
            history, _ = apply(History(Item(item_no, "", now, "registered")), Answered(0, now, result), rules)
            item = history.item
            lone = answer if len(asked) == 1 else Answer()
            item.api_status = lone.status if result.code is None else result.code
            item.api_message = result.message or lone.err_msg or None
            yield history


def _rows(history: History) -> Iterator[dict[str, Any]]:
    item = history.item
    of_item = {
        "item_no": item.item_no,
        "state": item.state,
        "api_status": item.api_status,
        "api_message": item.api_message,
        "milestone_e": item.milestone_e,
        "milestone_c": item.milestone_c,
        "milestone_s": item.milestone_s,
        "origin": item.origin_country,
        "destination": item.destination_country,
        "posted_at_local": item.posted_at_local,
    }
    events = sorted(current_events(history.events.values()), key=lambda event: event.sequence_no or 0)
    if not events:
        yield of_item
    for event in events:
        seen = event.observation
        yield of_item | {
            "sequence_no": event.sequence_no,
            "event_time": seen.time.event_time,
            "event_time_local": seen.time.event_time_local,
            "time_precision": seen.time.time_precision,
            "event_type": event.event_type,
            "country": seen.place.country_iso,
            **dict(zip(("location_e", "location_c", "location_s"), seen.place.location, strict=True)),
            **dict(zip(("message_e", "message_c", "message_s"), seen.message.texts, strict=True)),
        }
