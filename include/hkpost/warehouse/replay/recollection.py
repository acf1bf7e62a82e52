"""What the archived answers said of a bucket's items, answer after answer."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Row

from hkpost.parse.answer import parse_answer
from hkpost.parse.rows import ItemAnswer, ReportedEvent
from hkpost.parse.unreadable import UnreadableAnswer
from hkpost.warehouse.load.content import content_hash
from hkpost.warehouse.load.pending import DamagedArchive, unpacked
from hkpost.warehouse.load.rejects import Rejected, rejected
from hkpost.warehouse.load.trouble import in_words
from hkpost.warehouse.load.verdict import Kind, Reject, Verdict, judge


class Told(NamedTuple):
    """What one archived answer with status 0 says of one item. Answers that say the same share one `answer`."""

    call_id: int
    received_at: datetime
    loaded_at: datetime
    account: str
    answer: ItemAnswer


@dataclass(slots=True)
class Polled:
    """How often the archive has an item asked about, and what came of it last."""

    count: int = 0
    unread: int = 0
    """How many of these answers are damaged."""
    last_at: datetime | None = None
    answered_at: datetime | None = None
    verdict: Verdict | None = None


@dataclass(slots=True)
class Recollection:
    """Everything that was read about some items.

    `take` wants the answers in the order in which they came. `damaged` answers were asked about one of the
    items first and cannot be read; `orphaned` ones have no request in the ledger any more.
    """

    item_nos: Collection[str]
    tellings: defaultdict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    polled: defaultdict[str, Polled] = field(default_factory=lambda: defaultdict(Polled))
    rejects: list[Rejected] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    orphaned: int = 0
    _hashes: dict[str, str] = field(default_factory=dict)
    _events: dict[ReportedEvent, ReportedEvent] = field(default_factory=dict)

    def take(
        self, row: Row[tuple[int, datetime, datetime, str, bytes, str | None, Sequence[str] | None]]
    ) -> bool:
        """Read one archived answer; False when it is about none of the items."""
        if row.item_nos is None:
            self.orphaned += 1
            return False
        asked = tuple(dict.fromkeys(row.item_nos))
        wanted = [item_no for item_no in asked if item_no in self.item_nos]
        if not wanted:
            return False
        # What is wrong with an answer as a whole is told by the bucket of its first item.
        speaks = asked[0] in self.item_nos
        try:
            judged = judge(asked, parse_answer(unpacked(bytes(row.body or b"")), row.content_type or ""))
        except Exception as trouble:
            # Whatever it is, the other answers go on.
            is_known = isinstance(trouble, DamagedArchive | UnreadableAnswer)
            if speaks:
                self.damaged.append(row.call_id)
                said = str(trouble) if is_known else in_words(trouble)
                reject = Reject(None, f"the archived answer cannot be read: {said}")
                self.rejects.append(rejected(row.account, row.call_id, reject))
            self._poll(row.received_at, {item_no: Verdict(Kind.UNANSWERED) for item_no in wanted})
            for item_no in wanted:
                self.polled[item_no].unread += 1
            return True
        self.rejects.extend(
            rejected(row.account, row.call_id, reject)
            for reject in judged.rejects
            if (reject.item_no in wanted) or (speaks and reject.item_no not in asked)
        )
        verdicts = {item_no: judged.verdicts[item_no] for item_no in wanted}
        self._poll(row.received_at, verdicts)
        for item_no, verdict in verdicts.items():
            if verdict.answer is not None:
                answer = self._shared(item_no, verdict.answer)
                self.tellings[item_no].append(
                    Told(row.call_id, row.received_at, row.loaded_at, row.account, answer)
                )
        return True

    def of(self, item_no: str) -> Sequence[Told]:
        """What was told of an item, in order; () when nothing was."""
        return self.tellings.get(item_no, ())

    def add(self, other: "Recollection") -> None:
        """Take over what another one read about its items, all their answers since some instant."""
        for item_no, tellings in other.tellings.items():
            seen = {told.call_id for told in self.tellings[item_no]}
            self.tellings[item_no].extend(told for told in tellings if told.call_id not in seen)
        for item_no, polled in other.polled.items():
            self.polled[item_no].last_at = polled.last_at
        self.rejects.extend(other.rejects)
        self.damaged.extend(other.damaged)

    def forget(self, item_nos: Collection[str]) -> None:
        """Let go of items that are done with."""
        for item_no in item_nos:
            for memory in (self.tellings, self.polled, self._hashes):
                memory.pop(item_no, None)

    def _poll(self, received_at: datetime, verdicts: dict[str, Verdict]) -> None:
        for item_no, verdict in verdicts.items():
            polled = self.polled[item_no]
            polled.count += 1
            polled.last_at = received_at
            if verdict.code is not None:
                polled.verdict = verdict
            if verdict.kind is Kind.ANSWERED:
                polled.answered_at = received_at

    def _shared(self, item_no: str, answer: ItemAnswer) -> ItemAnswer:
        """The item's last answer where this one says the same: most do, and memory is finite."""
        said = content_hash(answer, "")
        if self._hashes.get(item_no) == said:
            return self.tellings[item_no][-1].answer
        self._hashes[item_no] = said
        return replace(answer, events=tuple(self._known(answer.events)))

    def _known(self, events: Sequence[ReportedEvent]) -> Iterator[ReportedEvent]:
        for event in events:
            yield self._events.setdefault(event, event)
