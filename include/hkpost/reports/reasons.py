"""Why something could not be used, in three languages."""

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_SENTENCES: Final = Path(__file__).with_name("reasons.csv")


def in_languages(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with `reason_e`, `reason_c` and `reason_s` for the columns `reason`, `reason_code` and `reason_values`.

    What the service or a database said stays as it is. Rows from before codes were kept have English alone; the other
    two are None then.
    """
    others = {name: value for name, value in row.items() if not name.startswith("reason")}
    code, values = row["reason_code"], row["reason_values"]
    said = {f"reason_{suffix}": _sentence(code, values, suffix) for suffix in ("c", "s")}
    return {**others, "reason_e": row["reason"], **said}


def _sentence(code: str | None, values: Sequence[str], suffix: str) -> str | None:
    """A reason in a language; behind its own values are the code and the values of the reason behind it."""
    if code not in _sentences():
        return None
    sentence = _sentences()[code][f"name_{suffix}"]
    has_cause = "{why}" in sentence
    own = sentence.count("{") - has_cause
    cause = _sentence(values[own], values[own + 1 :], suffix) if has_cause else ""
    return None if cause is None else sentence.format(*values[:own], why=cause)


@cache
def _sentences() -> dict[str | None, dict[str, str]]:
    with _SENTENCES.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file)}
