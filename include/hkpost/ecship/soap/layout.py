"""How one item of an answer is written, learned from one that was read in general: most are written alike."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple, Self

from hkpost.ecship.fields import EVENT_FIELDS, field_name, in_languages
from hkpost.ecship.rows import ItemAnswer, ReportedEvent, Texts

_TOKEN: Final = re.compile(r"<(?P<end>/?)(?P<tag>[^\s<>/&=]+)(?P<empty>/?)>|(?P<text>[^<]+)")
_TEXT: Final = r"[^<>&\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*"
"""A text that stands for itself: no entity, and nothing that XML does not allow."""
_EVENTS: Final = "<EVENTS>"
_NOTHING: Final = ReportedEvent()
_MOST_REMEMBERED: Final = 1 << 14
"""Distinct events that are kept of a layout."""
_EVENT_ORDER: Final = (
    "eventdatetime",
    "eventlocationcode",
    *in_languages("eventlocation"),
    *in_languages("eventmsg"),
    "eventcode",
)


class _Leaf(NamedTuple):
    tag: str
    text: str


class _Node(NamedTuple):
    """An element that holds others."""

    tag: str
    children: "list[_Leaf | _Node]"


class Layout:
    """How one item is written: its fields one after another, and events that are all alike."""

    def __init__(
        self, pattern: str, names: Sequence[str], event: str, event_end: str, event_names: Sequence[str]
    ) -> None:
        self._pattern = re.compile(pattern)
        self._names = names
        self._event = re.compile(event)
        self._event_end = event_end
        self._event_names = event_names
        self._read: dict[str, ReportedEvent] = {}

    @classmethod
    def of(cls, text: str, item: ItemAnswer) -> Self | None:
        """Learn from an item's part and what it says; None where that is not plain."""
        nodes = _nodes(text)
        pattern = nodes and _pattern(nodes)
        if not pattern:
            return None
        layout = cls(*pattern)
        return layout if layout.read(text) == item else None

    def read(self, text: str, fingerprint: str = "") -> ItemAnswer | None:
        """Read an item that is written so; None for any other."""
        match = self._pattern.fullmatch(text)
        if match is None:
            return None
        values = match.groups("")
        fields = dict(zip(self._names, map(str.strip, values), strict=False))
        get = fields.get
        status = get("status", "")
        events = self._events(values[-1]) if len(values) > len(self._names) else ()
        if events is None or status != "0" or not fields["itemno"]:
            return None  # rare enough to be read in general
        return ItemAnswer(
            fields["itemno"],
            0,
            status,
            get("errmsg", ""),
            get("postingdatetime", ""),
            Texts(get("dropoffpointe", ""), get("dropoffpointc", ""), get("dropoffpoints", "")),
            get("orgcntycode", ""),
            Texts(get("orgcntye", ""), get("orgcntyc", ""), get("orgcntys", "")),
            get("destcntycode", ""),
            Texts(get("destcntye", ""), get("destcntyc", ""), get("destcntys", "")),
            get("milestonecode", ""),
            Texts(get("milestonee", ""), get("milestonec", ""), get("milestones", "")),
            tuple(events),
            fingerprint=fingerprint,
        )

    def _events(self, text: str) -> list[ReportedEvent] | None:
        """The events in a text that holds nothing else; None where it does."""
        *written, rest = text.split(self._event_end)
        events = []
        for one in written:
            event = self._read.get(one) or self._read_event(one)
            if event is None:
                return None
            if event != _NOTHING:
                events.append(event)
        return None if rest.strip() else events

    def _read_event(self, text: str) -> ReportedEvent | None:
        """Read an event, without its closing tag; remember it, because items that travel together share events."""
        match = self._event.fullmatch(text)
        if match is None:
            return None
        fields = dict(zip(self._event_names, map(str.strip, match.groups("")), strict=True))
        at, code, e, c, s, message_e, message_c, message_s, event_code = (
            fields.get(name, "") for name in _EVENT_ORDER
        )
        event = ReportedEvent(at, code, Texts(e, c, s), Texts(message_e, message_c, message_s), event_code)
        if len(self._read) >= _MOST_REMEMBERED:
            self._read.clear()
        self._read[text] = event
        return event


