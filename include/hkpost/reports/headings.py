"""The words of a CSV file in the reader's language, and its times on the reader's clock."""

import csv
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

LANGUAGES: Final = {"en": "e", "zh-Hant": "c", "zh-Hans": "s"}
"""What ends the columns of each language."""
_COLUMNS: Final = Path(__file__).with_name("columns.csv")


@cache
def column_words(suffix: str) -> dict[str, str]:
    """The names of columns, and of what stands in them, in the language of a suffix."""
    with _COLUMNS.open(encoding="utf-8", newline="") as file:
        return {row["name"]: row[f"name_{suffix}"] for row in csv.DictReader(file)}


def heading(column: str, words: dict[str, str], zone: ZoneInfo) -> str:
    """The name of a column, of an instant with its time zone."""
    return f"{words[column]} ({zone.key})" if column.endswith("_at") else words[column]


def on_clock(instant: datetime, zone: ZoneInfo) -> str:
    """An instant as people of a time zone write it, to the minute."""
    return f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
