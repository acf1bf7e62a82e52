"""`parse_answer`: from the body of an answer to its rows."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, TypeAlias, cast

from hkpost.parse.document import Group, Member, read_document
from hkpost.parse.fields import EVENT_FIELDS, ITEM_FIELDS, STATUS_FIELDS
from hkpost.parse.results import Division, Result, divide, flat
from hkpost.parse.rows import Answer, ItemAnswer, ReportedEvent, Texts
from hkpost.parse.unreadable import UnreadableAnswer

_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,9})(?:\.0*)?")

_Fields: TypeAlias = dict[str, str]

_NOT_AN_ITEMS: Final = EVENT_FIELDS | {"itemno", "itemcount"}


def parse_answer(body: bytes, content_type: str = "") -> Answer:
    """One answer of `getItemDeliveryStatus` (specification, page 5) as rows.

    `body` is the HTTP body, `content_type` its header where that is known. Values are stripped of blanks at
    their ends and otherwise as received; an event in which every field is empty is none.

    Raises:
        UnreadableAnswer: 'not_xml', 'soap_fault', or 'incomplete' when the body is cut off or holds neither
            a status nor an item.
    """
    division = divide(read_document(body, content_type))
    own, below = _requests_own(division.rest)
    item_count = _number(own.get("itemcount", ""))
    results = _assembled(division, item_count)
    if not results and not own.get("status"):
        raise UnreadableAnswer("incomplete", "there is neither a status nor an item in the answer")
    return Answer(
        status=_number(own.get("status", "")),
        status_text=own.get("status", ""),
        err_msg=own.get("errmsg", ""),
        item_count=item_count,
        items=tuple(map(_item, results)),
        unclaimed=tuple(
            (name, text)
            for _, name, text in flat(division.rest)
            if text and (name in EVENT_FIELDS or name in ITEM_FIELDS)
        )
        + below,
    )


def _requests_own(rest: Iterable[Member]) -> tuple[_Fields, tuple[tuple[str, str], ...]]:
    """The request's own fields, the outermost ones, and the statuses and messages below them, which are not its.

    One told twice, differently, has both texts.
    """
    told: dict[str, tuple[int, list[str]]] = {}
    below: list[tuple[str, str]] = []
    for level, name, text in sorted(flat(rest), key=lambda field: field[0]):
        at, texts = told.setdefault(name, (level, []))
        if not text or text in texts:
            continue
        if at == level or not texts:
            texts.append(text)
        elif name in STATUS_FIELDS:
            below.append((name, text))
    return {name: " / ".join(texts) for name, (_, texts) in told.items()}, tuple(below)


def _assembled(division: Division, item_count: int | None) -> list[Result]:
    """The results with what stands beside them, and with the events that name their item.

    An answer that has other items than it counts says nothing sure of what stands beside them.
    """
    results = list(division.results)
    if item_count is not None and item_count != len(results):
        for result in results:
            division.rest += result.beside
            result.beside = []
    by_number: dict[str, Result] = {}
    for result in results:
        by_number.setdefault(result.number.upper(), result)
    for event in division.named:
        number = event.number.upper()
        if number not in by_number:
            by_number[number] = Result(event.number, [])
            results.append(by_number[number])
        by_number[number].beside.append(("", Group("", event.members, 0)))
    return results


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def _item(result: Result) -> ItemAnswer:
    members = [*result.members, *result.beside]
    fields, contradictions = _own_fields(members)
    status = fields.get("status", "")
    return ItemAnswer(
        item_no=result.number,
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
        events=tuple([_event(event) for event in _events(members) if any(event.values())]),
        contradictions=contradictions,
    )


def _own_fields(members: Sequence[Member]) -> tuple[_Fields, tuple[str, ...]]:
    """An item's own fields, the nearest to the item first, and those that are told twice, differently."""
    fields: _Fields = {}
    contradictions: list[str] = []
    levels = [members]
    while levels:
        here: _Fields = {}
        below: list[Sequence[Member]] = []
        for name, value in chain.from_iterable(levels):
            if not isinstance(value, str):
                if not _is_event(value):
                    below.append(value.members)
            elif not value or name in fields or name in _NOT_AN_ITEMS:
                continue
            elif here.setdefault(name, value) != value:
                contradictions.append(f"{name} is {here[name]!r} and {value!r}")
        fields.update(here)
        levels = below
    return fields, tuple(contradictions)


def _is_event(group: Group) -> bool:
    """Whether an element is an event: then what else stands in it is not the item's own."""
    names = dict(group.members)
    return not EVENT_FIELDS.isdisjoint(names) and ITEM_FIELDS.isdisjoint(names)


def _events(members: Sequence[Member]) -> list[_Fields]:
    """The events in an element, in document order.

    Fields of one element are one event until a field comes a second time, or the one that an event began
    with: then the next begins (a list written flat). An element inside an event adds what the event lacks,
    and elements of different names that each tell a part of an event tell one together.
    """
    told = dict(members)
    if len(told) == len(members) and told.keys() <= EVENT_FIELDS:
        return [cast(_Fields, told)]
    events: list[_Fields] = []
    open_event: _Fields | None = None
    begins = ""
    parts: set[str] = set()
    for name, value in members:
        if isinstance(value, str):
            if name in EVENT_FIELDS:
                if open_event is None or name in open_event or name == begins:
                    open_event, parts = {}, set()
                    events.append(open_event)
                    begins = begins or name
                open_event[name] = value
            continue
        inner = _events(value.members)
        adds = len(inner) == 1 and open_event is not None and open_event.keys().isdisjoint(inner[0])
        if adds and open_event is not None and not (parts and value.tag in parts):
            open_event.update(inner[0])
        else:
            events += inner
            open_event, parts = (inner[0], {value.tag}) if len(inner) == 1 and value.tag else (None, set())
    return events


def _event(fields: _Fields) -> ReportedEvent:
    get = fields.get
    return ReportedEvent(
        get("eventdatetime", ""),
        get("eventlocationcode", ""),
        Texts(get("eventlocatione", ""), get("eventlocationc", ""), get("eventlocations", "")),
        Texts(get("eventmsge", ""), get("eventmsgc", ""), get("eventmsgs", "")),
        get("eventcode", ""),
    )


def _texts(fields: _Fields, stem: str) -> Texts:
    get = fields.get
    return Texts(get(stem + "e", ""), get(stem + "c", ""), get(stem + "s", ""))
