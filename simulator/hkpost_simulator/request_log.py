"""What reached the service: one record a request, and figures over all of them."""

import threading
from collections import Counter, defaultdict, deque
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One POST as it arrived and was answered.

    `arrival` is when its first byte arrived, in Unix seconds; `wall` when it was read, as ISO 8601 UTC; `user` the
    claimed one (empty when unreadable), `gap_ms` milliseconds since the user's arrival before, `code` the request's
    own status (None when no answer with one was sent), `reason` why it was refused.
    """

    number: int
    arrival: float
    wall: str
    user: str
    lang: str
    item_nos: tuple[str, ...]
    code: int | None
    http_status: int | None
    gap_ms: float | None
    fault: str | None
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Give the record as JSON values."""
        return asdict(self)


class RequestLog:
    """The last 200,000 requests, numbered from 1 in the order in which they were answered."""

    def __init__(self) -> None:
        self._records: deque[RequestRecord] = deque(maxlen=_KEPT)
        self._count = 0
        self._lock = threading.Lock()

    def add(
        self,
        *,
        arrival: float,
        wall: str,
        user: str = "",
        lang: str = "",
        item_nos: tuple[str, ...] = (),
        code: int | None = None,
        http_status: int | None = None,
        gap_ms: float | None = None,
        fault: str | None = None,
        reason: str = "",
    ) -> None:
        """Append a record."""
        with self._lock:
            self._count += 1
            self._records.append(
                RequestRecord(
                    self._count, arrival, wall, user, lang, item_nos, code, http_status, gap_ms, fault, reason
                )
            )

    def clear(self) -> None:
        """Forget every record and start counting again."""
        with self._lock:
            self._records.clear()
            self._count = 0

    def records(self, after: int = 0) -> list[RequestRecord]:
        """Return the records with a number above `after`."""
        with self._lock:
            return [record for record in self._records if record.number > after]

    def stats(self) -> dict[str, Any]:
        """Return figures over the records.

        `min_gap_ms` is the least time between two arrivals of one user, over all its requests.
        """
        records = self.records()
        asked = Counter(item_no for record in records for item_no in record.item_nos)
        arrivals: defaultdict[str, list[float]] = defaultdict(list)
        for record in records:
            arrivals[record.user].append(record.arrival)
        gaps = [
            (later - earlier) * 1000
            for times in arrivals.values()
            for earlier, later in pairwise(sorted(times))
        ]
        return {
            "requests": len(records),
            "items_asked": asked.total(),
            "distinct_items": len(asked),
            "items_asked_more_than_once": sum(count > 1 for count in asked.values()),
            "most_often_asked": asked.most_common(10),
            "by_code": dict(sorted(Counter(str(record.code) for record in records).items())),
            "by_http_status": dict(sorted(Counter(str(record.http_status) for record in records).items())),
            "min_gap_ms": min(gaps, default=None),
            "requests_by_user": dict(Counter(record.user for record in records)),
        }
