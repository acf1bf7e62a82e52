"""What cannot be used of answers, as rows of `rejected_record`: the same again is counted, not repeated."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection

from hkpost.history.item_result import Reject
from hkpost.reasons import Reason, Why
from hkpost.warehouse.copy import copy_rows, text_array
from hkpost.warehouse.plans import seqscan_disabled
from hkpost.warehouse.statements import statement

PIECES_KEPT: Final = 20
"""Different pieces that are kept of one item, reason and answer; further ones are counted in one row more."""
_COLUMNS: Final = (
    *("source", "account", "item_no", "call_id"),
    *("reason", "reason_code", "reason_values", "raw_fragment", "times"),
)


class Rejected(NamedTuple):
    """Something of an answer that cannot be used, as `rejected_record` keeps it."""

    source: str
    account: str | None
    item_no: str | None
    call_id: int | None
    reason: Reason
    raw_fragment: str | None


def rejected(account: str, call_id: int, reject: Reject) -> Rejected:
    """A reject of an answer as it is kept."""
    return Rejected("load", account, reject.item_no, call_id, reject.reason, reject.fragment or None)


def note_rejects(connection: Connection, rejects: Iterable[Rejected], *, again: bool = False) -> int:
    """Note rejects (the stage is there); return how many rows are new.

    `again`: of answers that are read once more, so that what is noted already was not met again.
    """
    counted = _counted(rejects)
    if not counted:
        return 0
    copy_rows(connection, "loaded_reject", _COLUMNS, (_row(*each) for each in counted.items()))
    with seqscan_disabled(connection):
        return connection.execute(statement(f"facts/merge_rejects{'_once' if again else ''}")).rowcount


def _row(reject: Rejected, times: int) -> tuple[object, ...]:
    *whose, reason, raw_fragment = reject
    return (*whose, str(reason), reason.why.value, text_array(reason.all_values), raw_fragment, times)


def _counted(rejects: Iterable[Rejected]) -> Counter[Rejected]:
    counted: Counter[Rejected] = Counter()
    pieces: defaultdict[Rejected, set[str | None]] = defaultdict(set)
    for row in rejects:
        whole = row._replace(raw_fragment=None)
        kept = pieces[whole]
        if len(kept) < PIECES_KEPT:
            kept.add(row.raw_fragment)
        if row.raw_fragment in kept:
            counted[row] += 1
        else:
            counted[whole._replace(reason=Reason(Why.FURTHER_ONES, cause=row.reason))] += 1
    return counted
