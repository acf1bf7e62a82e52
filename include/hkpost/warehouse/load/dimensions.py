"""The keys of places, messages and wordings; what is seen for the first time gets its row."""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeAlias

from sqlalchemy import Connection, Row

from hkpost.normalise.templates import template_of
from hkpost.normalise.wordings import LANGUAGES, UNCLASSIFIED, Language, Meaning, WordingKind, WordingLedger
from hkpost.parse.rows import Texts
from hkpost.warehouse.load.stage import copy_rows
from hkpost.warehouse.statements import statement

Place: TypeAlias = tuple[str, str, str, str]
"""Country code as received, and the place in the three languages; a row of `dim_place`."""

_WordingKey: TypeAlias = tuple[str, str, str]


def place_keys(connection: Connection, places: Collection[Place]) -> Mapping[Place, int]:
    """Give each place its `place_id`."""
    copy_rows(connection, "loaded_place", ("location_code", "location_e", "location_c", "location_s"), places)
    connection.execute(statement("merge_places"))
    return {tuple(place): key for key, *place in connection.execute(statement("place_keys"))}


def text_keys(connection: Connection, texts: Collection[Texts]) -> Mapping[Texts, int]:
    """Give each message, as `split_text` leaves it, its `text_id`."""
    copy_rows(connection, "loaded_text", ("message_e", "message_c", "message_s"), texts)
    connection.execute(statement("merge_texts"))
    return {Texts(*text): key for key, *text in connection.execute(statement("text_keys"))}


class WordingBook:
    """The ledger as the warehouse has it, with the key of each line; learns wordings that it does not have.

    A wording is looked up as the ledger matches it, without regard to case.
    """

    def __init__(self, connection: Connection) -> None:
        self._keys: dict[_WordingKey, int] = {}
        self._new: dict[_WordingKey, str] = {}
        lines = []
        for line in connection.execute(statement("wording_ledger")):
            if self._keys.setdefault(_key(line.kind, line.lang, line.template), line.wording_id) == line.wording_id:
                lines.append(dict(line._mapping))
        self.ledger = WordingLedger.from_rows(lines)

    def meet_event(self, message: Texts) -> None:
        """Note an event's wordings that the warehouse does not have yet."""
        for lang, text in zip(LANGUAGES, message, strict=True):
            self._meet("event", lang, text)

    def meet_milestone(self, milestone: Texts) -> None:
        """Note a milestone's wordings, unless the event of the same wording says what they mean."""
        for lang, text in zip(LANGUAGES, milestone, strict=True):
            if self.ledger.milestone(Texts(**{lang: text})).event_type == UNCLASSIFIED:
                self._meet("milestone", lang, text)

    def save(self, connection: Connection) -> list[str]:
        """Insert the wordings that are new, as unclassified, and return them."""
        new = [(kind, lang, template) for (kind, lang, _), template in sorted(self._new.items())]
        if new:
            copy_rows(connection, "loaded_wording", ("kind", "lang", "template"), new)
            saved: Iterable[Row[tuple[int, str, str, str]]] = connection.execute(statement("merge_wordings"))
            for line in saved:
                self._keys[_key(line.kind, line.lang, line.template)] = line.wording_id
        self._new.clear()
        return [template for _, _, template in new]

    def key_of(self, message: Texts, meaning: Meaning) -> int | None:
        """The `wording_id` of the line that classified a message, or of its first text; None without texts."""
        if meaning.wording is not None:
            return self._keys[_key("event", meaning.wording.lang, meaning.wording.template)]
        templates = zip(LANGUAGES, map(template_of, message), strict=True)
        return next((self._keys.get(_key("event", lang, text)) for lang, text in templates if text), None)

    def _meet(self, kind: WordingKind, lang: Language, text: str) -> None:
        template = template_of(text)
        key = _key(kind, lang, template)
        if template and key not in self._keys:
            self._new.setdefault(key, template)


def _key(kind: str, lang: str, template: str) -> _WordingKey:
    return kind, lang, template.casefold()
