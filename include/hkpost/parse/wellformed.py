"""Answer bytes to an XML tree: encodings, MIME, hostile and broken XML end here."""

import re
from typing import Final, NamedTuple

from lxml import etree

from hkpost.parse.encoding import decoded
from hkpost.parse.html import html_title
from hkpost.parse.mime import NoXmlPart, xml_part
from hkpost.parse.unreadable import UnreadableAnswer

_PLAIN: Final = re.compile(
    rb"(?:<\?xml\b[^>?]*\bencoding\s*=\s*[\"']utf-8[\"'][^>?]*\?>)?\s*<[a-z_]", re.IGNORECASE
)
"""UTF-8 whose root element follows at once: nothing before it that would have to be looked at."""
_DECLARATION: Final = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_DOCTYPE: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_FIRST_TAG: Final = re.compile(r"<([^\W\d][\w.:-]*)")
_ILLEGAL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]);"
    "|&#x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]);",
    re.IGNORECASE,
)
"""Characters that XML does not allow, as they are or by their numbers."""
_REPLACEMENT: Final = "\ufffd"


class Tree(NamedTuple):
    """A parsed document, and its text in UTF-8."""

    root: etree._Element
    text: bytes


def is_plain(body: bytes) -> bool:
    """Whether a body is UTF-8 whose root element follows at once."""
    return _PLAIN.match(body) is not None


def parse_xml(body: bytes, content_type: str = "") -> Tree:
    """Parse the HTTP body of an answer; `content_type` is what its header says, where that is known.

    Raises:
        UnreadableAnswer: 'not_xml' (not well-formed, in no readable encoding, or with a DTD), or
            'incomplete' (empty or cut off).
    """
    try:
        body, content_type = xml_part(body, content_type) or (body, content_type)
    except NoXmlPart as error:
        raise UnreadableAnswer("not_xml", str(error)) from None
    title = html_title(body)
    if title is not None:
        raise UnreadableAnswer(
            "not_xml",
            f"an HTML page{title} came and no answer: usually a proxy, a firewall or a page of maintenance stands "
            "before the service; check host and proxy of the connection, and open the address on the machine that asks",
        )
    if _PLAIN.match(body):
        try:
            return Tree(etree.fromstring(body, _parser()), body)
        except etree.XMLSyntaxError:
            pass  # what is wrong with it is found out below
    try:
        text = decoded(body, content_type)
    except UnicodeError as error:
        raise UnreadableAnswer("not_xml", str(error)) from None
    return parse_text(text)


def parse_text(text: str) -> Tree:
    """Parse a document whose encoding is known already, whatever it declares.

    Raises:
        UnreadableAnswer: 'not_xml' or 'incomplete'.
    """
    text = text.strip()
    if not text:
        raise UnreadableAnswer("incomplete", "the body is empty")
    first_tag = _FIRST_TAG.search(text)
    if first_tag is None or not text.startswith("<"):
        raise UnreadableAnswer("not_xml", f"the body begins with {text[:60]!r}")
    if _DOCTYPE.search(text, 0, first_tag.start()):
        raise UnreadableAnswer("not_xml", "the body has a DTD, which no SOAP message may have")
    content = _DECLARATION.sub("", text, count=1).lstrip()
    try:
        return _tree(content)
    except etree.XMLSyntaxError as error:
        # One control character in one message must not make the other items of the answer unreadable.
        legal = _ILLEGAL.sub(_REPLACEMENT, content)
        if legal != content:
            try:
                return _tree(legal)
            except etree.XMLSyntaxError:
                pass
        cut_off = not re.search(rf"</{re.escape(first_tag[1])}\s*>\s*$", text[-200:])
        raise UnreadableAnswer("incomplete" if cut_off else "not_xml", str(error)) from error


def _tree(content: str) -> Tree:
    encoded = content.encode()
    return Tree(etree.fromstring(encoded, _parser()), encoded)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
