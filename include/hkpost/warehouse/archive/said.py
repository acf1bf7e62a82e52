"""What an answer says of one item, as the JSON in which a replay keeps it."""

import json
from typing import Any

from hkpost.ecship.rows import ItemAnswer, ReportedEvent, Texts


def to_json(answer: ItemAnswer) -> str:
    """One item's part of an answer as JSON; what is empty is left out."""
    said: dict[str, Any] = {}
    for name in ItemAnswer.__dataclass_fields__:
        value = getattr(answer, name)
        if value and (not isinstance(value, Texts) or any(value)):
            said[name] = value
    if answer.status is not None:
        said["status"] = answer.status
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> ItemAnswer:
    """The answer again."""
    said: dict[str, Any] = json.loads(text)
    for name in _TEXTS & said.keys():
        said[name] = Texts(*said[name])
    said["events"] = tuple(
        ReportedEvent(at, code, Texts(*location), Texts(*message), event_code)
        for at, code, location, message, event_code in said.get("events", ())
    )
    said["contradictions"] = tuple(said.get("contradictions", ()))
    return ItemAnswer(**said)


_TEXTS = frozenset(("drop_off_point", "origin", "destination", "milestone"))
