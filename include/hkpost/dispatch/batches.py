"""The batches of a run: claimed a few ahead, halved where the service asks for it, never twice in hand."""

from collections import Counter, deque
from collections.abc import Callable, Collection

from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST

Batch = tuple[str, ...]
BATCHES_AHEAD = 4
"""How many batches one claim takes: few, so that an urgent item registered meanwhile is soon asked."""


class Batches:
    """Hands out batches of at most 30 items of one account.

    Args:
        claim: returns at most this number of due items, most urgent first, other than the given ones.
        size: how many items a request can ask about.

    Attributes:
        sent, failed: how many times each batch that is in hand was sent, and how many of these failed.
        left_due: the items that this run does not ask about again.
    """

    def __init__(
        self, claim: Callable[[int, Collection[str]], list[str]], size: int = MAX_ITEMS_PER_REQUEST
    ) -> None:
        self._claim = claim
        self._ready: deque[Batch] = deque()
        self._in_hand: set[str] = set()
        self.left_due: set[str] = set()
        self._size = size
        self.sent: Counter[Batch] = Counter()
        self.failed: Counter[Batch] = Counter()

    def take(self) -> Batch | None:
        """Return the next batch that is ready, cut to the size the service takes."""
        if not self._ready:
            return None
        batch = self._ready.popleft()
        if len(batch) > self._size:
            self._ready.appendleft(batch[self._size :])
            batch = batch[: self._size]
        return batch

    def refill(self) -> bool:
        """Claim some batches; False when nothing more is due. Reads the warehouse: call it in a thread."""
        items = self._claim(BATCHES_AHEAD * self._size, self._in_hand | self.left_due)
        self._in_hand.update(items)
        self._ready.extend(
            tuple(items[start : start + self._size]) for start in range(0, len(items), self._size)
        )
        return bool(items)

    def split(self, batch: Batch, *, later: bool = False) -> None:
        """Put the two halves of a batch in front; `later`: behind what is ready."""
        self._forget_tries(batch)
        middle = len(batch) // 2
        if later:
            self._ready += (batch[:middle], batch[middle:])
        else:
            self._ready.extendleft((batch[middle:], batch[:middle]))

    def shrink(self, batch: Batch) -> None:
        """Halve a batch that is too large, and all that follow."""
        self._size = max(1, min(self._size, len(batch) // 2))
        self.split(batch)

    def put_back(self, batch: Batch) -> None:
        """Put a batch in front, to be sent once more as it is."""
        self._ready.appendleft(batch)

    def answered(self, batch: Batch) -> None:
        """Let go of a batch whose answer is archived."""
        self._forget_tries(batch)
        self._in_hand.difference_update(batch)

    def leave(self, batch: Batch) -> None:
        """Leave a batch due: this run does not ask about it again."""
        self._forget_tries(batch)
        self._in_hand.difference_update(batch)
        self.left_due.update(batch)

    def leave_rest(self) -> None:
        """Leave due whatever was claimed and not sent."""
        self.left_due.update(self._in_hand)
        self._in_hand.clear()
        self._ready.clear()

    def _forget_tries(self, batch: Batch) -> None:
        del self.sent[batch], self.failed[batch]
