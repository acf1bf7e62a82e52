"""What an answer means for its request: the ledger's outcome, and what the run does next."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from hkpost.ecship.address import address
from hkpost.ecship.exchange import HttpAnswer
from hkpost.ecship.headers import retry_after_s
from hkpost.ecship.http import USUAL_CAUSE
from hkpost.ecship.item_number import canonical
from hkpost.ecship.rows import Answer
from hkpost.ecship.status import StatusCode, describe
from hkpost.ecship.unreadable import UnreadableAnswer
from hkpost.ecship.wire import NOT_KEPT
from hkpost.enums import Outcome

Read = Callable[[bytes, str], Answer]


class Action(Enum):
    """What the run does after an answer."""

    DONE = auto()
    RETRY = auto()
    SLOW_DOWN = auto()
    SPLIT = auto()
    SHRINK = auto()
    LEAVE_DUE = auto()
    END_DAY = auto()
    FAIL = auto()


@dataclass(frozen=True, slots=True)
class Classification:
    """The ledger's outcome of one request, what follows, and why in words (never a body).

    `items_answered` is of how many of the items asked about an answer says something, None where nothing was
    answered. `wait_s` is how long the service asks to be left alone, None when it does not say.
    """

    outcome: Outcome
    action: Action
    api_status: int | None = None
    error: str | None = None
    wait_s: float | None = None
    items_answered: int | None = None


def of_http_answer(answer: HttpAnswer, asked: Sequence[str], read: Read) -> Classification:
    """Classify a whole HTTP answer to a request about some items (specification page 6).

    `read` makes rows of its body and content type, or raises UnreadableAnswer.
    """
    if answer.status == 429:
        too_often = "HTTP 429: requests come too often"
        return Classification(
            Outcome.RATE_LIMITED, Action.SLOW_DOWN, error=too_often, wait_s=retry_after_s(answer.headers)
        )
    if 300 <= answer.status < 400:
        return Classification(Outcome.HTTP_REFUSED, Action.FAIL, error=_moved(answer))
    if 200 <= answer.status < 300 or answer.status >= 500:
        down = f"HTTP {answer.status}"
        try:
            rows = read(answer.body, answer.content_type)
        except UnreadableAnswer as unreadable:
            if answer.status < 300 or unreadable.kind == Outcome.SOAP_FAULT:
                return Classification(unreadable.kind, Action.RETRY, error=unreadable.detail)
            down = f"{down}: {unreadable.detail}"
        else:
            if answer.status < 300 or _is_the_services_own(rows):
                said = _of_answer(rows, len(asked))
                if said.action is Action.DONE:
                    return replace(said, items_answered=_items_answered(asked, rows))
                return said
        return Classification(
            Outcome.UNAVAILABLE, Action.RETRY, error=down, wait_s=retry_after_s(answer.headers)
        )
    cause = USUAL_CAUSE.get(answer.status, "the service refuses the request as it is: check host and wsdl")
    return Classification(Outcome.HTTP_REFUSED, Action.FAIL, error=f"HTTP {answer.status}: {cause}")


def of_unkept(said: Classification) -> Classification:
    """Classify an answer of which nothing may be kept: its code counts, but nothing can be loaded."""
    known = said.api_status if said.api_status in frozenset(StatusCode) else None
    if said.action is Action.DONE:
        return Classification(Outcome.REQUEST_REFUSED, Action.FAIL, known, NOT_KEPT)
    words = NOT_KEPT if known is None else f"{describe(known)}; {NOT_KEPT}"
    return replace(said, api_status=known, error=words)


def _moved(answer: HttpAnswer) -> str:
    location = answer.headers.get("location")
    where = f"to {address(location)}" if location else "without saying where to"
    return (
        f"HTTP {answer.status}: the service redirects {where}; the credential is sent to the address of the "
        "connection alone: put the right one into host"
    )


def _is_the_services_own(answer: Answer) -> bool:
    """Whether an answer beside an HTTP error is the service's, and not the error page of what is before it."""
    return bool(answer.items) or answer.status in _FAILING_CODES


