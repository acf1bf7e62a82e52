"""What the replay of a bucket did, in numbers."""

from dataclasses import dataclass

from hkpost.warehouse.load.summary import Tally


@dataclass(slots=True)
class ReplaySummary(Tally):
    """Counts over one bucket.

    `answers` were read, `damaged` of them could not be, `orphaned` ones have no request in the ledger any
    more; `items` were gone over and `items_changed` of them differ now; `events_changed` are facts that were
    written, new ones (`events_new`) included; `set_aside` items could not be told again and stay as they were.
    """

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
    set_aside: int = 0
