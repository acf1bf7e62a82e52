"""Reading a `getItemDeliveryStatus` request (specification page 4) out of its SOAP 1.1 envelope."""

from dataclasses import dataclass

from lxml import etree

OPERATION = "getItemDeliveryStatus"
SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"

_BODY = f"{{{SOAP_11}}}Body"
_HEADER = f"{{{SOAP_11}}}Header"


class MalformedRequest(ValueError):
    """The request does not follow the API's format (9993); the message says how."""


@dataclass(frozen=True, slots=True)
class SecurityToken:
    """A WS-Security UsernameToken as received; what is absent is None."""

    username: str
    password: str
    is_digest: bool
    nonce: str | None
    created: str | None


@dataclass(frozen=True, slots=True)
class TrackingRequest:
    """The fields of the request as received; nothing is checked but the form."""

    integrator_username: str
    lang: str
    item_nos: tuple[str, ...]
    token: SecurityToken | None


def read_request(body: bytes) -> TrackingRequest:
    """Read a request, with the fields inside a wrapper part or flat, qualified or not.

    Raises:
        MalformedRequest: not XML, a document type, no SOAP 1.1 envelope, another operation, a field missing.
    """
    envelope = _parse(body)
    if envelope.tag != f"{{{SOAP_11}}}Envelope":
        raise MalformedRequest("the document is no SOAP 1.1 envelope")
    operation = next((child for part in envelope.findall(_BODY) for child in _elements(part)), None)
    if operation is None or _name(operation) != OPERATION:
        raise MalformedRequest(f"the body holds no {OPERATION}")
    fields = {_name(element): element for element in operation.iterdescendants()}
    missing = [name for name in ("integratorUsername", "lang", "itemNo") if name not in fields]
    if missing:
        raise MalformedRequest(f"the request lacks {', '.join(missing)}")
    return TrackingRequest(
        integrator_username=_text(fields["integratorUsername"]),
        lang=_text(fields["lang"]),
        item_nos=_item_nos(operation),
        token=_token(envelope),
    )


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedRequest(f"the request is not XML: {error}") from error
    if etree.ElementTree(root).docinfo.internalDTD is not None:
        raise MalformedRequest("the request has a document type")
    return root


def _item_nos(operation: etree._Element) -> tuple[str, ...]:
    """Axis style, `<itemNo><item>`, or `<itemNo>` repeated; an empty `<itemNo/>` is an empty array."""
    numbers: list[str] = []
    for element in operation.iterdescendants():
        if _name(element) != "itemNo":
            continue
        children = _elements(element)
        if children:
            numbers += [_text(child) for child in children]
        elif element.text is not None:
            numbers.append(_text(element))
    return tuple(numbers)


def _token(envelope: etree._Element) -> SecurityToken | None:
    token = next(
        (
            element
            for header in envelope.findall(_HEADER)
            for element in header.iterdescendants()
            if _name(element) == "UsernameToken"
        ),
        None,
    )
    if token is None:
        return None
    parts = {_name(child): child for child in _elements(token)}
    password = parts.get("Password")
    return SecurityToken(
        username=_text(parts.get("Username")),
        password=_text(password),
        is_digest=password is not None and str(password.get("Type", "")).endswith("#PasswordDigest"),
        nonce=_text(parts["Nonce"]) if "Nonce" in parts else None,
        created=_text(parts["Created"]) if "Created" in parts else None,
    )


def _elements(parent: etree._Element) -> list[etree._Element]:
    return [child for child in parent if isinstance(child.tag, str)]


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _text(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""
