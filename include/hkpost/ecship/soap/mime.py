"""The XML in a multipart answer: SOAP with attachments and MTOM wrap the envelope in a MIME message."""

import email.parser
import email.policy
import re
from email.message import Message
from typing import Final, NamedTuple

_XML_FOLLOWS: Final = re.compile(rb"\s*<")
_BOUNDARY: Final = re.compile(rb"^--([^\r\n]{0,199}[^\s])[ \t]*\r?\n(?=[A-Za-z][A-Za-z0-9-]*:)", re.MULTILINE)
"""A line that opens a part with headers: only those say that it is XML."""
_XML: Final = re.compile(r"[/+]xml$")


class Part(NamedTuple):
    """One body of a MIME message, decoded, and its own content type."""

    body: bytes
    content_type: str


class NoXmlPart(ValueError):
    """A MIME message has no part that is XML."""


def xml_part(body: bytes, content_type: str = "") -> Part | None:
    """The root part of a multipart body: the one its `start` names, or else the first that is XML (RFC 2387).

    None where the body is no MIME message. What stands before the first boundary is passed over. The boundary is
    the header's, or where it names none that is in the body, the body's own first: an archived answer needs no header
    to be read.

    Raises:
        NoXmlPart: it is a MIME message without XML.
    """
    if _XML_FOLLOWS.match(body) and not content_type.lower().lstrip().startswith("multipart/"):
        return None
    header = Message()
    header["Content-Type"] = content_type
    boundary = str(header.get_boundary("")).encode("utf-8", "replace")
    if not boundary or b"--" + boundary not in body:
        found = None if _XML_FOLLOWS.match(body) else _BOUNDARY.search(body)
        if found is None:
            return None
        boundary = found[1]
    head = b'Content-Type: multipart/related; boundary="%s"\r\n\r\n' % boundary.replace(b'"', b"")
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head + body)
    parts = [part for part in message.walk() if _XML.search(part.get_content_type())]
    if not parts:
        raise NoXmlPart("the body is a MIME message without a part that is XML")
    start = str(header.get_param("start", ""))
    root = next((part for part in parts if start and part.get("Content-ID", "").strip() == start), parts[0])
    content = root.get_payload(decode=True)
    return Part(content if isinstance(content, bytes) else b"", str(root.get("Content-Type", "")))
