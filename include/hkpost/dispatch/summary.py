"""What a fetching run did, counted on the way and put into words at its end."""

from collections import Counter
from dataclasses import dataclass, field

from hkpost.ecship.limits import MAX_ITEMS_PER_REQUEST
from hkpost.enums import Outcome

_MEANING: dict[str, str] = {
    Outcome.ANSWERED: "archived, to be loaded",
    Outcome.BISECTED: "refused because of one of its items: asked again in halves",
    Outcome.RATE_LIMITED: "too soon after the last (9991, HTTP 429): sent again; when often, raise pace_margin_ms",
    Outcome.CREDENTIAL_REFUSED: "the credential is wrong (9992)",
    Outcome.REQUEST_REFUSED: "our request is wrong (9993, 9996, 9997)",
    Outcome.QUOTA_EXHAUSTED: "no more today, says the service (9994)",
    Outcome.TOO_MANY_ITEMS: "more items than the service takes (9995): asked again in halves",
    Outcome.INVALID_INPUT: "the item itself is refused (9998): asked again a day later",
    Outcome.UNAVAILABLE: "the service cannot answer now (9999, HTTP 5xx)",
    Outcome.TIMEOUT: "no whole answer in time",
    Outcome.INTERRUPTED: "the connection broke off",
    Outcome.UNREACHABLE: "never reached the service; does not count to the quota",
    Outcome.NOT_SENT: "the run was stopped before it left; does not count to the quota",
    Outcome.NOT_XML: "the answer was no XML",
    Outcome.INCOMPLETE: "the answer was cut off or said nothing",
    Outcome.SOAP_FAULT: "the service reported a fault of its own",
    Outcome.HTTP_REFUSED: "refused in front of the service (HTTP 3xx, 4xx)",
    Outcome.TOO_LARGE: "the answer was larger than max_body_mb",
    Outcome.UNKNOWN_STATUS: "a code outside the specification",
}


def requests_for(items: int) -> int:
    """How many requests it takes to ask about a number of items."""
    return -(-items // MAX_ITEMS_PER_REQUEST)


@dataclass(slots=True)
class FetchSummary:
    """The result of one run over one account; `failure` is why it must end red, or None.

    `items_missing` were asked about and are not in the answers. `items_left_due` is all that is due at the end,
    whether this run came to it or not. `is_day_over` says that the service itself called the day's quota used up.
    `gap_ms` is the gap between two requests at its end: wider than configured after a 9991.
    """

    account: str
    due: int = 0
    items_answered: int = 0
    items_missing: int = 0
    items_left_due: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    quota_left: int = 0
    is_day_over: bool = False
    seconds: float = 0.0
    gap_ms: float = 0.0
    ended: str = "nothing more is due"
    failure: str | None = None

    @property
    def request_count(self) -> int:
        """Requests of every outcome."""
        return self.requests.total()

    def opening(self) -> str:
        """What is to be done, before the first request leaves."""
        needed = requests_for(self.due)
        enough = needed <= self.quota_left
        quota = f"{'' if enough else 'only '}{self.quota_left:,} left today"
        return f"{self.account}: {_count(self.due, 'item')} due, {_count(needed, 'request')} needed, {quota}"

    def line(self) -> str:
        """The run in one line."""
        rate = self.request_count / self.seconds if self.seconds else 0.0
        missing = f"{self.items_missing:,} not in the answers and due again, " if self.items_missing else ""
        end = f"FAILED: {self.failure}" if self.failure else f"ended: {self.ended}"
        return (
            f"{self.account}: {self.items_answered:,} of {self.due:,} items answered with "
            f"{_count(self.request_count, 'request')} in {self.seconds:.1f} s ({rate:.1f} a second), "
            f"{missing}{self.items_left_due:,} left due, {self.quota_left:,} requests left today; {end}"
        )

    def table(self) -> list[str]:
        """The outcomes as lines of a table, the most frequent first; none when nothing was sent."""
        if not self.requests:
            return []
        width = max(len(outcome) for outcome in self.requests)
        lines = [f"  {'outcome':<{width}}  requests"]
        lines += [
            f"  {outcome:<{width}}  {count:>8,}  {_MEANING.get(outcome, '')}".rstrip()
            for outcome, count in self.requests.most_common()
        ]
        return lines

    def forecast(self) -> str | None:
        """Say so when more is due than the day's quota can ask for."""
        left = 0 if self.is_day_over else self.quota_left
        needed = requests_for(self.items_left_due)
        if needed <= left:
            return None
        waiting = self.items_left_due - left * MAX_ITEMS_PER_REQUEST
        return (
            f"{self.account}: {_count(self.items_left_due, 'item')} still due, {_count(needed, 'request')} needed, "
            f"{left:,} left of the day's quota: {_count(waiting, 'item')} must wait for tomorrow"
        )


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
