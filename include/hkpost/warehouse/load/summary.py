"""What a load did, in numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final, NamedTuple, Self

_MOST_NAMED: Final = 20
"""Unclassified wordings named one by one; the view has all of them."""
_LONGEST_NAME: Final = 200
"""Characters of a wording in a line; the view has all of it."""


class WordingName(NamedTuple):
    """A wording as the ledger has it: `kind` event or milestone, `lang` e, c or s."""

    kind: str
    lang: str
    template: str


@dataclass(slots=True)
class Tally:
    """What a load and a replay both count.

    `unclassified` counts the events written without a meaning, and the milestones told, by their wording;
    `states` the states that items went into.
    """

    unclassified: Counter[WordingName] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)

    def add(self, other: Self) -> None:
        """Count what another one counted, too."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    def counts(self) -> dict[str, int | dict[str, int]]:
        """The numbers as plain JSON: how many unclassified wordings, without their names."""
        numbers = {each.name: getattr(self, each.name) for each in fields(self)}
        return {**numbers, "unclassified": len(self.unclassified), "states": dict(self.states)}


@dataclass(slots=True)
class LoadSummary(Tally):
    """Counts over all answers of one load.

    `items` were asked about in the answers, `unanswered` of them got no answer that can be used and stay due;
    `set_aside` is items beside these whose answer could not be loaded, and they stay due as well;
    `items_changed` of them have something new; `events_changed` are known events with a corrected or completed
    text, place or meaning.
    """

    answers: int = 0
    items: int = 0
    unanswered: int = 0
    items_changed: int = 0
    events_new: int = 0
    events_changed: int = 0
    retracted: int = 0
    returned: int = 0
    rejected: int = 0
    set_aside: int = 0

    def unclassified_lines(self) -> Iterator[str]:
        """The unclassified wordings by name and count, the commonest first, a line each; none without any."""
        for (kind, lang, template), count in self.unclassified.most_common(_MOST_NAMED):
            name = template if len(template) <= _LONGEST_NAME else f"{template[:_LONGEST_NAME]}…"
            yield f"unclassified: {kind} wording ({lang}) {name!r}, {count:,} times"
        if (more := len(self.unclassified) - _MOST_NAMED) > 0:
            yield f"unclassified: {more:,} wordings more, all of them in hkpost.unclassified_wording"
