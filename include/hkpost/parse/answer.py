"""`parse_answer`: which fields belong to the request, to an item, and to an event.

Nothing here relies on a container's name, a namespace or an order, because the specification gives none
("An array of Delivery Result", "Event Detail"). An item is the innermost element that has an `itemNo` of its
own and other fields of a result; its events are the `event…` fields below it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from hkpost.parse.document import EVENT_FIELDS, Group, Member, UnreadableAnswer, read_document
from hkpost.parse.rows import Answer, ItemAnswer, ReportedEvent, Texts

_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,9})(?:\.0*)?")

_Fields: TypeAlias = dict[str, str]
_Outside: TypeAlias = list[tuple[int, str, str]]


def parse_answer(body: bytes) -> Answer:
    """One answer of `getItemDeliveryStatus` (specification, page 5) as rows.

    `body` is the HTTP body. Values are stripped of blanks at their ends and otherwise as received; an event
    in which every field is empty is none. Raises `UnreadableAnswer`: 'not_xml', 'soap_fault', or
    'incomplete' when the body is cut off or holds neither a status nor an item.
    """
    items, outside = _split(read_document(body), 0, below_number=False)
    own: _Fields = {}
    for _depth, name, text in sorted(outside, key=lambda field: field[0]):
        own.setdefault(name, text)
    if not items and not own.get("status"):
        raise UnreadableAnswer("incomplete", "there is neither a status nor an item in the answer")
    return Answer(
        status=_number(own.get("status", "")),
        status_text=own.get("status", ""),
        err_msg=own.get("errmsg", ""),
        item_count=_number(own.get("itemcount", "")),
        items=tuple(_item(members) for members in items),
    )


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def _split(group: Group, depth: int, *, below_number: bool) -> tuple[list[Sequence[Member]], _Outside]:
    """The items in a group, each as its members, and the fields outside every item with their depth."""
    names = [name for name, value in group if isinstance(value, str)]
    has_number = "itemno" in names
    if has_number and below_number and set(names) > {"itemno"} and set(names) - {"itemno"} <= EVENT_FIELDS:
        return [], []  # an event that repeats the number of its item
    items: list[Sequence[Member]] = []
    outside: _Outside = []
    for name, value in group:
        if isinstance(value, str):
            outside.append((depth, name, value))
        else:
            inner_items, inner_outside = _split(value, depth + 1, below_number=below_number or has_number)
            items += inner_items
            outside += inner_outside
    if items or not has_number:
        return items, outside
    if names.count("itemno") == 1 and "itemcount" not in names:
        return ([group.members], []) if _has_result(group.members) else ([], outside)
    # Several results one after another in one element, without elements of their own.
    starts = [place for place, (name, _) in enumerate(group.members) if name == "itemno"]
    runs = [group.members[a:b] for a, b in zip(starts, [*starts[1:], None], strict=True)]
    if not all(_has_result(run) for run in runs):
        return [], outside  # the numbers that were asked, echoed
    before = [(depth, name, value) for name, value in group.members[: starts[0]] if isinstance(value, str)]
    return [*runs], before


def _has_result(members: Iterable[Member]) -> bool:
    """Whether there is any field besides the item number, here or below."""
    return any(
        name not in ("itemno", "itemcount") if isinstance(value, str) else _has_result(value)
        for name, value in members
    )


def _item(members: Sequence[Member]) -> ItemAnswer:
    fields: _Fields = {}
    _gather(members, fields)
    status = fields.get("status", "")
    return ItemAnswer(
        item_no=fields.get("itemno", ""),
        status=_number(status),
        status_text=status,
        err_msg=fields.get("errmsg", ""),
        posting_date_time=fields.get("postingdatetime", ""),
        drop_off_point=_texts(fields, "dropoffpoint"),
        origin_code=fields.get("orgcntycode", ""),
        origin=_texts(fields, "orgcnty"),
        destination_code=fields.get("destcntycode", ""),
        destination=_texts(fields, "destcnty"),
        milestone_code=fields.get("milestonecode", ""),
        milestone=_texts(fields, "milestone"),
        events=tuple(_event(event) for event in _events(members) if any(event.values())),
    )


def _gather(members: Iterable[Member], fields: _Fields) -> None:
    """Collect an item's own fields, the nearest to the item first."""
    below: list[Group] = []
    for name, value in members:
        if not isinstance(value, str):
            below.append(value)
        elif name not in EVENT_FIELDS:
            fields.setdefault(name, value)
    for group in below:
        _gather(group, fields)


def _events(members: Iterable[Member]) -> list[_Fields]:
    """The events below an item, in document order.

    Fields of one element are one event until a field comes a second time, which starts the next (a list
    written flat); an element inside an event adds to it the fields that it lacks.
    """
    events: list[_Fields] = []
    open_event: _Fields | None = None
    for name, value in members:
        if isinstance(value, str):
            if name in EVENT_FIELDS:
                if open_event is None or name in open_event:
                    open_event = {}
                    events.append(open_event)
                open_event[name] = value
            continue
        for inner in _events(value):
            if open_event is not None and open_event.keys().isdisjoint(inner):
                open_event.update(inner)
            else:
                events.append(inner)
    return events


def _event(fields: _Fields) -> ReportedEvent:
    return ReportedEvent(
        event_date_time=fields.get("eventdatetime", ""),
        location_code=fields.get("eventlocationcode", ""),
        location=_texts(fields, "eventlocation"),
        message=_texts(fields, "eventmsg"),
        event_code=fields.get("eventcode", ""),
    )


def _texts(fields: _Fields, stem: str) -> Texts:
    return Texts(fields.get(stem + "e", ""), fields.get(stem + "c", ""), fields.get(stem + "s", ""))
