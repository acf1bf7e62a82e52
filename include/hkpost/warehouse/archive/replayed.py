"""The archive as a replay reads it: once, day by day, into a table that its buckets empty item by item."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import Connection

from hkpost.ecship.rows import ItemAnswer
from hkpost.ecship.status import StatusCode
from hkpost.history.fold import Answered
from hkpost.history.item_result import ItemResult, ResultKind
from hkpost.history.rebuild import ArchivedAnswer
from hkpost.warehouse.archive.said import from_json, to_json
from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.statements import statement

_COLUMNS = (
    "item_no",
    "received_at",
    "call_id",
    "loaded_at",
    "account",
    "kind",
    "code",
    "message",
    "said",
    "is_damaged",
)


class ArchivedBody(NamedTuple):
    """One loaded answer of the archive; without `item_nos` its request is no longer in the ledger."""

    call_id: int
    received_at: datetime
    loaded_at: datetime
    account: str
    body: bytes
    content_type: str
    item_nos: tuple[str, ...]


class ArchivedDay(NamedTuple):
    """A day of the archive (UTC), and how many of its answers were loaded."""

    day: datetime
    answers: int


def archived_days(connection: Connection, selection: Mapping[str, object]) -> list[ArchivedDay]:
    """The days that a replay reads, in order."""
    return [ArchivedDay(*row) for row in connection.execute(statement("archive/archived_days"), selection)]


def archived_answers(
    connection: Connection, selection: Mapping[str, object], day: datetime
) -> Iterator[ArchivedBody]:
    """A day's answers in the order in which they came, a few at a time."""
    streamed = connection.execution_options(stream_results=True, max_row_buffer=200)
    for row in streamed.execute(statement("archive/archived_answers"), {**selection, "day": day}):
        yield _body(*row)


def late_answers(
    connection: Connection, item_nos: Sequence[str], mark: datetime, until: datetime | None
) -> Iterator[ArchivedBody]:
    """The answers about some items that were received since `mark` and are loaded, in order."""
    parameters = {"item_nos": list(item_nos), "mark": mark, "until": until}
    for row in connection.execute(statement("archive/late_answers"), parameters):
        yield _body(*row)


def put_answers(
    connection: Connection, answers: Iterable[tuple[str, ArchivedAnswer, ItemAnswer | None]]
) -> None:
    """Keep what answers say of items: (item number, answer, what it says if that is not what the one before said)."""
    rows = (
        (
            item_no,
            one.answered.received_at,
            one.answered.call_id,
            one.loaded_at,
            one.account,
            one.answered.result.kind,
            one.answered.result.code,
            one.answered.result.message,
            None if said is None else to_json(said),
            one.is_damaged,
        )
        for item_no, one, said in answers
    )
    copy_rows(connection, "hkpost.replay_answer", _COLUMNS, rows)


def take_answers(connection: Connection, item_nos: Sequence[str]) -> dict[str, list[ArchivedAnswer]]:
    """Take out what the archive says of some items, by number, in the order in which it came."""
    rows = connection.execute(statement("archive/take_replay_answers"), {"item_nos": list(item_nos)}).all()
    taken: dict[str, list[ArchivedAnswer]] = {item_no: [] for item_no in item_nos}
    last: dict[str, ItemAnswer] = {}
    for row in sorted(rows, key=attrgetter("item_no", "received_at", "call_id")):
        result = ItemResult(ResultKind(row.kind), row.code, row.message)
        if row.said is not None:
            last[row.item_no] = from_json(row.said)
        if result.kind in (ResultKind.ANSWERED, ResultKind.UNCHANGED):
            answer = last[row.item_no]
            result = ItemResult(ResultKind.ANSWERED, StatusCode.SUCCESS, answer.err_msg, answer)
        answered = Answered(row.call_id, row.received_at, result)
        taken[row.item_no].append(ArchivedAnswer(answered, row.loaded_at, row.account, row.is_damaged))
    return taken


def _body(
    call_id: int,
    received_at: datetime,
    loaded_at: datetime,
    account: str,
    body: bytes | None,
    content_type: str | None,
    item_nos: Sequence[str] | None,
) -> ArchivedBody:
    asked = tuple(dict.fromkeys(item_nos or ()))
    return ArchivedBody(
        call_id, received_at, loaded_at, account, bytes(body or b""), content_type or "", asked
    )
