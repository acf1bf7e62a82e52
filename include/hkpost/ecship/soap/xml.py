"""Answer bytes to an XML tree: MIME, HTML pages, character sets, hostile and broken XML end here."""

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from lxml import etree

from hkpost.ecship.html import html_title
from hkpost.ecship.soap.mime import NoXmlPart, xml_part
from hkpost.ecship.unreadable import UnreadableAnswer
from hkpost.enums import Outcome

_PLAIN: Final = re.compile(
    rb"(?:<\?xml\b[^>?]*\bencoding\s*=\s*[\"']utf-8[\"'][^>?]*\?>)?\s*<[a-z_]", re.IGNORECASE
)
"""UTF-8 whose root element follows at once: nothing before it that would have to be looked at."""
_DECLARED: Final = re.compile(rb"^\s*<\?xml\b[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_CHARSET: Final = re.compile(r"\bcharset\s*=\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE)
_WIDE: Final = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
"""Character sets by the first two bytes, but for UTF-32."""
_CHARACTER_SETS: Final = ("utf-", "ascii", "iso8859", "cp", "big5", "gb")
"""How the names of the codecs begin that are read; Python has others that are no character sets."""
_SUPERSETS: Final = {"big5": "big5hkscs", "gb2312": "gb18030", "gbk": "gb18030"}
"""What writers mean by a name who use more characters than it has, as browsers read it."""
_DECLARATION: Final = re.compile(r"^\s*<\?xml\b[^>]*\?>\s*")
_DOCTYPE: Final = re.compile(r"<!(?:DOCTYPE|ENTITY)\b", re.IGNORECASE)
_FIRST_TAG: Final = re.compile(r"<([^\W\d][\w.:-]*)")
_ILLEGAL: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    "|&#0*(?:[0-8]|1[124-9]|2[0-9]|3[01]);"
    "|&#x0*(?:[0-8bcef]|1[0-9a-f]|d[89a-f][0-9a-f]{2}|fff[ef]);",
    re.IGNORECASE,
)
"""Characters that XML does not allow, as they are or by their numbers."""


class Tree(NamedTuple):
    """A parsed document, and its text in UTF-8."""

    root: etree._Element
    text: bytes


def is_plain(body: bytes) -> bool:
    """Whether a body is UTF-8 whose root element follows at once."""
    return _PLAIN.match(body) is not None


def parse_xml(body: bytes, content_type: str = "") -> Tree:
    """Parse the HTTP body of an answer; `content_type` is what its header says, where that is known.

    UTF-8 is tried before what the XML declaration or the HTTP header names: a wrong name is commoner than
    text of another character set that happens to be valid UTF-8.

    Raises:
        UnreadableAnswer: 'not_xml' (an HTML page, not well-formed, in no character set that can be read, or with a
            DTD), or 'incomplete' (empty or cut off).
    """
    try:
        body, content_type = xml_part(body, content_type) or (body, content_type)
    except NoXmlPart as error:
        raise UnreadableAnswer(Outcome.NOT_XML, str(error)) from None
    title = html_title(body)
    if title is not None:
        raise UnreadableAnswer(
            Outcome.NOT_XML,
            f"an HTML page{title} came and no answer: usually a proxy, a firewall or a page of maintenance stands "
            "before the service; check host and proxy of the connection, and open the address on the machine that asks",
        )
    if is_plain(body):
        with suppress(etree.XMLSyntaxError):  # what is wrong with it is found out below
            return _tree(body)
    tried = []
    for codec in _codecs(body, content_type):
        tried.append(codec)
        with suppress(UnicodeError):
            return parse_text(body.decode(codec))
    raise UnreadableAnswer(Outcome.NOT_XML, f"the body is not {' nor '.join(tried)} text")


def parse_text(text: str) -> Tree:
    """Parse a document whose character set is known already, whatever it declares.

    Raises:
        UnreadableAnswer: 'not_xml' or 'incomplete'.
    """
    text = text.strip()
    if not text:
        raise UnreadableAnswer(Outcome.INCOMPLETE, "the body is empty")
    first_tag = _FIRST_TAG.search(text)
    if first_tag is None or not text.startswith("<"):
        raise UnreadableAnswer(Outcome.NOT_XML, f"the body begins with {text[:60]!r}")
    if _DOCTYPE.search(text, 0, first_tag.start()):
        raise UnreadableAnswer(Outcome.NOT_XML, "the body has a DTD, which no SOAP message may have")
    content = _DECLARATION.sub("", text, count=1)
    with suppress(etree.XMLSyntaxError):
        return _tree(content.encode())
    try:
        # One control character in one message must not make the other items of the answer unreadable.
        return _tree(_ILLEGAL.sub("\ufffd", content).encode())
    except etree.XMLSyntaxError as error:
        cut_off = not re.search(rf"</{re.escape(first_tag[1])}\s*>$", text[-200:])
        raise UnreadableAnswer(Outcome.INCOMPLETE if cut_off else Outcome.NOT_XML, str(error)) from error


def _codecs(body: bytes, content_type: str) -> Iterator[str]:
    """The character sets that a body may be in."""
    if body[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"):
        yield "utf-32"
    elif wide := _WIDE.get(body[:2]):
        yield wide
    else:
        yield "utf-8-sig"
        declared, charset = _DECLARED.match(body), _CHARSET.search(content_type)
        for name in (declared[1].decode() if declared else "", charset[1] if charset else ""):
            with suppress(LookupError):
                codec = codecs.lookup(name).name
                if codec.startswith(_CHARACTER_SETS):
                    yield _SUPERSETS.get(codec, codec)


def _tree(content: bytes) -> Tree:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    return Tree(etree.fromstring(content, parser), content)