def _nodes(text: str) -> list[_Leaf | _Node] | None:
    """What an item's part holds, as a tree; None where there is more in it than plain elements and texts."""
    root: list[_Leaf | _Node] = []
    stack: list[_Node] = [_Node("", root)]
    said, at = "", 0
    for match in _TOKEN.finditer(text):
        if match.start() != at:
            return None
        at = match.end()
        tag = match["tag"]
        if tag is None:
            said += match["text"]
        elif match["empty"]:
            if said.strip():
                return None
            stack[-1].children.append(_Leaf(tag, ""))
            said = ""
        elif not match["end"]:
            if said.strip():
                return None
            stack.append(_Node(tag, []))
            said = ""
        else:
            node = stack.pop()
            if node.tag != tag or not stack or (node.children and said.strip()):
                return None
            stack[-1].children.append(node if node.children else _Leaf(tag, said))
            said = ""
    return root if at == len(text) and len(stack) == 1 else None


def _pattern(nodes: Sequence[_Leaf | _Node]) -> tuple[str, list[str], str, str, list[str]] | None:
    """The regular expressions of an item and of one of its events, each with the names of its groups.

    That of an event ends before its closing tag, which stands behind it; both are '' where there are no events.
    """
    names: list[str] = []
    event_names: list[str] = []
    events: list[tuple[str, str]] = []
    pieces: list[str] = []

    def add(children: Iterable[_Leaf | _Node]) -> bool:
        for child in children:
            if isinstance(child, _Leaf):
                name = _name(child.tag)
                if name in EVENT_FIELDS or name == "itemcount" or name in names or (name and events):
                    return False  # a field behind the events would be the last group
                pieces.append(_leaf(child.tag, name))
                if name:
                    names.append(name)
            elif is_event(child):
                written = _event(child)
                if written is None or (events and (events[0] != written or pieces[-1] != _EVENTS)):
                    return False
                if not events:
                    events.append(written)
                    event_names.extend(filter(None, (_name(leaf.tag) for leaf in child.children)))
                    pieces.append(_EVENTS)
            else:
                pieces.append(rf"<{re.escape(child.tag)}>")
                if not add(child.children):
                    return False
                pieces.append(rf"</{re.escape(child.tag)}>")
        return True

    def is_event(node: _Node) -> bool:
        return any(isinstance(leaf, _Leaf) and _name(leaf.tag) in EVENT_FIELDS for leaf in node.children)

    if not add(nodes) or "itemno" not in names:
        return None
    event, event_end = events[0] if events else ("", "")
    # What the events hold is looked at once, when they are split.
    pattern = r"\s*".join(["", *pieces, ""]).replace(_EVENTS, "((?s:.*))")
    return pattern, names, event, event_end, event_names


def _event(node: _Node) -> tuple[str, str] | None:
    names = [_name(leaf.tag) for leaf in node.children]
    known = list(filter(None, names))
    if not set(known) <= EVENT_FIELDS or len(set(known)) < len(known):
        return None
    if not all(isinstance(leaf, _Leaf) for leaf in node.children):
        return None
    fields = [_leaf(leaf.tag, name) for leaf, name in zip(node.children, names, strict=True)]
    return r"\s*".join(["", f"<{re.escape(node.tag)}>", *fields, ""]), f"</{node.tag}>"


def _leaf(tag: str, name: str) -> str:
    tag = re.escape(tag)
    if name == "itemno":
        return rf"<{tag}>({_TEXT})</{tag}>"
    return rf"(?:<{tag}>{'(' if name else '(?:'}{_TEXT})</{tag}>|<{tag}/>)"


def _name(tag: str) -> str:
    return field_name(tag.rpartition(":")[2])
