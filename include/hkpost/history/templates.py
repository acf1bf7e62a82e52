"""Texts without what varies in them: item numbers and dates inside a wording become placeholders."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from hkpost.ecship.rows import Texts

_MONTH: Final = (
    "(?i:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?"
    "|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
)
_DAY: Final = "[0-9]{1,2}(?:st|nd|rd|th)?"
_TIME: Final = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?(?i:[ap]\.?m)\b)?"
_DATE: Final = (
    rf"(?:{_DAY}[-/. ]?\s?{_MONTH}[-/., ]*[0-9]{{4}}"
    rf"|{_DAY}[-/ ]{_MONTH}[-/ ][0-9]{{2}}(?![0-9:])"
    rf"|{_DAY}[-/ ]{_MONTH}"
    rf"|{_MONTH}[-/. ]\s?{_DAY}[-/., ]+[0-9]{{4}}"
    r"|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
    r"|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}"
    r"|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}"
    r"|(?:[0-9]{4}\s?年\s?)?[0-9]{1,2}\s?月\s?[0-9]{1,2}\s?日)"
    rf"(?:(?:,?\s+|T){_TIME})?"
)
# UPU S10 in its groups of digits too, and 13 characters of which 8 or more are digits: domestic numbers.
_ITEM: Final = r"[A-Z]{2}\s?(?:[0-9]\s?){9}[A-Z]{2}|(?=(?:[A-Za-z]*[0-9]){8})[A-Za-z0-9]{13}"
_VARIABLE: Final = re.compile(
    # The second condition only saves trying all that follows where no word begins.
    rf"(?<![A-Za-z0-9])(?=[A-Za-z0-9])(?:(?P<item>{_ITEM})|(?P<date>{_DATE})|(?P<time>{_TIME}))(?![A-Za-z0-9])",
    re.ASCII,
)
_DIGIT: Final = re.compile("[0-9]")
_BRACE: Final = re.compile("[{}]")
_PLACEHOLDER: Final = re.compile(r"\{([0-9]+)\}")
_BRACKET: Final = re.compile("[()（）]")
_OPENING: Final = re.compile(r"\s*[(（]\s*")
_CLOSING: Final = re.compile(r"\s*[)）]")
_BLANKS_IN_CHINESE: Final = re.compile(
    r"(?<=[\u3000-\u9fff\uff00-\uffef]) | (?=[\u3000-\u9fff\uff00-\uffef])"
)
_FINAL_STOPS: Final = " .。．｡"
_ELLIPSES: Final = ("...", "…", "。。。")
_INVISIBLE: Final = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_WIDE: Final = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B) if chr(wide - 0xFEE0).isalnum()}
"""Full-width digits and Latin letters: the form in which Chinese texts may have numbers and dates."""


@lru_cache(maxsize=1 << 16)
def template_of(text: str) -> str:
    """A text as the wording ledger writes it: `{item}`, `{date}` and `{time}` for what varies, blanks (full-width
    ones too) collapsed, none beside a Chinese character, brackets written (…), no full stop at the end, nothing
    invisible. An ellipsis stays: what it leaves out may matter. Matching goes by `casefold_nfkc`.

    >>> template_of("The item ( RE113184005HK ) left Hong Kong for its destination on  10-Oct-2015 .")
    'The item ({item}) left Hong Kong for its destination on {date}'
    """
    if not text.isascii():
        text = strip_invisible(text).translate(_WIDE)
    if _DIGIT.search(text):
        text = _VARIABLE.sub(lambda match: f"{{{match.lastgroup}}}", text)
    text = " ".join(text.split())
    if _BRACKET.search(text):
        text = _CLOSING.sub(")", _OPENING.sub(" (", text))
    if " " in text and not text.isascii():
        text = _BLANKS_IN_CHINESE.sub("", text)
    text = text.strip()
    return text if text.endswith(_ELLIPSES) else text.rstrip(_FINAL_STOPS)


def strip_invisible(text: str) -> str:
    """A text without zero-width blanks, marks of direction and the like."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def casefold_nfkc(text: str) -> str:
    """A text without its case and its compatibility forms (full-width ，is the half-width ,): two texts that are
    casefold_nfkc to the same mean the same."""
    if text.isascii():
        return text.casefold()
    narrow = unicodedata.normalize("NFKC", text)
    small = narrow.casefold()
    # Folding the case of a rare letter may give one that has a compatibility form again.
    return narrow if small == narrow else unicodedata.normalize("NFKC", small).casefold()


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
