"""The keys of places and messages, and the wording ledger; what is seen for the first time gets its row."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from hkpost.normalise.templates import template_of
from hkpost.normalise.wordings import LANGUAGES, UNCLASSIFIED, WordingLedger
from hkpost.parse.rows import Texts
from hkpost.warehouse.load.stage import copy_rows
from hkpost.warehouse.statements import statement

_WordingKey: TypeAlias = tuple[str, str, str]


class Place(NamedTuple):
    """A row of `dim_place`: the country code as received, and the place in the three languages."""

    location_code: str
    location_e: str
    location_c: str
    location_s: str


def place_keys(connection: Connection, places: Collection[Place]) -> Mapping[Place, int]:
    """Give each place its `place_id`."""
    copy_rows(connection, "loaded_place", Place._fields, places)
    connection.execute(statement("merge_places"))
    return {Place(*place): place_id for place_id, *place in connection.execute(statement("place_keys"))}


def text_keys(connection: Connection, texts: Collection[Texts]) -> Mapping[Texts, int]:
    """Give each message, with its placeholders, its `text_id`."""
    copy_rows(connection, "loaded_text", ("message_e", "message_c", "message_s"), texts)
    connection.execute(statement("merge_texts"))
    return {Texts(*text): text_id for text_id, *text in connection.execute(statement("text_keys"))}


class WordingBook:
    """The ledger as the warehouse has it, with the key of each line; learns wordings that it does not have.

    A wording is looked up as the ledger matches it, without regard to case.
    """

    def __init__(self, connection: Connection) -> None:
        self._ids: dict[_WordingKey, int] = {}
        self._new: dict[_WordingKey, str] = {}
        self.unclassified: list[str] = []
        """The wordings that were new, as they were saved."""
        lines = []
        for wording_id, *line in connection.execute(statement("wording_ledger")):
            kind, lang, template, _ = line
            if self._ids.setdefault(_key(kind, lang, template), wording_id) == wording_id:
                lines.append(dict(zip(("kind", "lang", "template", "event_type"), line, strict=True)))
        self.ledger = WordingLedger.from_rows(lines)

    def meet_events(self, messages: Iterable[Texts]) -> None:
        """Note the wordings of events that the warehouse does not have yet."""
        for message in messages:
            for lang, text in zip(LANGUAGES, message, strict=True):
                self._meet("event", lang, text)

    def meet_milestone(self, milestone: Texts) -> None:
        """Note the wordings of a milestone, unless the event of the same wording says what they mean."""
        for lang, text in zip(LANGUAGES, milestone, strict=True):
            if text and self.ledger.milestone(Texts()._replace(**{lang: text})).event_type == UNCLASSIFIED:
                self._meet("milestone", lang, text)

    def save(self, connection: Connection) -> None:
        """Insert the wordings that are new, as unclassified."""
        if not self._new:
            return
        rows = [(kind, lang, template) for (kind, lang, _), template in sorted(self._new.items())]
        copy_rows(connection, "loaded_wording", ("kind", "lang", "template"), rows)
        for wording_id, kind, lang, template in connection.execute(statement("merge_wordings")):
            self._ids[_key(kind, lang, template)] = wording_id
            self.unclassified.append(template)
        self._new.clear()

    def wording_id(self, message: Texts) -> int | None:
        """The line that classified an event's message, else that of its first text; None without a text."""
        wording = self.ledger.event(message).wording
        if wording is not None:
            return self._ids[_key("event", wording.lang, wording.template)]
        first = next((lang_text for lang_text in zip(LANGUAGES, message, strict=True) if lang_text[1]), None)
        return first and self._ids.get(_key("event", first[0], template_of(first[1])))

    def _meet(self, kind: str, lang: str, text: str) -> None:
        template = template_of(text)
        key = _key(kind, lang, template)
        if template and key not in self._ids:
            self._new.setdefault(key, template)


def _key(kind: str, lang: str, template: str) -> _WordingKey:
    return kind, lang, template.casefold()
