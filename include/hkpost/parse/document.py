"""Answer bytes to a tree of known fields: encodings, hostile XML, SOAP faults and references end here."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from lxml import etree

Member: TypeAlias = "tuple[str, str | Group]"
"""A field with its text, or ('', group) for an element that holds others."""

_LANGUAGES: Final = ("e", "c", "s")
EVENT_FIELDS: Final = frozenset(
    ["eventdatetime", "eventlocationcode", "eventcode"]
    + [stem + language for stem in ("eventlocation", "eventmsg") for language in _LANGUAGES]
)
FIELDS: Final = EVENT_FIELDS.union(
    ["itemno", "status", "errmsg", "itemcount", "postingdatetime"],
    ["orgcntycode", "destcntycode", "milestonecode"],
    [
        stem + language
        for stem in ("dropoffpoint", "orgcnty", "destcnty", "milestone")
        for language in _LANGUAGES
    ],
)
"""The answer's fields (specification, page 5), lower case and without underscores."""

_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_MOST_REFERENCES: Final = 20_000
_DECLARATION: Final = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_DECLARED_ENCODING: Final = re.compile(rb"^\s*<\?xml\b[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DOCTYPE: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_FIRST_TAG: Final = re.compile(r"<([^\W\d][\w.:-]*)")


class UnreadableAnswer(ValueError):
    """The body holds no answer: `kind` says why in the ledger's words, `detail` in a line."""

    def __init__(self, kind: Literal["not_xml", "incomplete", "soap_fault"], detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind: Final = kind
        self.detail: Final = detail


class Group:
    """An element that holds others; `members` in document order."""

    __slots__ = ("members",)

    def __init__(self) -> None:
        self.members: list[Member] = []

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)


def read_document(body: bytes) -> Group:
    """The known fields of an answer, in document order, under the groups that hold them.

    `body` is the HTTP body. Raises `UnreadableAnswer`: 'not_xml' (not well-formed, in no readable
    encoding, or with a DTD), 'incomplete' (empty or cut off), 'soap_fault' (with its code and text).
    """
    text = _decoded(body)
    if not text or text.isspace():
        raise UnreadableAnswer("incomplete", "the body is empty")
    first_tag = _FIRST_TAG.search(text)
    if first_tag is None or not text.lstrip().startswith("<"):
        raise UnreadableAnswer("not_xml", f"the body begins with {text.strip()[:60]!r}")
    if _DOCTYPE.search(text, 0, first_tag.start()):
        raise UnreadableAnswer("not_xml", "the body has a DTD, which no SOAP message may have")
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_DECLARATION.sub("", text, count=1).strip().encode(), parser)
    except (etree.XMLSyntaxError, UnicodeEncodeError) as error:
        cut_off = not re.search(rf"</{re.escape(first_tag[1])}\s*>\s*$", text[-200:])
        raise UnreadableAnswer("incomplete" if cut_off else "not_xml", str(error)) from error
    _raise_fault(root)
    return _Reader(root, text).group(root)


def _decoded(body: bytes) -> str:
    """The body as text. UTF-8 is tried before what is declared: a wrong declaration is commoner than
    text of another encoding that happens to be valid UTF-8."""
    if body[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        encodings = ["utf-32"]
    elif body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif body[:2] in (b"<\x00", b"\x00<"):
        encodings = ["utf-16-le" if body[:1] == b"<" else "utf-16-be"]
    else:
        declared = _DECLARED_ENCODING.match(body)
        encodings = ["utf-8-sig", *([declared[1].decode("ascii")] if declared else [])]
    for encoding in encodings:
        try:
            return body.decode(encoding)
        except (UnicodeError, LookupError):
            continue
    raise UnreadableAnswer("not_xml", f"the body is not {' nor '.join(encodings)} text")


@lru_cache(maxsize=2048)
def _name(tag: str) -> str:
    """A tag's local name, lower case and without underscores: `{ns}eventMsg_e` is `eventmsge`."""
    return tag.rpartition("}")[2].lower().replace("_", "")


def _raise_fault(root: etree._Element) -> None:
    envelope = [root, *root, *(below for child in root for below in child)]
    fault = next((element for element in envelope if _name(element.tag) == "fault"), None)
    if fault is not None:
        said = [text.strip() for text in fault.itertext() if text.strip()]
        raise UnreadableAnswer("soap_fault", " · ".join(said)[:500] or "a fault without a text")


class _Reader:
    """Turns elements into groups, following `href="#id"` (SOAP 1.1, section 5) to where the value is."""

    def __init__(self, root: etree._Element, text: str) -> None:
        # Both are rare, and asking every element for its attributes would double the time of reading.
        self._nils = 'nil="' in text or "nil='" in text
        self._by_id: dict[str, etree._Element] = {}
        self._referred: set[str] = set()
        self._references_left = _MOST_REFERENCES
        if "href" in text:
            for element in root.iter("*"):
                if identity := element.get("id"):
                    self._by_id.setdefault(identity, element)
                self._referred.add(_reference(element))

    def group(self, element: etree._Element, path: tuple[etree._Element, ...] = ()) -> Group:
        """The known fields below one element."""
        found = Group()
        for child in element.iterchildren("*"):
            name = _name(child.tag)
            inner_path = path
            if self._by_id:
                independent = name == "multiref" or _name(element.tag) == "body"
                if independent and child.get("id") in self._referred:
                    continue  # read where it is referred to
                child, inner_path = self._followed(child, path)
            if len(child):
                found.members.append(("", self.group(child, inner_path)))
            elif name in FIELDS:
                nil = self._nils and child.get(_NIL) in ("true", "1")
                found.members.append((name, "" if nil else (child.text or "").strip()))
        return found

    def _followed(
        self, element: etree._Element, path: tuple[etree._Element, ...]
    ) -> tuple[etree._Element, tuple[etree._Element, ...]]:
        target = self._by_id.get(_reference(element))
        if target is None or target in path:
            return element, path
        self._references_left -= 1
        if self._references_left < 0:
            raise UnreadableAnswer("not_xml", f"the body has more than {_MOST_REFERENCES} references")
        return target, (*path, target)


def _reference(element: etree._Element) -> str:
    return element.get("href", "").removeprefix("#")
