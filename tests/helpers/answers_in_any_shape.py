"""Writes one answer in whatever shape a service might give it: names, containers, order, prefixes, wrappings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from xml.sax.saxutils import escape, quoteattr

from hkpost.ecship import Answer, ItemAnswer, ReportedEvent, Texts

PREFIXES = {"": "", "ns1": "urn:one", "web": "http://webservice.integrator.hkpost.com", "o": "urn:obj"}
CONTAINERS = ("item", "deliveryResult", "eventDetail", "return", "itemNo", "status", "ArrayOfAny", "x")
ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")


@dataclass
class Node:
    """An element: a field with its text, or a container with elements; '' is a text that is not given."""

    name: str
    text: str | None = None
    children: list["Node"] = field(default_factory=list)


def fields(texts: dict[str, str | Texts]) -> list[Node]:
    """Fields by their names in the specification; a text in three languages is three of them."""
    nodes = []
    for name, value in texts.items():
        if isinstance(value, Texts):
            nodes += [Node(f"{name}_{language}", text) for language, text in zip("ecs", value, strict=True)]
        else:
            nodes.append(Node(name, value))
    return nodes


def event_fields(event: ReportedEvent) -> list[Node]:
    return fields(
        {
            "eventDateTime": event.event_date_time,
            "eventLocation_code": event.location_code,
            "eventLocation": event.location,
            "eventMsg": event.message,
        }
    )


def item_fields(item: ItemAnswer) -> list[Node]:
    """An item's own fields, its number first."""
    return fields(
        {
            "itemNo": item.item_no,
            "status": item.status_text,
            "errMsg": item.err_msg,
            "postingDateTime": item.posting_date_time,
            "dropOffPoint": item.drop_off_point,
            "orgCnty_code": item.origin_code,
            "orgCnty": item.origin,
            "destCnty_code": item.destination_code,
            "destCnty": item.destination,
            "milestone": item.milestone,
        }
    )


class Shape:
    """One way of writing answers, chosen by a random number generator."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._spelling = random.choice((str, str.lower, str.upper, lambda name: name.replace("_", "")))
        self._attributes = random.random() < 0.15
        self._references = not self._attributes and random.random() < 0.3
        self._elsewhere: list[str] = []

    def body(self, answer: Answer) -> bytes:
        """The answer as bytes."""
        own = fields({"status": answer.status_text, "errMsg": answer.err_msg})
        if answer.item_count is not None:
            own.append(Node("itemCount", str(answer.item_count)))
        results = self._wrapped([node for item in answer.items for node in self._item(item)], "list")
        reply = self._wrapped([Node("reply", children=self._shuffled([*own, *results]))], "operation")
        content = "".join(map(self._xml, reply))
        namespaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in PREFIXES.items() if prefix)
        document = (
            f'<s:Envelope xmlns:s="{self.random.choice(ENVELOPES)}" {namespaces}'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><s:Header/>'
            f"<s:Body>{content}{''.join(self._elsewhere)}</s:Body></s:Envelope>"
        )
        if self.random.random() < 0.1:
            document = f"<Envelope><Body><r><string>{escape(document)}</string></r></Body></Envelope>"
        encoding = self.random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "gb18030"))
        named = "UTF-8" if encoding == "utf-8-sig" else encoding
        return f'<?xml version="1.0" encoding="{named}"?>\n{document}'.encode(encoding)

    def _item(self, item: ItemAnswer) -> list[Node]:
        """An item in one of the ways in which it and its events can stand together."""
        number, *others = item_fields(item)
        events = [Node("event", children=self._parted(event_fields(event))) for event in item.events]
        layouts: Sequence[Callable[[], list[Node]]] = (
            lambda: [
                Node("result", children=self._shuffled([number, *others, *self._wrapped(events, "events")]))
            ],
            lambda: [
                Node(
                    "result",
                    children=self._shuffled(
                        [
                            Node("header", children=self._shuffled([number, *others])),
                            *self._wrapped(events, "events"),
                        ]
                    ),
                )
            ],
            lambda: [
                Node(
                    "result",
                    children=self._shuffled(
                        [Node("key", children=[number]), Node("content", children=[*others, *events])]
                    ),
                )
            ],
            lambda: [
                Node("result", children=self._shuffled([number, *others])),
                *(Node("event", children=self._shuffled([number, *event.children])) for event in events),
            ],
        )
        return self.random.choice(layouts)()

    def _wrapped(self, nodes: list[Node], name: str) -> list[Node]:
        """The nodes, or a container of them, or two, one in the other."""
        for _ in range(self.random.choice((0, 1, 1, 2)) if name != "list" else self.random.choice((1, 2))):
            nodes = [Node(name, children=nodes)]
        return nodes

    def _parted(self, nodes: list[Node]) -> list[Node]:
        """An event's fields, some of them in an element inside it."""
        nodes = self._shuffled(nodes)
        if self.random.random() < 0.3:
            return [*nodes[:3], Node("place", children=nodes[3:])]
        return nodes

    def _shuffled(self, nodes: list[Node]) -> list[Node]:
        return self.random.sample(nodes, len(nodes))

    def _xml(self, node: Node) -> str:
        blank = self.random.choice(("", "", "\n  "))
        if node.text is None:
            name = f"{node.name}-{self.random.choice(CONTAINERS)}" if node.name == "header" else node.name
            return blank + self._container(name, node.children)
        if not node.text and self.random.random() < 0.5:
            return ""
        tag, declared = self._tag(self._spelling(node.name))
        if not node.text:
            empty = (
                f"<{tag}{declared}/>",
                f"<{tag}{declared}></{tag}>",
                f'<{tag}{declared} xsi:nil="true"/>',
            )
            return blank + self.random.choice(empty)
        text = blank + self._text(node.text) + self.random.choice(("", " ", "\n"))
        return blank + self._element(tag, declared, text)

    def _container(self, name: str, children: list[Node]) -> str:
        if name in ("list", "events", "operation", "event"):
            name = self.random.choice((name, *CONTAINERS)) if name != "event" else name
        tag, declared = self._tag(name)
        if self._attributes:
            own = [child for child in children if child.text]
            declared += "".join(
                f" {self._spelling(child.name)}={quoteattr(child.text or '')}" for child in own
            )
            children = [child for child in children if child.text is None]
        return self._element(tag, declared, "".join(map(self._xml, children)))

    def _element(self, tag: str, declared: str, content: str) -> str:
        if self._references and self.random.random() < 0.15:
            identity = f"id{len(self._elsewhere)}"
            self._elsewhere.append(f'<multiRef id="{identity}">{content}</multiRef>')
            return f'<{tag}{declared} href="#{identity}"/>'
        return f"<{tag}{declared}>{content}</{tag}>"

    def _tag(self, name: str) -> tuple[str, str]:
        """A name with one of the prefixes, or none, in a default namespace that may change here."""
        prefix = self.random.choice(tuple(PREFIXES))
        if prefix:
            return f"{prefix}:{name}", ""
        return name, self.random.choice(("", ' xmlns="urn:x"', ' xmlns=""'))

    def _text(self, text: str) -> str:
        cut = self.random.randrange(len(text) + 1)
        return self.random.choice(
            (
                escape(text),
                f"{escape(text[:cut])}<!-- <itemNo>Z</itemNo> -->{escape(text[cut:])}",
                f"{escape(text[:cut])}<![CDATA[{text[cut:]}]]>",
            )
        )
