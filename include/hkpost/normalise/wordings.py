"""What a wording means, by the ledger `meaning/wording.csv`.

A wording that is not in the ledger, or whose languages contradict each other, is `unclassified`: never in
transit, never terminal. Only a whole template matches, so that "Not delivered" is no delivery.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal, NamedTuple, Self

from hkpost.meaning import meaning_rows
from hkpost.normalise.templates import template_of
from hkpost.parse.rows import Texts

WordingKind = Literal["event", "milestone"]
Language = Literal["e", "c", "s"]

UNCLASSIFIED: Final = "unclassified"
_MOST_REMEMBERED: Final = 1 << 17
LANGUAGES: Final[tuple[Language, ...]] = ("e", "c", "s")


class Wording(NamedTuple):
    """One line of the ledger; (kind, lang, template) is its key, whatever the case of the template."""

    kind: str
    lang: str
    template: str
    event_type: str


class Meaning(NamedTuple):
    """What the ledger says about three texts."""

    event_type: str
    """A code of `dim_event_type`; 'unclassified' when the ledger does not know or is contradicted."""
    wording: Wording | None = None
    """The line that classified them: the first language's, in the order e, c, s."""
    problem: str | None = None
    """Why known wordings classified nothing, in words."""


class WordingLedger:
    """The ledger, ready to be asked. `digest` changes whenever a line's meaning does."""

    def __init__(self, wordings: Iterable[Wording]) -> None:
        self._lines: dict[tuple[str, str, str], Wording] = {}
        for wording in wordings:
            key = (wording.kind, wording.lang, wording.template.casefold())
            if key in self._lines:
                raise ValueError(
                    f"the ledger has two lines for {wording.kind} {wording.lang} {wording.template!r}"
                )
            self._lines[key] = wording
        meanings = sorted((*key, wording.event_type) for key, wording in self._lines.items())
        self.digest: Final = hashlib.sha256(repr(meanings).encode()).hexdigest()[:16]
        self._answers: dict[tuple[WordingKind, Texts], Meaning] = {}

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """A ledger from rows with kind, lang, template and event_type (of the CSV, or of `dim_wording`).

        Unclassified rows are left out: they are what is waiting for a meaning.
        """
        wordings = (Wording(row["kind"], row["lang"], row["template"], row["event_type"]) for row in rows)
        return cls(wording for wording in wordings if wording.event_type != UNCLASSIFIED)

    def event(self, message: Texts) -> Meaning:
        """The meaning of an event's message."""
        return self._ask("event", message)

    def milestone(self, milestone: Texts) -> Meaning:
        """The meaning of a milestone: by its own lines, else by the event of the same wording."""
        own = self._ask("milestone", milestone)
        if own.wording is not None or own.problem is not None:
            return own
        return self._ask("event", milestone)

    def _ask(self, kind: WordingKind, texts: Texts) -> Meaning:
        meaning = self._answers.get((kind, texts))
        if meaning is None:
            meaning = self._read(kind, texts)
            if len(self._answers) < _MOST_REMEMBERED:
                self._answers[kind, texts] = meaning
        return meaning

    def _read(self, kind: WordingKind, texts: Texts) -> Meaning:
        known = [
            line
            for lang, text in zip(LANGUAGES, texts, strict=True)
            if text and (line := self._lines.get((kind, lang, template_of(text).casefold())))
        ]
        said = {line.event_type for line in known}
        if len(said) > 1:
            words = ", ".join(f"{line.lang} {line.template!r} is {line.event_type}" for line in known)
            return Meaning(UNCLASSIFIED, problem=f"the languages contradict each other: {words}")
        return Meaning(known[0].event_type, known[0]) if known else Meaning(UNCLASSIFIED)


@cache
def wording_ledger() -> WordingLedger:
    """The ledger of `meaning/wording.csv`."""
    return WordingLedger.from_rows(meaning_rows("wording"))
