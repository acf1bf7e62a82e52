"""The keys of places and messages, and the wording ledger; what is seen for the first time gets its row."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple, TypeAlias

from sqlalchemy import Connection

from hkpost.normalise.templates import folded, template_of
from hkpost.normalise.wordings import LANGUAGES, UNCLASSIFIED, WordingLedger
from hkpost.parse.rows import Texts
from hkpost.warehouse.load.events import Fact
from hkpost.warehouse.load.stage import copy_rows
from hkpost.warehouse.load.summary import WordingName
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

    A wording is looked up as the ledger matches it, by its template as `folded`.
    """

    def __init__(self, connection: Connection) -> None:
        self._ids: dict[_WordingKey, int] = {}
        self._names: dict[int, WordingName] = {}
        self._new: dict[_WordingKey, str] = {}
        lines = []
        for row in connection.execute(statement("wording_ledger")).mappings():
            name = WordingName(row["kind"], row["lang"], row["template"])
            self._names[row["wording_id"]], key = name, _key(*name)
            if self._ids.setdefault(key, row["wording_id"]) == row["wording_id"]:
                lines.append(dict(row))
        self.ledger = WordingLedger.from_rows(lines)

    def meet_events(self, messages: Iterable[Texts]) -> None:
        """Note the wordings of events that the warehouse does not have yet."""
        for message in messages:
            for lang, text in zip(LANGUAGES, message, strict=True):
                self._meet("event", lang, template_of(text))

    def meet_milestone(self, milestone: Texts) -> None:
        """Note the wordings of a milestone that mean nothing, nor does the event of the same wording."""
        for name in self._unclassified_of(milestone):
            self._meet(*name)

    def save(self, connection: Connection) -> None:
        """Insert the wordings that are new, as unclassified."""
        if not self._new:
            return
        rows = [(kind, lang, template) for (kind, lang, _), template in sorted(self._new.items())]
        copy_rows(connection, "loaded_wording", ("kind", "lang", "template"), rows)
        for wording_id, kind, lang, template in connection.execute(statement("merge_wordings")):
            self._ids[_key(kind, lang, template)] = wording_id
            self._names[wording_id] = WordingName(kind, lang, template)
        self._new.clear()

    def wording_id(self, message: Texts) -> int | None:
        """The line that classified an event's message, else that of its first text; None without a text."""
        wording = self.ledger.event(message).wording
        if wording is not None:
            return self._ids[_key("event", wording.lang, wording.template)]
        first = next((lang_text for lang_text in zip(LANGUAGES, message, strict=True) if lang_text[1]), None)
        return first and self._ids.get(_key("event", first[0], template_of(first[1])))

    def unclassified(self, facts: Iterable[Fact], milestones: Iterable[Texts]) -> Counter[WordingName]:
        """Count the events and milestones that nobody has told the meaning of, by their wording.

        An event goes by the wording that its fact names, a milestone by that of its first language.
        """
        met = Counter(
            self._names[fact.wording_id]
            for fact in facts
            if fact.event_type == UNCLASSIFIED and fact.wording_id is not None
        )
        for milestone in milestones:
            if self.ledger.milestone(milestone).event_type == UNCLASSIFIED:
                met.update(islice(self._unclassified_of(milestone), 1))
        return met

    def _unclassified_of(self, milestone: Texts) -> Iterator[WordingName]:
        for lang, text in zip(LANGUAGES, milestone, strict=True):
            if text and self.ledger.milestone(Texts()._replace(**{lang: text})).event_type == UNCLASSIFIED:
                yield WordingName("milestone", lang, template_of(text))

    def _meet(self, kind: str, lang: str, template: str) -> None:
        key = _key(kind, lang, template)
        if template and key not in self._ids:
            self._new.setdefault(key, template)


def _key(kind: str, lang: str, template: str) -> _WordingKey:
    return kind, lang, folded(template)
