"""What the replay of a bucket did, in numbers."""

from collections import Counter
from dataclasses import dataclass, field

from hkpost.warehouse.load.summary import WordingName


@dataclass(slots=True)
class ReplaySummary:
    """Counts over one bucket.

    `answers` were read, `damaged` of them could not be, `orphaned` ones have no request in the ledger any
    more; `items` were gone over and `items_changed` of them differ now; `events_changed` are facts that were
    written, new ones (`events_new`) included; `unclassified` counts those of them without a meaning, by their
    wording; `states` counts the states that items went into.
    """

    bucket: int
    answers: int = 0
    damaged: int = 0
    orphaned: int = 0
    items: int = 0
    items_changed: int = 0
    events: int = 0
    events_new: int = 0
    events_changed: int = 0
    changes_noted: int = 0
    rejected: int = 0
    unclassified: Counter[WordingName] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int | dict[str, int]]:
        """The numbers as plain JSON: how many wordings instead of their names."""
        return {
            "answers": self.answers,
            "damaged": self.damaged,
            "orphaned": self.orphaned,
            "items": self.items,
            "items_changed": self.items_changed,
            "events": self.events,
            "events_new": self.events_new,
            "events_changed": self.events_changed,
            "changes_noted": self.changes_noted,
            "rejected": self.rejected,
            "unclassified": len(self.unclassified),
            "states": dict(self.states),
        }
