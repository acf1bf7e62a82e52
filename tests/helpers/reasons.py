"""The sentence that the code and the values of a reject give."""

from collections.abc import Sequence

from hkpost.reasons import Reason, Why


def sentence(code: str, values: Sequence[str]) -> str:
    """A reason in English, from what `rejected_record` keeps of it."""
    return str(_reason(code, tuple(values)))


def _reason(code: str, values: tuple[str, ...]) -> Reason:
    why = Why(code)
    own = why.sentence.count("{") - ("{why}" in why.sentence)
    cause = _reason(values[own], values[own + 1 :]) if "{why}" in why.sentence else None
    assert cause or len(values) == own
    return Reason(why, values[:own], cause)
