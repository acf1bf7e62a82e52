"""What a wording means, by the ledger `seeds/wording.csv`.

A wording that is not in the ledger, or whose languages contradict each other, is `unclassified`: never in
transit, never terminal. Only a whole template matches, so that "Not delivered" is no delivery.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Final, Literal, NamedTuple, Self

from hkpost.ecship.rows import Texts
from hkpost.history.templates import casefold_nfkc, template_of
from hkpost.seeds import seed_rows

WordingKind = Literal["event", "milestone"]
Language = Literal["e", "c", "s"]

UNCLASSIFIED: Final = "unclassified"
OUR_WORDING: Final = "our wording"
"""How the source of a line begins whose wording was never seen in an answer: it speaks only where no
line that was seen does, and never against one."""
_MOST_REMEMBERED: Final = 1 << 17
LANGUAGES: Final[tuple[Language, ...]] = ("e", "c", "s")


class Wording(NamedTuple):
    """One line of the ledger; (kind, lang, template) is its key, the template as `casefold_nfkc`."""

    kind: str
    lang: str
    template: str
    event_type: str
    is_ours: bool = False
    """Whether its source begins with `OUR_WORDING`."""


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
            key = (wording.kind, wording.lang, casefold_nfkc(wording.template))
            if key in self._lines:
                raise ValueError(
                    f"the ledger has two lines for {wording.kind} {wording.lang} {wording.template!r}"
                )
            self._lines[key] = wording
        meanings = sorted((*key, line.event_type, line.is_ours) for key, line in self._lines.items())
        self.digest: Final = hashlib.sha256(repr(meanings).encode()).hexdigest()[:16]
        self._answers: dict[tuple[tuple[WordingKind, ...], Texts], Meaning] = {}

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, str]]) -> Self:
        """A ledger from rows with kind, lang, template, event_type and source (of the CSV, or `dim_wording`).

        Unclassified rows are left out: they are what is waiting for a meaning.
        """
        return cls(
            Wording(
                row["kind"],
                row["lang"],
                row["template"],
                row["event_type"],
                is_ours=row["source"].startswith(OUR_WORDING),
            )
            for row in rows
            if row["event_type"] != UNCLASSIFIED
        )

    def event(self, message: Texts) -> Meaning:
        """The meaning of an event's message."""
        return self._ask(("event",), message)

    def milestone(self, milestone: Texts) -> Meaning:
        """The meaning of a milestone: in each language by its own line, else by that of the event so worded."""
        return self._ask(("milestone", "event"), milestone)

    def _ask(self, kinds: tuple[WordingKind, ...], texts: Texts) -> Meaning:
        meaning = self._answers.get((kinds, texts))
        if meaning is None:
            meaning = self._read(kinds, texts)
            if len(self._answers) < _MOST_REMEMBERED:
                self._answers[kinds, texts] = meaning
        return meaning

    def _read(self, kinds: tuple[WordingKind, ...], texts: Texts) -> Meaning:
        known = [
            line
            for lang, text in zip(LANGUAGES, texts, strict=True)
            if text and (line := self._line(kinds, lang, casefold_nfkc(template_of(text))))
        ]
        known = [line for line in known if not line.is_ours] or known
        said = {line.event_type for line in known}
        if len(said) > 1:
            words = ", ".join(f"{line.lang} {line.template!r} is {line.event_type}" for line in known)
            return Meaning(UNCLASSIFIED, problem=f"the languages contradict each other: {words}")
        return Meaning(known[0].event_type, known[0]) if known else Meaning(UNCLASSIFIED)

    def _line(self, kinds: Iterable[WordingKind], lang: Language, template: str) -> Wording | None:
        return next(
            (self._lines[key] for kind in kinds if (key := (kind, lang, template)) in self._lines), None
        )


@cache
def wording_ledger() -> WordingLedger:
    """The ledger of `seeds/wording.csv`."""
    return WordingLedger.from_rows(seed_rows("wording"))
