"""What a load or a replay did, in numbers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final, Self

from hkpost.warehouse.facts.dimensions import WordingName

_MOST_NAMED: Final = 20
"""Unclassified wordings named one by one; the view has all of them."""
_LONGEST_NAME: Final = 200
"""Characters of a wording in a line; the view has all of it."""


@dataclass(slots=True)
class Tally:
    """What a load and a replay both count.

    `unclassified` counts the events written without a meaning, and the reported milestones, by their wording;
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


@dataclass(slots=True)
class ReplaySummary(Tally):
    """Counts over one bucket.

    `items` were gone over and `items_changed` of them differ now; `events_changed` are facts that were written,
    new ones (`events_new`) included; `set_aside` items could not be folded again and stay as they were.
    """

    items: int = 0
    items_changed: int = 0
    events: int = 0
    events_new: int = 0
    events_changed: int = 0
    changes_noted: int = 0
    rejected: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class ReadSummary:
    """What was read out of the archive for a replay.

    `damaged` answers cannot be read, `orphaned` ones have no request in the ledger any more.
    """

    answers: int = 0
    damaged: int = 0
    orphaned: int = 0
    rejected: int = 0
