"""Item numbers: what may be sent (specification page 4: String, 13) and what UPU S10 says of it."""

import re

from hkpost.ecship.limits import MAX_ITEM_NO_LENGTH
from hkpost.reasons import Reason, Why

_SENDABLE = re.compile(rf"[A-Z0-9]{{1,{MAX_ITEM_NO_LENGTH}}}")
_S10 = re.compile(r"[A-Z]{2}([0-9]{8})([0-9])[A-Z]{2}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)


def canonical(text: str) -> str:
    """Return an item number as it is asked: trimmed, upper case; only plain letters, or ß would become SS."""
    text = text.strip()
    return text.upper() if text.isascii() else text


def refusal(item_no: str) -> Reason | None:
    """Say why a canonical item number is never sent, or None when it may be.

    A failing S10 check digit is no reason: the specification's own example RB000000010HK fails it.
    """
    if not item_no:
        return Reason(Why.BLANK)
    if len(item_no) > MAX_ITEM_NO_LENGTH:
        return Reason(Why.TOO_LONG, (str(len(item_no)), str(MAX_ITEM_NO_LENGTH)))
    if not _SENDABLE.fullmatch(item_no):
        return Reason(Why.CHARACTERS)
    return None


def check_digit_holds(item_no: str) -> bool:
    """Whether an item number has UPU S10's form and its check digit is right."""
    match = _S10.fullmatch(item_no)
    if not match:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(match[1], _S10_WEIGHTS, strict=True))
    expected = {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11)
    return int(match[2]) == expected
