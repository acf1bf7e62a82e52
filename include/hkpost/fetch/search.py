"""Halving a batch until what spoils it is alone: what is still to be asked, and what it took."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Search:
    why: str
    size: int
    open: set[str]
    requests: int = 0
    culprits: list[str] = field(default_factory=list)


class Searches:
    """Follows the parts of halved batches until each of their items is answered or found out."""

    def __init__(self) -> None:
        self._search_of: dict[str, _Search] = {}

    def is_part(self, batch: Sequence[str]) -> bool:
        """Whether a batch is a part of one that was halved."""
        return batch[0] in self._search_of

    def halved(self, batch: Sequence[str], why: str, requests: int) -> None:
        """Note that a batch is halved after so many requests."""
        if not self.is_part(batch):
            self._search_of |= dict.fromkeys(batch, _Search(why, len(batch), set(batch)))
        self._search_of[batch[0]].requests += requests

    def settled(self, batch: Sequence[str], requests: int, *, culprit: bool = False) -> str | None:
        """Note that a batch is answered, or is what spoils the whole.

        Returns what the search took, in words, when this was the last part of it.
        """
        if not self.is_part(batch):
            return None
        search = self._search_of[batch[0]]
        search.requests += requests
        search.open.difference_update(batch)
        if culprit:
            search.culprits.extend(batch)
        for item_no in batch:
            del self._search_of[item_no]
        if search.open:
            return None
        if not search.culprits:
            return f"{search.why}: all {search.size} items are answered in parts, with {search.requests} requests"
        others = search.size - len(search.culprits)
        return (
            f"{search.why}: {', '.join(sorted(search.culprits))} found among {search.size} items with "
            f"{search.requests} requests, the other {others} are answered"
        )
