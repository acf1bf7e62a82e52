"""What a load did, in numbers."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class LoadSummary:
    """Counts over all answers of one load.

    `items` were asked about in the answers, `items_changed` of them have something new; `events_changed`
    are known events with a corrected or completed text, place or meaning; `unclassified` are wordings
    seen for the first time; `states` counts the states that items went into.
    """

    answers: int = 0
    items: int = 0
    items_changed: int = 0
    events_new: int = 0
    events_changed: int = 0
    retracted: int = 0
    returned: int = 0
    rejected: int = 0
    unclassified: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)

    def counts(self) -> dict[str, int | dict[str, int]]:
        """The numbers as plain JSON: how many wordings instead of their names."""
        return {
            "answers": self.answers,
            "items": self.items,
            "items_changed": self.items_changed,
            "events_new": self.events_new,
            "events_changed": self.events_changed,
            "retracted": self.retracted,
            "returned": self.returned,
            "rejected": self.rejected,
            "unclassified": len(self.unclassified),
            "states": dict(self.states),
        }
