"""What the service would answer about one item, in typed form and as JSON."""

from dataclasses import dataclass
from typing import Any

from hkpost.ecship.status import StatusCode
from hkpost_simulator.world_files import NO_TEXTS, Texts

_MEANINGS = {int(code): code.meaning for code in StatusCode if code is not StatusCode.SUCCESS}


@dataclass(frozen=True, slots=True)
class EventTruth:
    """One event as answered now (specification page 5), with what the answer does not say.

    `at` is the true instant (ISO 8601, UTC), `event_type` the canonical code (empty when no reader can
    know it from the text), `state` what really happened.
    """

    event_date_time: str
    location_code: str
    location: Texts
    message: Texts
    at: str = ""
    event_type: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class ItemTruth:
    """One item as answered now (specification page 5), all three languages, events in the answer's order.

    `state` is the state of `mail_item` that an honest reader of this one answer derives, `true_state` what
    really happened: they differ where the destination speaks in a language that no ledger knows, and for
    an item whose tracking has expired.
    """

    item_no: str
    status: int
    posting_date_time: str = ""
    drop_off: Texts = NO_TEXTS
    origin_code: str = ""
    origin: Texts = NO_TEXTS
    destination_code: str = ""
    destination: Texts = NO_TEXTS
    milestone: Texts = NO_TEXTS
    events: tuple[EventTruth, ...] = ()
    state: str = "registered"
    true_state: str = "registered"

    @property
    def err_msg(self) -> str:
        """The specification's words for the status (page 6); empty for success and for unknown codes."""
        return error_message(self.status)


def error_message(status: int) -> str:
    """Return appendix A's meaning of a status, empty for 0 and for a code that is not in it."""
    return _MEANINGS.get(status, "")


def as_json(item: ItemTruth) -> dict[str, Any]:
    """Give the item as JSON values; texts are objects with e, c and s."""
    return {
        "item_no": item.item_no,
        "status": item.status,
        "err_msg": item.err_msg,
        "posting_date_time": item.posting_date_time,
        "drop_off": item.drop_off._asdict(),
        "origin_code": item.origin_code,
        "origin": item.origin._asdict(),
        "destination_code": item.destination_code,
        "destination": item.destination._asdict(),
        "milestone": item.milestone._asdict(),
        "events": [
            {
                "event_date_time": event.event_date_time,
                "location_code": event.location_code,
                "location": event.location._asdict(),
                "message": event.message._asdict(),
                "at": event.at,
                "event_type": event.event_type,
                "state": event.state,
            }
            for event in item.events
        ],
        "state": item.state,
        "true_state": item.true_state,
    }


def from_json(item_no: str, value: dict[str, Any]) -> ItemTruth:
    """Read an item written as `as_json` writes it; every key may be left out.

    Raises:
        ValueError: a key is unknown or a value has the wrong form.
    """
    known = set(as_json(ItemTruth(item_no, 0)))
    if unknown := sorted(set(value) - known):
        raise ValueError(f"unknown keys {', '.join(unknown)}; an item has {', '.join(sorted(known))}")
    try:
        return ItemTruth(
            item_no=item_no,
            status=int(value.get("status", 0)),
            posting_date_time=str(value.get("posting_date_time", "")),
            drop_off=_texts(value, "drop_off"),
            origin_code=str(value.get("origin_code", "")),
            origin=_texts(value, "origin"),
            destination_code=str(value.get("destination_code", "")),
            destination=_texts(value, "destination"),
            milestone=_texts(value, "milestone"),
            events=tuple(_event(event) for event in value.get("events", ())),
            state=str(value.get("state", "registered")),
            true_state=str(value.get("true_state", value.get("state", "registered"))),
        )
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{item_no} cannot be read as an item: {error}") from error


def _event(value: dict[str, Any]) -> EventTruth:
    return EventTruth(
        event_date_time=str(value.get("event_date_time", "")),
        location_code=str(value.get("location_code", "")),
        location=_texts(value, "location"),
        message=_texts(value, "message"),
        at=str(value.get("at", "")),
        event_type=str(value.get("event_type", "")),
        state=str(value.get("state", "")),
    )


def _texts(value: dict[str, Any], key: str) -> Texts:
    return Texts(**{language: str(text) for language, text in value.get(key, {}).items()})
