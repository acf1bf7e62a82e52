"""What an answer says of each item that was asked about, and what in it cannot be used (codes: page 6)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum, auto
from typing import Final

from hkpost.ecship.fields import STATUS_FIELDS
from hkpost.ecship.item_number import canonical
from hkpost.ecship.rows import NO_TEXTS, Answer, ItemAnswer
from hkpost.ecship.status import StatusCode, describe
from hkpost.reasons import Reason, Why

_FRAGMENT_LENGTH: Final = 2_000
"""Characters of a raw fragment that are kept with a rejected record; the archive has all of them."""


_ITEM_CODES: Final = frozenset(int(code) for code in StatusCode if code.is_about_an_item)


class ResultKind(StrEnum):
    """What follows for an item."""

    ANSWERED = auto()
    """Status 0: what the service knows of it."""
    NOT_FOUND = auto()
    """1001: asked ever more rarely, and closed by age."""
    ASK_LATER = auto()
    """1002 to 1004 (a rule closes the item), or a code that is not in the specification."""
    ASK_TOMORROW = auto()
    """9998: the item itself is refused as input."""
    NOT_SERVED = auto()
    """9991 to 9999 but 9998: nothing was said of the item."""
    UNCHANGED = auto()
    """Status 0, and written as the item's answer before, letter by letter: it was not read."""
    UNANSWERED = auto()
    """Missing, or answered in a way that cannot be used."""


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What an answer says of one item; `code` is None where its status must not be kept."""

    kind: ResultKind
    code: int | None = None
    message: str = ""
    answer: ItemAnswer | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """Something of an answer that cannot be used: why, with the piece itself."""

    item_no: str | None
    reason: Reason
    fragment: str = ""


@dataclass(frozen=True, slots=True)
class MatchResult:
    """One answer: a result for each item that was asked about, and the rejects."""

    results: Mapping[str, ItemResult]
    rejects: Sequence[Reject]
    is_readable: bool = True
    """Whether anything could be read of it."""


def match_items(asked: Sequence[str], answer: Answer) -> MatchResult:
    """Sort out one readable answer to a request about the items `asked` (canonical numbers)."""
    rejects: list[Reject] = []
    count = len(answer.items) + len(answer.unread)
    if answer.item_count is not None and answer.item_count != count:
        rejects.append(Reject(None, Reason(Why.ITEM_COUNT, (str(answer.item_count), str(count)))))
    lone = _lone(asked, answer)
    if answer.unclaimed and lone is None:
        whose = json.dumps(answer.unclaimed, ensure_ascii=False)[:_FRAGMENT_LENGTH]
        rejects.append(Reject(None, Reason(Why.OF_NO_ITEM), whose))
    found: dict[str, list[ItemAnswer]] = {item_no: [] for item_no in asked}
    for item in answer.items:
        item_no = canonical("".join(item.item_no.split()))
        if item_no in found:
            found[item_no].append(item if item.item_no == item_no else replace(item, item_no=item_no))
        else:
            rejects.append(Reject(item.item_no, Reason(Why.NOT_ASKED_FOR), fragment(item)))
    results = dict.fromkeys(answer.unread, ItemResult(ResultKind.UNCHANGED))
    for item_no in asked:
        if item_no in results:
            continue
        answers = _distinct(found[item_no])
        if len(answers) > 1:
            rejects.extend(
                Reject(item_no, Reason(Why.ANSWERED_TWICE), fragment(differing)) for differing in answers
            )
            results[item_no] = ItemResult(ResultKind.UNANSWERED)
            continue
        one = answers[0] if answers else None
        if len(asked) == 1 and _speaks_for_its_item(answer, one):
            # A request about one item is answered with its own status, without an item in it.
            one = ItemAnswer(item_no, answer.status, answer.status_text, answer.err_msg)
        one = one or lone
        results[item_no] = _result(one, rejects) if one else ItemResult(ResultKind.UNANSWERED)
    return MatchResult(results, rejects)


def fragment(item: ItemAnswer) -> str:
    """One item's part of an answer as JSON, its empty fields left out."""
    said = {name: value for name, value in asdict(item).items() if value not in (None, "", (), NO_TEXTS)}
    said.pop("fingerprint", None)
    if item.events:
        said["events"] = [event._asdict() for event in item.events]
    return json.dumps(said, ensure_ascii=False)[:_FRAGMENT_LENGTH]


def has_history(item: ItemAnswer) -> bool:
    """Whether the answer says anything of the item's way: an event or a milestone."""
    return bool(item.events) or any(item.milestone)


def _lone(asked: Sequence[str], answer: Answer) -> ItemAnswer | None:
    """The answer to a request about one item that has a result with a code and without a number."""
    left = dict(answer.unclaimed)
    if (
        len(asked) > 1
        or answer.items
        or len(left) < len(answer.unclaimed)
        or not left.keys() <= STATUS_FIELDS
    ):
        return None
    status = left.get("status", "")
    code = next((code for code in _ITEM_CODES if str(code) == status), None)
    message = left.get("errmsg", "") or answer.err_msg
    return None if code is None else ItemAnswer(asked[0], code, status, message)


def _distinct(answers: Sequence[ItemAnswer]) -> list[ItemAnswer]:
    """The answers of one item that differ by more than the order of their events, which means nothing."""
    if len(answers) < 2:
        return list(answers)
    return list(
        {replace(one, events=tuple(sorted(one.events, key=repr))): one for one in reversed(answers)}.values()
    )


def _speaks_for_its_item(answer: Answer, item: ItemAnswer | None) -> bool:
    if answer.status not in _ITEM_CODES:
        return False
    return item is None or (not item.status_text and not has_history(item))


def _result(item: ItemAnswer, rejects: list[Reject]) -> ItemResult:
    def reject(why: Why, *values: str, cause: Reason | None = None) -> None:
        rejects.append(Reject(item.item_no, Reason(why, values, cause), fragment(item)))

    if item.contradictions:
        reject(Why.CONTRADICTION, "; ".join(item.contradictions))
        return ItemResult(ResultKind.UNANSWERED)
    if item.status is None:
        status = Reason(Why.NO_STATUS)
        if item.status_text:
            status = Reason(Why.STATUS_UNREADABLE, (repr(item.status_text),))
        if not has_history(item):
            reject(Why.SAYS_NOTHING, cause=status)
            return ItemResult(ResultKind.UNANSWERED)
        reject(Why.READ_AS_SUCCESS, cause=status)
        return ItemResult(ResultKind.ANSWERED, StatusCode.SUCCESS, item.err_msg, item)
    if item.status == StatusCode.SUCCESS:
        return ItemResult(ResultKind.ANSWERED, StatusCode.SUCCESS, item.err_msg, item)
    try:
        code = StatusCode(item.status)
    except ValueError:
        reject(Why.STATUS_UNKNOWN, str(item.status))
        return ItemResult(ResultKind.ASK_LATER, item.status, item.err_msg)
    message = item.err_msg or code.meaning
    if code.is_about_an_item and has_history(item):
        reject(Why.STATUS_AND_HISTORY, describe(code))
        return ItemResult(ResultKind.ASK_LATER)
    if code is StatusCode.UNKNOWN_ITEM:
        return ItemResult(ResultKind.NOT_FOUND, code, message)
    if code.closes_item:
        return ItemResult(ResultKind.ASK_LATER, code, message)
    if code is StatusCode.INVALID_INPUT:
        reject(Why.ITEM_REFUSED, describe(code))
        return ItemResult(ResultKind.ASK_TOMORROW, code, message)
    return ItemResult(ResultKind.NOT_SERVED)
