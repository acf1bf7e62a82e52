"""Halving a batch until what spoils it is alone: what is still to be asked, and what it took."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class _Halved:
    why: str
    size: int
    open: set[str]
    requests: int = 0
    culprits: list[str] = field(default_factory=list)


class Bisection:
    """Follows the parts of halved batches until each of their items is answered or found out."""

    def __init__(self) -> None:
        self._halved: dict[str, _Halved] = {}

    def is_part(self, batch: Sequence[str]) -> bool:
        """Whether a batch is a part of one that was halved."""
        return batch[0] in self._halved

    def halved(self, batch: Sequence[str], why: str, requests: int) -> None:
        """Note after how many requests a batch is halved."""
        if not self.is_part(batch):
            self._halved |= dict.fromkeys(batch, _Halved(why, len(batch), set(batch)))
        self._halved[batch[0]].requests += requests

    def finished(self, batch: Sequence[str], requests: int, *, culprit: bool = False) -> str | None:
        """Note that a batch is answered, or is what spoils the whole.

        Returns what was found and what it took, in words, when this was the last part of it.
        """
        if not self.is_part(batch):
            return None
        whole = self._halved[batch[0]]
        whole.requests += requests
        whole.open.difference_update(batch)
        if culprit:
            whole.culprits.extend(batch)
        for item_no in batch:
            del self._halved[item_no]
        if whole.open:
            return None
        if not whole.culprits:
            return (
                f"{whole.why}: all {whole.size} items are answered in parts, with {whole.requests} requests"
            )
        others = whole.size - len(whole.culprits)
        return (
            f"{whole.why}: {', '.join(sorted(whole.culprits))} found among {whole.size} items with "
            f"{whole.requests} requests, the other {others} are answered"
        )
