"""From an XML tree to the known fields of an answer, under the nodes that hold them."""

import re
from collections.abc import Sequence
from typing import Final

from lxml import etree

from hkpost.ecship.fields import STATUS_FIELDS, FieldNames, field_name, plain_name
from hkpost.ecship.node import Field, Node
from hkpost.ecship.soap.xml import Tree, parse_text, parse_xml
from hkpost.ecship.unreadable import UnreadableAnswer
from hkpost.enums import Outcome

_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_SOAP12_ENCODING: Final = "{http://www.w3.org/2003/05/soap-encoding}"
_REFERENCES: Final = ("href", "ref", _SOAP12_ENCODING + "ref")
_IDENTITIES: Final = ("id", _SOAP12_ENCODING + "id")
_MOST_LEVELS: Final = 256
_MOST_REFERRED: Final = 200_000
"""Elements that are read through references, in all."""
_BEYOND_ELEMENTS: Final = (b":nil", b"ref=")
"""What is in the text of a document that says something by attributes (`xsi:nil`, `href`, `enc:ref`): those
are rare, and asking every element for its attributes doubles the time of reading."""
_STATUS_ATTRIBUTE: Final = (b' status="', b" status='", b' Status="', b" Status='")
_ANSWER_TAG: Final = re.compile(
    r"<[^<>]*[<:\s](?:item_?no|status)[\s=/>]|<(?:\w+:)?(?:item_?no|status)[\s/>]", re.IGNORECASE
)


def read_document(body: bytes, content_type: str = "") -> Node:
    """The known fields of an answer, in document order, under the nodes that hold them.

    Elements are what is read. Where they give no item number, or where statuses or event times seem to stand
    in attributes, the body is read once more, with attributes and with XML that is written as a text.

    Raises:
        UnreadableAnswer: 'not_xml', 'incomplete' or 'soap_fault' (with its code and text).
    """
    tree = parse_xml(body, content_type)
    _raise_fault(tree.root)
    names = FieldNames()
    if any(sign in tree.text for sign in _BEYOND_ELEMENTS):
        node = _Reader(tree).node(tree.root)
    else:
        node = _elements(tree.root, names)
    has_times = "eventdatetime" in names.values() or b"Time=" not in tree.text
    has_statuses = not any(sign in tree.text for sign in _STATUS_ATTRIBUTE)
    is_told = node.numbers and has_times and has_statuses
    return node if is_told else _Reader(tree, wide=True).node(tree.root)


def _raise_fault(root: etree._Element) -> None:
    envelope = [root, *root, *(below for child in root for below in child)]
    fault = next((element for element in envelope if plain_name(element.tag) == "fault"), None)
    if fault is not None:
        said = [text.strip() for text in fault.itertext() if text.strip()]
        raise UnreadableAnswer(Outcome.SOAP_FAULT, " · ".join(said)[:500] or "a fault without a text")


def _elements(element: etree._Element, names: FieldNames) -> Node:
    """The fields in one element of a document that is elements and texts alone."""
    fields: list[Field] = []
    numbers = 0
    for child in element:
        name = names[child.tag]
        if len(child):
            inner = _elements(child, names)
            if inner.fields:
                fields.append(("", inner))
                numbers += inner.numbers
            elif name:
                fields += _inner_text(child, name)
        elif name:
            text = child.text
            value = text.strip() if text else ""
            fields.append((name, value))
            if value and name == "itemno":
                numbers += 1
    return Node(element.tag, fields, numbers)