def _of_answer(answer: Answer, item_count: int) -> Classification:
    """Classify a readable answer by the request's own status, or by its items' where it has none or 0."""
    status = answer.status
    is_silent = status is None and not answer.status_text
    if answer.items and (is_silent or status == StatusCode.SUCCESS):
        status = _requests_code_on_its_items(answer) or status
        if status is None:
            return Classification(Outcome.ANSWERED, Action.DONE)
    if status is None:
        return _unknown(answer, answer.status_text or "missing")
    try:
        code = StatusCode(status)
    except ValueError:
        return _unknown(answer, str(status))
    if code is StatusCode.SUCCESS:
        return Classification(Outcome.ANSWERED, Action.DONE, int(code))
    words = describe(code)
    if code.is_about_an_item:
        if item_count == 1 or _all_have_own_status(answer, item_count):
            return Classification(Outcome.ANSWERED, Action.DONE, int(code))
        return Classification(
            Outcome.BISECTED, Action.SPLIT, int(code), f"{words}, said of {item_count} items at once"
        )
    if code is StatusCode.INVALID_INPUT:
        if item_count == 1:
            return Classification(
                Outcome.INVALID_INPUT, Action.LEAVE_DUE, int(code), f"{words}: {code.advice}"
            )
        return Classification(Outcome.BISECTED, Action.SPLIT, int(code), words)
    if code is StatusCode.TOO_MANY_ITEMS and item_count == 1:
        return Classification(
            Outcome.TOO_MANY_ITEMS, Action.FAIL, int(code), f"{words}, said of one item: check the WSDL"
        )
    outcome, action = _REQUEST_CODES[code]
    return Classification(outcome, action, int(code), f"{words}: {code.advice}")


_REQUEST_CODES = {
    StatusCode.TOO_FREQUENT: (Outcome.RATE_LIMITED, Action.SLOW_DOWN),
    StatusCode.INVALID_CREDENTIAL: (Outcome.CREDENTIAL_REFUSED, Action.FAIL),
    StatusCode.INVALID_API_FORMAT: (Outcome.REQUEST_REFUSED, Action.FAIL),
    StatusCode.QUOTA_EXCEEDED: (Outcome.QUOTA_EXHAUSTED, Action.END_DAY),
    StatusCode.TOO_MANY_ITEMS: (Outcome.TOO_MANY_ITEMS, Action.SHRINK),
    StatusCode.INVALID_LANGUAGE: (Outcome.REQUEST_REFUSED, Action.FAIL),
    StatusCode.EMPTY_ITEM_ARRAY: (Outcome.REQUEST_REFUSED, Action.FAIL),
    StatusCode.UNAVAILABLE: (Outcome.UNAVAILABLE, Action.RETRY),
}


_ITEM_CODES = frozenset(code for code in StatusCode if code.is_about_an_item)
_FAILING_CODES = frozenset(StatusCode) - {StatusCode.SUCCESS}


def _requests_code_on_its_items(answer: Answer) -> StatusCode | None:
    """The code that is about a request, where an answer that succeeds as a whole says it of every item."""
    said = {item.status for item in answer.items}
    return next((code for code in _REQUEST_CODES if said == {int(code)}), None)


def _items_answered(asked: Sequence[str], answer: Answer) -> int:
    """Of how many of the items asked about (canonical numbers) an answer says something."""
    if len(asked) == 1 and not answer.items:
        return int(bool(answer.unclaimed) or answer.status in _ITEM_CODES)
    answered = {
        canonical("".join(item.item_no.split()))
        for item in answer.items
        if (item.status is not None or item.events or any(item.milestone))
        and item.status not in _REQUEST_CODES
    }
    return len(answered.intersection(asked))


def _all_have_own_status(answer: Answer, item_count: int) -> bool:
    return len(answer.items) >= item_count and all(item.status is not None for item in answer.items)


def _unknown(answer: Answer, status: str) -> Classification:
    message = f" ({answer.err_msg[:200]})" if answer.err_msg else ""
    return Classification(
        Outcome.UNKNOWN_STATUS,
        Action.LEAVE_DUE,
        answer.status,
        f"the request's status is {status}{message}: not in the specification",
    )
