"""Writing answers (specification page 5) and SOAP faults as SOAP 1.1 envelopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from xml.sax.saxutils import escape

from hkpost_simulator.envelope import OPERATION, SOAP_11
from hkpost_simulator.truth import EventTruth, ItemTruth, error_message
from hkpost_simulator.world_files import Texts

OPERATION_NAMESPACE = "http://webservice.integrator.hkpost.com"
FIELD_NAMESPACE = "http://object.integrator.hkpost.com"

_LANGUAGES = {"A": "ecs", "E": "e", "C": "c", "S": "s"}


class Namespaces(StrEnum):
    """How the fields are qualified: sibling operations differ."""

    TWO = "two"
    """Operation in one namespace, fields in another, as in the bundled WSDL."""
    ONE = "one"
    """Everything in the operation's namespace."""
    UNQUALIFIED = "unqualified"
    """The fields have none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to be written; `item_count` is what itemCount says."""

    status: int
    items: Sequence[ItemTruth] = ()
    item_count: int = 0


def write_answer(answer: Answer, lang: str, namespaces: Namespaces = Namespaces.TWO) -> bytes:
    """Write an answer; texts of languages that were not asked for are empty (page 4)."""
    languages = _LANGUAGES.get(lang, "ecs")
    prefix, declared = {
        Namespaces.TWO: ("o:", f' xmlns:o="{FIELD_NAMESPACE}"'),
        Namespaces.ONE: ("w:", ""),
        Namespaces.UNQUALIFIED: ("", ""),
    }[namespaces]
    write = _Writer(prefix, languages)
    body = (
        f'<w:{OPERATION}Response xmlns:w="{OPERATION_NAMESPACE}"{declared}><w:{OPERATION}Return>'
        f"{write.answer(answer)}</w:{OPERATION}Return></w:{OPERATION}Response>"
    )
    return _envelope(body)


def write_fault(text: str) -> bytes:
    """Write a SOAP fault as Axis does."""
    return _envelope(
        "<soapenv:Fault><faultcode>soapenv:Server.userException</faultcode>"
        f"<faultstring>{escape(text)}</faultstring><detail/></soapenv:Fault>"
    )


def _envelope(body: str) -> bytes:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soapenv:Envelope xmlns:soapenv="{SOAP_11}"><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>'
    ).encode()


class _Writer:
    """Writes elements under one prefix and in the languages that were asked for."""

    def __init__(self, prefix: str, languages: str) -> None:
        self._prefix = prefix
        self._languages = languages

    def answer(self, answer: Answer) -> str:
        items = "".join(self._element("item", self._item(item)) for item in answer.items)
        return (
            self._field("status", int(answer.status))
            + self._field("errMsg", error_message(answer.status))
            + self._field("itemCount", answer.item_count)
            + self._element("deliveryResult", items)
        )

    def _item(self, item: ItemTruth) -> str:
        events = "".join(self._element("item", self._event(event)) for event in item.events)
        return (
            self._field("itemNo", item.item_no)
            + self._field("status", int(item.status))
            + self._field("errMsg", item.err_msg)
            + self._field("postingDateTime", item.posting_date_time)
            + self._texts("dropOffPoint", item.drop_off)
            + self._field("orgCnty_code", item.origin_code)
            + self._texts("orgCnty", item.origin)
            + self._field("destCnty_code", item.destination_code)
            + self._texts("destCnty", item.destination)
            + self._texts("milestone", item.milestone)
            + self._element("eventDetail", events)
        )

    def _event(self, event: EventTruth) -> str:
        return (
            self._field("eventDateTime", event.event_date_time)
            + self._field("eventLocation_code", event.location_code)
            + self._texts("eventLocation", event.location)
            + self._texts("eventMsg", event.message)
        )

    def _texts(self, name: str, texts: Texts) -> str:
        return "".join(
            self._field(f"{name}_{language}", getattr(texts, language) if language in self._languages else "")
            for language in "ecs"
        )

    def _field(self, name: str, value: str | int) -> str:
        return self._element(name, escape(str(value)))

    def _element(self, name: str, content: str) -> str:
        tag = f"{self._prefix}{name}"
        return f"<{tag}>{content}</{tag}>" if content else f"<{tag}/>"
