"""Texts without what varies in them: item numbers and dates inside a wording become placeholders."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from hkpost.parse.rows import Texts

_MONTH: Final = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DATE: Final = (
    rf"(?:[0-9]{{1,2}}[-/ ]{_MONTH}[-/ ,]+[0-9]{{4}}"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
    r"|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    r"|[0-9]{4}\s?年\s?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日)"
    r"(?:\s+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
# 13 characters of which 8 or more are digits: UPU S10 and the domestic numbers of the same length.
_ITEM: Final = r"(?=(?:[A-Z]*[0-9]){8})[A-Z0-9]{13}"
_VARIABLE: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:(?P<item>{_ITEM})|(?P<date>(?i:{_DATE})))(?![A-Za-z0-9])", re.ASCII
)
_DIGIT: Final = re.compile("[0-9]")
_BRACE: Final = re.compile("[{}]")
_PLACEHOLDER: Final = re.compile(r"\{([0-9]+)\}")
_BLANKS: Final = re.compile(r"\s+")
_OPENING: Final = re.compile(r"\s*[(（]\s*")
_CLOSING: Final = re.compile(r"\s*[)）]")
_BLANKS_IN_CHINESE: Final = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])"
)
_FINAL_STOPS: Final = " .。．｡"


@lru_cache(maxsize=1 << 16)
def template_of(text: str) -> str:
    """A text as the wording ledger writes it: `{item}` and `{date}` for what varies, blanks (full-width ones
    too) collapsed, none beside a Chinese character, brackets written (…), no full stop at the end. Its case is
    kept; matching ignores it.

    >>> template_of("The item ( RE113184005HK ) left Hong Kong for its destination on  10-Oct-2015 .")
    'The item ({item}) left Hong Kong for its destination on {date}'
    """
    if _DIGIT.search(text):
        text = _VARIABLE.sub(lambda match: "{item}" if match["item"] else "{date}", text)
    text = _CLOSING.sub(")", _OPENING.sub(" (", _BLANKS.sub(" ", text)))
    return _BLANKS_IN_CHINESE.sub("", text).strip().rstrip(_FINAL_STOPS)


@lru_cache(maxsize=1 << 16)
def split_text(e: str, c: str, s: str) -> tuple[Texts, tuple[str, ...] | None]:
    """A message's three texts as a row of `dim_event_text`, and the parameters that fill it again.

    Item numbers and dates become `{1}`, `{2}`… counted through e, then c, then s; everything else is verbatim.
    The parameters are None when there are none. Texts with a brace of their own are kept whole, with None.
    `fill_text` gives back exactly what came in.
    """
    if not _DIGIT.search(e + c + s) or _BRACE.search(e + c + s):
        return Texts(e, c, s), None
    params: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        params.append(match[0])
        return f"{{{len(params)}}}"

    return Texts(*(_VARIABLE.sub(placeholder, text) for text in (e, c, s))), tuple(params) or None


def fill_text(template: str, params: Sequence[str] | None) -> str:
    """One template of `dim_event_text` with its parameters: what `hkpost.fill_template` does in SQL."""
    if params is None:
        return template
    return _PLACEHOLDER.sub(lambda match: params[int(match[1]) - 1], template)