class _Reader:
    """Reads what stands elsewhere too: under a reference (SOAP 1.1, section 5), and, if `wide`, in an
    attribute or as XML inside a text (but not in a text inside that)."""

    def __init__(self, tree: Tree, *, wide: bool = False, is_text: bool = False) -> None:
        self._wide = wide
        self._is_text = is_text
        self._by_id: dict[str, etree._Element] = {}
        self._referred: set[str] = set()
        self._referred_left = _MOST_REFERRED
        for element in tree.root.iter():
            if identity := _attribute(element, _IDENTITIES):
                self._by_id.setdefault(identity, element)
            if reference := _reference(element):
                self._referred.add(reference)

    def node(self, element: etree._Element, path: tuple[etree._Element, ...] = (), level: int = 0) -> Node:
        """The fields in one element; `path` is what was referred to on the way to it."""
        self._limit(element, path, level)
        fields = self._beyond_elements(element) if self._wide else []
        for child in element:
            name = field_name(child.tag)
            if self._is_elsewhere(element, child):
                continue
            target, inner_path = self._followed(child, path)
            if len(target) or self._wide:
                inner = self.node(target, inner_path, level + 1)
                if inner.fields:
                    inner.tag = child.tag
                    fields.append(("", inner))
                    if len(target):
                        continue
            if not name:
                continue
            if target.get(_NIL) in ("true", "1"):
                fields.append((name, ""))
            elif len(target):
                fields += _inner_text(target, name)
            else:
                fields.append((name, (target.text or "").strip()))
        numbers = sum(
            value.numbers if isinstance(value, Node) else bool(value) and name == "itemno"
            for name, value in fields
        )
        return Node(element.tag, fields, numbers)

    def _limit(self, element: etree._Element, path: Sequence[etree._Element], level: int) -> None:
        if path:
            self._referred_left -= 1 + len(element)
        if self._referred_left < 0:
            raise UnreadableAnswer(Outcome.NOT_XML, "the body says far more by references than it holds")
        if level > _MOST_LEVELS:
            raise UnreadableAnswer(Outcome.NOT_XML, f"the body has more than {_MOST_LEVELS} levels")

    def _beyond_elements(self, element: etree._Element) -> list[Field]:
        """The fields in an element's attributes, and in the XML that its text is.

        A status that an element in it gives counts instead; and one that is a word is something else, beside elements.
        """
        given = STATUS_FIELDS.intersection(
            field_name(child.tag) for child in element if not len(child) and (child.text or "").strip()
        )
        attributes = ((field_name(str(tag)), str(value).strip()) for tag, value in element.attrib.items())
        fields: list[Field] = [
            (name, value)
            for name, value in attributes
            if name and name not in given and not (name == "status" and len(element) and value.isalpha())
        ]
        text = element.text or ""
        may_be_xml = not (self._is_text or len(element) or field_name(element.tag))
        if may_be_xml and text.lstrip().startswith("<") and _ANSWER_TAG.search(text):
            inner = parse_text(text)
            _raise_fault(inner.root)
            fields.append(("", _Reader(inner, wide=True, is_text=True).node(inner.root)))
        return fields

    def _is_elsewhere(self, element: etree._Element, child: etree._Element) -> bool:
        """Whether a child is an independent element that is read where something refers to it."""
        if not self._by_id:
            return False
        independent = plain_name(child.tag) == "multiref" or plain_name(element.tag) == "body"
        return independent and _attribute(child, _IDENTITIES) in self._referred

    def _followed(
        self, element: etree._Element, path: tuple[etree._Element, ...]
    ) -> tuple[etree._Element, tuple[etree._Element, ...]]:
        target = self._by_id.get(_reference(element)) if self._by_id else None
        return (element, path) if target is None or target in path else (target, (*path, target))


def _inner_text(element: etree._Element, name: str) -> list[Field]:
    """The text of a field that is written in elements of its own; several numbers are not one."""
    texts = [str(text).strip() for text in element.itertext() if text.strip()]
    return [] if name == "itemno" and len(texts) > 1 else [(name, " ".join(texts))]


def _reference(element: etree._Element) -> str:
    return _attribute(element, _REFERENCES).removeprefix("#")


def _attribute(element: etree._Element, names: Sequence[str]) -> str:
    return next((value for name in names if (value := element.get(name))), "")
