"""From the fields of an answer, whatever format they came in, to its rows."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Final, TypeAlias, cast

from hkpost.ecship.fields import EVENT_FIELDS, ITEM_FIELDS, STATUS_FIELDS
from hkpost.ecship.node import Field, Node
from hkpost.ecship.rows import Answer, ItemAnswer, ReportedEvent, Texts
from hkpost.ecship.segmentation import Result, Segmentation, segment, walk
from hkpost.ecship.unreadable import UnreadableAnswer
from hkpost.enums import Outcome

_NUMBER: Final = re.compile(r"([+-]?[0-9]{1,9})(?:\.0*)?")

_Fields: TypeAlias = dict[str, str]

_NOT_AN_ITEMS: Final = EVENT_FIELDS | {"itemno", "itemcount"}


def answer_of(document: Node) -> Answer:
    """The rows of one answer of `getItemDeliveryStatus` (specification, page 5).

    An event in which every field is empty is none.

    Raises:
        UnreadableAnswer: 'incomplete': there is neither a status nor an item.
    """
    segmentation = segment(document)
    own, below = _requests_own(segmentation.rest)
    item_count = _number(own.get("itemcount", ""))
    results = _assembled(segmentation, item_count)
    if not results and not own.get("status"):
        raise UnreadableAnswer(Outcome.INCOMPLETE, "there is neither a status nor an item in the answer")
    return Answer(
        status=_number(own.get("status", "")),
        status_text=own.get("status", ""),
        err_msg=own.get("errmsg", ""),
        item_count=item_count,
        items=tuple(map(_item, results)),
        unclaimed=tuple(
            (name, text)
            for _, name, text in walk(segmentation.rest)
            if text and (name in EVENT_FIELDS or name in ITEM_FIELDS)
        )
        + below,
    )


def _requests_own(rest: Iterable[Field]) -> tuple[_Fields, tuple[tuple[str, str], ...]]:
    """The request's own fields, the outermost ones, and the statuses and messages below them, which are not its.

    One that stands there twice, differently, has both texts.
    """
    own: dict[str, tuple[int, list[str]]] = {}
    below: list[tuple[str, str]] = []
    for level, name, text in sorted(walk(rest), key=lambda field: field[0]):
        at, texts = own.setdefault(name, (level, []))
        if not text or text in texts:
            continue
        if at == level or not texts:
            texts.append(text)
        elif name in STATUS_FIELDS:
            below.append((name, text))
    return {name: " / ".join(texts) for name, (_, texts) in own.items()}, tuple(below)


def _assembled(segmentation: Segmentation, item_count: int | None) -> list[Result]:
    """The results with what stands beside them, and with the events that name their item.

    An answer that has other items than it counts says nothing sure of what stands beside them.
    """
    results = list(segmentation.results)
    if item_count is not None and item_count != len(results):
        for result in results:
            segmentation.rest += result.beside
            result.beside = []
    by_number: dict[str, Result] = {}
    for result in results:
        by_number.setdefault(result.number.upper(), result)
    for event in segmentation.named:
        number = event.number.upper()
        if number not in by_number:
            by_number[number] = Result(event.number, [])
            results.append(by_number[number])
        by_number[number].beside.append(("", Node("", event.fields, 0)))
    return results


def _number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    return int(match[1]) if match else None


def _item(result: Result) -> ItemAnswer:
    content = [*result.fields, *result.beside]
    fields, contradictions = _own_fields(content)
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
        events=tuple([_event(event) for event in _events(content) if any(event.values())]),
        contradictions=contradictions,
    )


def _own_fields(content: Sequence[Field]) -> tuple[_Fields, tuple[str, ...]]:
    """An item's own fields, the nearest to the item first, and those that it has twice, differently."""
    fields: _Fields = {}
    contradictions: list[str] = []
    levels = [content]
    while levels:
        here: _Fields = {}
        below: list[Sequence[Field]] = []
        for name, value in chain.from_iterable(levels):
            if not isinstance(value, str):
                if not _is_event(value):
                    below.append(value.fields)
            elif not value or name in fields or name in _NOT_AN_ITEMS:
                continue
            elif here.setdefault(name, value) != value:
                contradictions.append(f"{name} is {here[name]!r} and {value!r}")
        fields.update(here)
        levels = below
    return fields, tuple(contradictions)


def _is_event(node: Node) -> bool:
    """Whether an element is an event: then what else stands in it is not the item's own."""
    names = dict(node.fields)
    return not EVENT_FIELDS.isdisjoint(names) and ITEM_FIELDS.isdisjoint(names)


def _events(content: Sequence[Field]) -> list[_Fields]:
    """The events in an element, in document order.

    Fields of one element are one event until a field comes a second time, or the one that an event began
    with: then the next begins (a list written flat). An element inside an event adds what the event lacks,
    and elements of different names that each hold a part of an event make one together.
    """
    only = dict(content)
    if len(only) == len(content) and only.keys() <= EVENT_FIELDS:
        return [cast(_Fields, only)]
    events: list[_Fields] = []
    open_event: _Fields | None = None
    begins = ""
    parts: set[str] = set()
    for name, value in content:
        if isinstance(value, str):
            if name in EVENT_FIELDS:
                if open_event is None or name in open_event or name == begins:
                    open_event, parts = {}, set()
                    events.append(open_event)
                    begins = begins or name
                open_event[name] = value
            continue
        inner = _events(value.fields)
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
