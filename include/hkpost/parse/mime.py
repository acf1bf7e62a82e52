"""The XML in a multipart answer: SOAP with attachments and MTOM wrap the envelope in a MIME message."""

import email.parser
import email.policy
import re
from typing import Final, NamedTuple

_BOUNDARY: Final = re.compile(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n")
_XML: Final = re.compile(r"[/+]xml$")


class Part(NamedTuple):
    """One body of a MIME message, decoded, and its own content type."""

    body: bytes
    content_type: str


def is_multipart(body: bytes) -> bool:
    """Whether a body begins with a MIME boundary; no XML does."""
    return _BOUNDARY.match(body) is not None


def xml_part(body: bytes) -> Part | None:
    """The first XML part of a multipart body, its root; None where no part is XML.

    The boundary is taken from the body itself, so that an archived answer needs no header to be read.
    """
    boundary = _BOUNDARY.match(body)
    if boundary is None:
        return None
    head = b'Content-Type: multipart/related; boundary="%s"\r\n\r\n' % boundary[1].replace(b'"', b"")
    message = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head + body)
    for part in message.walk():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and _XML.search(part.get_content_type()):
            return Part(content, part.get("Content-Type", ""))
    return None
