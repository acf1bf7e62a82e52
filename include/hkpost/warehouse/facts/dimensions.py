"""The keys of places and messages, and the wording ledger; what is seen for the first time gets its row."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.ecship.rows import NO_TEXTS, Texts
from hkpost.history.normaliser import Normaliser
from hkpost.history.observation import Observation, Place, WordingKey
from hkpost.history.templates import casefold_nfkc, fill_text, template_of
from hkpost.history.wordings import LANGUAGES, UNCLASSIFIED, WordingLedger
from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.statements import statement

_PLACE_COLUMNS = ("location_code", "location_e", "location_c", "location_s")
_TEXT_COLUMNS = ("message_e", "message_c", "message_s")
_MOST_REMEMBERED = 1 << 17


class WordingName(NamedTuple):
    """A wording as the ledger has it: `kind` event or milestone, `lang` e, c or s."""

    kind: str
    lang: str
    template: str


class StoredPlace(NamedTuple):
    """A row of `dim_place`."""

    location_code: str
    location: Texts


class Dimensions:
    """What a process knows of the dimensions: keys of rows, and the ledger as a normaliser reads by it.

    It is good for as long as every transaction in which it learned something was committed: after one that was
    not, take a new one.
    """

    def __init__(self) -> None:
        self.normaliser = Normaliser(WordingLedger(()))
        self._lines: Sequence[tuple[object, ...]] = ()
        self._wording_ids: dict[WordingKey, int] = {}
        self._wording_keys: dict[int, WordingKey] = {}
        self._names: dict[int, WordingName] = {}
        self._place_ids: dict[tuple[str, Texts], int] = {}
        self._places: dict[int, StoredPlace] = {}
        self._text_ids: dict[Texts, int] = {}
        self._texts: dict[int, Texts] = {}
        self._met: dict[Texts, None] = {}

    def read_wordings(self, connection: Connection) -> None:
        """Read the ledger as it is now; a line of the project's own file goes before one that an answer brought."""
        rows = connection.execute(statement("facts/wording_ledger")).all()
        if (lines := [tuple(row) for row in rows]) == self._lines:
            return
        self._lines = lines
        self._wording_ids, self._wording_keys, self._names = {}, {}, {}
        own = [row._asdict() for row in rows if self._add_wording(*row[:4])]
        ledger = WordingLedger.from_rows(own)
        if ledger.digest != self.normaliser.ledger.digest:
            self.normaliser = Normaliser(ledger)

    def read_keys(
        self, connection: Connection, place_ids: Iterable[int | None], text_ids: Iterable[int]
    ) -> None:
        """Read the places and messages that facts refer to."""
        if places := list({*place_ids} - self._places.keys() - {None}):
            for place_id, *place in connection.execute(statement("facts/places"), {"place_ids": places}):
                self._places[place_id] = StoredPlace(place[0], Texts(*place[1:]))
        if texts := list({*text_ids} - self._texts.keys()):
            for text_id, *text in connection.execute(statement("facts/texts"), {"text_ids": texts}):
                self._texts[text_id] = Texts(*text)

    def location(self, place_id: int | None) -> Texts:
        """The names of a place whose key was read; none for a fact without a place."""
        return self._places[place_id].location if place_id is not None else NO_TEXTS

    def message(self, text_id: int, params: Sequence[str] | None) -> Texts:
        """A message whose key was read, with its parameters."""
        texts = self._texts[text_id]
        return texts if params is None else Texts(*(fill_text(text, params) for text in texts))

    def wording(self, wording_id: int | None) -> WordingKey | None:
        """A line of the ledger by its key; None where another line goes before it, or there is none."""
        return None if wording_id is None else self._wording_keys.get(wording_id)

    def place_id(self, place: Place) -> int | None:
        """The key of a place that was learned; None without code and names."""
        return self._place_ids.get((place.location_code, place.location))

    def text_id(self, text: Texts) -> int:
        """The key of a message that was learned, with its placeholders."""
        return self._text_ids[text]

    def wording_id(self, wording: WordingKey | None) -> int | None:
        """The key of a line of the ledger."""
        return None if wording is None else self._wording_ids.get(wording)

    def wording_name(self, wording: WordingKey | None) -> WordingName | None:
        """A line of the ledger as it is written there."""
        wording_id = self.wording_id(wording)
        return None if wording_id is None else self._names[wording_id]

    def unclassified_milestones(self, milestone: Texts) -> Iterator[WordingName]:
        """The texts of a milestone that mean nothing, nor does the event of the same wording."""
        for lang, text in zip(LANGUAGES, milestone, strict=True):
            only = Texts()._replace(**{lang: text})
            if text and self.normaliser.ledger.milestone(only).event_type == UNCLASSIFIED:
                yield WordingName("milestone", lang, template_of(text))

    def learn(
        self, connection: Connection, observations: Iterable[Observation], milestones: Iterable[Texts]
    ) -> None:
        """Give the places, messages and wordings of some events and milestones their rows."""
        self._bound()
        places: dict[StoredPlace, None] = {}
        texts: dict[Texts, None] = {}
        wordings: dict[WordingKey, WordingName] = {}
        for observation in observations:
            place, message = observation.place, observation.message
            is_named = place.location_code or any(place.location)
            if is_named and (place.location_code, place.location) not in self._place_ids:
                places[StoredPlace(place.location_code, place.location)] = None
            if message.templates not in self._met:
                self._met[message.templates] = None
                for lang, template in zip(LANGUAGES, message.templates, strict=True):
                    self._meet(WordingName("event", lang, template), wordings)
            if message.stored not in self._text_ids:
                texts[message.stored] = None
        for milestone in dict.fromkeys(milestones):
            for name in self.unclassified_milestones(milestone):
                self._meet(name, wordings)
        self._save_wordings(connection, wordings)
        self._save_places(connection, list(places))
        self._save_texts(connection, list(texts))

    def _meet(self, name: WordingName, wordings: dict[WordingKey, WordingName]) -> None:
        key = WordingKey(name.kind, name.lang, casefold_nfkc(name.template))
        if name.template and key not in self._wording_ids:
            wordings.setdefault(key, name)

    def _save_wordings(self, connection: Connection, wordings: dict[WordingKey, WordingName]) -> None:
        if wordings:
            names = [name for _, name in sorted(wordings.items())]
            copy_rows(connection, "loaded_wording", WordingName._fields, names)
            for row in connection.execute(statement("facts/merge_wordings")):
                self._add_wording(*row)

    def _save_places(self, connection: Connection, places: Sequence[StoredPlace]) -> None:
        if places:
            rows = [(place.location_code, *place.location) for place in places]
            copy_rows(connection, "loaded_place", _PLACE_COLUMNS, rows)
            connection.execute(statement("facts/merge_places"))
            for place_id, code, *location in connection.execute(statement("facts/place_keys")):
                self._place_ids[StoredPlace(code, Texts(*location))] = place_id

    def _save_texts(self, connection: Connection, texts: Sequence[Texts]) -> None:
        if texts:
            copy_rows(connection, "loaded_text", _TEXT_COLUMNS, texts)
            connection.execute(statement("facts/merge_texts"))
            for text_id, *text in connection.execute(statement("facts/text_keys")):
                self._text_ids[Texts(*text)] = text_id

    def _add_wording(self, wording_id: int, kind: str, lang: str, template: str) -> bool:
        """Know a line; False where another one that reads the same goes before it."""
        key = WordingKey(kind, lang, casefold_nfkc(template))
        self._names[wording_id] = WordingName(kind, lang, template)
        if self._wording_ids.setdefault(key, wording_id) != wording_id:
            return False
        self._wording_keys[wording_id] = key
        return True

    def _bound(self) -> None:
        for memory in (self._place_ids, self._places, self._text_ids, self._texts, self._met):
            if len(memory) > _MOST_REMEMBERED:
                memory.clear()
