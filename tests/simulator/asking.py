"""A request written by hand, so that the simulator is tested without the project's own client."""

import base64
import hashlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from hkpost_simulator import Simulator

USER, PASSWORD = "integrator", "s3cret"

_WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}


@dataclass(frozen=True)
class Reply:
    """An answer: the request's own status and the elements of the items."""

    http_status: int
    status: int
    err_msg: str
    item_count: int
    items: tuple[etree._Element, ...]


def digest_token(
    user: str = USER,
    password: str = PASSWORD,
    *,
    nonce: bytes | None = None,
    created: str | None = None,
) -> str:
    nonce = os.urandom(16) if nonce is None else nonce
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if created is None else created
    digest = base64.b64encode(hashlib.sha1(nonce + created.encode() + password.encode()).digest()).decode()
    return _token(
        user,
        f'<s:Password Type="{_WSSE}-username-token-profile-1.0#PasswordDigest">{digest}</s:Password>'
        f"<s:Nonce>{base64.b64encode(nonce).decode()}</s:Nonce><u:Created>{created}</u:Created>",
    )


def text_token(user: str = USER, password: str = PASSWORD) -> str:
    return _token(
        user, f'<s:Password Type="{_WSSE}-username-token-profile-1.0#PasswordText">{password}</s:Password>'
    )


def _token(user: str, rest: str) -> str:
    return (
        f'<s:Security xmlns:s="{_WSSE}-wssecurity-secext-1.0.xsd" xmlns:u="{_WSSE}-wssecurity-utility-1.0.xsd">'
        f"<s:UsernameToken><s:Username>{user}</s:Username>{rest}</s:UsernameToken></s:Security>"
    )


def request(
    item_nos: Sequence[str], *, user: str = USER, lang: str = "A", token: str | None = None, extra: str = ""
) -> bytes:
    numbers = "".join(f"<o:item>{number}</o:item>" for number in item_nos)
    return (
        f"{extra}"
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        f"<e:Header>{digest_token() if token is None else token}</e:Header><e:Body>"
        '<w:getItemDeliveryStatus xmlns:w="http://webservice.integrator.hkpost.com" '
        'xmlns:o="http://object.integrator.hkpost.com"><w:apiInput>'
        f"<o:integratorUsername>{user}</o:integratorUsername><o:lang>{lang}</o:lang>"
        f"<o:itemNo>{numbers}</o:itemNo></w:apiInput></w:getItemDeliveryStatus></e:Body></e:Envelope>"
    ).encode()


def post(url: str, body: bytes, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    call = urllib.request.Request(url, body, _HEADERS if headers is None else headers)
    try:
        with urllib.request.urlopen(call, timeout=10) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def read(http_status: int, body: bytes) -> Reply:
    root = etree.fromstring(body)
    (answer,) = root.iter("{*}getItemDeliveryStatusReturn")
    return Reply(
        http_status,
        int(text(answer, "status")),
        text(answer, "errMsg"),
        int(text(answer, "itemCount")),
        tuple(answer.iterfind("{*}deliveryResult/{*}item")),
    )


def ask(
    simulator: Simulator, *item_nos: str, user: str = USER, lang: str = "A", token: str | None = None
) -> Reply:
    return read(*post(simulator.url, request(item_nos, user=user, lang=lang, token=token)))


def text(parent: etree._Element, name: str) -> str:
    (element,) = parent.iterfind(f"{{*}}{name}")
    return element.text or ""


def events(item: etree._Element) -> list[etree._Element]:
    return list(item.iterfind("{*}eventDetail/{*}item"))


def control(simulator: Simulator, route: str, value: Any = None, method: str | None = None) -> Any:
    body = None if value is None else json.dumps(value).encode()
    call = urllib.request.Request(simulator.control_url + route, body, method=method)
    with urllib.request.urlopen(call, timeout=10) as response:
        return json.load(response)


def numbers_of_kind(simulator: Simulator, kind: str) -> list[str]:
    return [item.item_no for item in simulator.catalogue if item.kind == kind]
