"""A second wire: the service's question and answer as JSON over HTTP. All that it needs is in this file.

Its names are made up: those of the service's newer face are not public. It takes part by being in `wires.WIRES`.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from hkpost.ecship.answer import answer_of
from hkpost.ecship.fields import field_name
from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST
from hkpost.ecship.node import Field, Node
from hkpost.ecship.rows import Answer
from hkpost.ecship.settings import AccountSettings
from hkpost.ecship.unreadable import UnreadableAnswer
from hkpost.ecship.wire import WireRequest
from hkpost.enums import Outcome

PATH = "/api/version/1/mailTracking"
TOKEN = "X-Token"
_JSON = "application/json"


class JsonWire:
    """Posts the fields of the specification (page 4) as one JSON object, with a token in a header."""

    def __init__(self, settings: AccountSettings) -> None:
        self._settings = settings
        self.url = settings.host
        self.max_items = MAX_ITEMS_PER_REQUEST

    @staticmethod
    def serves(settings: AccountSettings) -> bool:
        """Accounts whose host is the newer face's."""
        return settings.host.endswith(PATH)

    @staticmethod
    def reads(content_type: str) -> bool:
        """Answers in JSON."""
        return content_type.partition(";")[0].strip().lower() == _JSON

    def request(self, item_nos: Sequence[str]) -> WireRequest:
        """Build the request."""
        settings = self._settings
        token = hashlib.sha256(settings.password.encode()).hexdigest()
        question = {"integratorUsername": settings.login, "lang": settings.lang, "itemNo": list(item_nos)}
        headers = {"Content-Type": _JSON, TOKEN: token}
        return WireRequest(self.url, headers, json.dumps(question).encode(), (*settings.secrets, token))

    @staticmethod
    def answer(body: bytes, content_type: str = "") -> Answer:
        """Read the answer."""
        try:
            said = json.loads(body)
        except ValueError as error:
            raise UnreadableAnswer(Outcome.NOT_XML, f"this is no JSON: {error}") from None
        return answer_of(_node("", [("", said)]))


def _node(tag: str, pairs: Iterable[tuple[str, Any]]) -> Node:
    """The known fields in an object; a list is as many of its members under one name."""
    fields: list[Field] = []
    for name, value in pairs:
        if isinstance(value, list):
            fields.append(("", _node(name, ((name, member) for member in value))))
        elif isinstance(value, dict):
            fields.append(("", _node(name, value.items())))
        elif known := field_name(name):
            fields.append((known, "" if value is None else str(value).strip()))
    numbers = sum(
        value.numbers if isinstance(value, Node) else name == "itemno" and value != ""
        for name, value in fields
    )
    return Node(tag, fields, numbers)
