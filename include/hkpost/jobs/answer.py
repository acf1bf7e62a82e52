"""An archived answer, read: what it says of each item that was asked about."""

from collections.abc import Sequence

from hkpost.ecship.reader import AnswerReader, IsKnown
from hkpost.ecship.unreadable import UnreadableAnswer
from hkpost.history.item_result import ItemResult, MatchResult, Reject, ResultKind, match_items
from hkpost.reasons import Reason, Why
from hkpost.warehouse.archive.body import DamagedArchive, unpacked


def read_answer(
    reader: AnswerReader, item_nos: Sequence[str], body: bytes, content_type: str, is_known: IsKnown
) -> MatchResult:
    """What an archived body says of the items that were asked about; what `is_known` says so of is not read.

    An answer that cannot be read says nothing of them, and is rejected as a whole.
    """
    try:
        return match_items(item_nos, reader.read(unpacked(body), content_type, is_known))
    except (DamagedArchive, UnreadableAnswer) as error:
        return unreadable(item_nos, str(error))


def unreadable(item_nos: Sequence[str], reason: str) -> MatchResult:
    """What an answer says that cannot be read, for a reason in words."""
    unanswered = dict.fromkeys(item_nos, ItemResult(ResultKind.UNANSWERED))
    reject = Reject(None, Reason(Why.ANSWER_UNREADABLE, (reason,)))
    return MatchResult(unanswered, [reject], is_readable=False)
