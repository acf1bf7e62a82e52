"""A list of items as a CSV file: the columns of the screen, in the reader's language and time zone."""

from datetime import datetime
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from hkpost.reports.filters import ItemFilter
from hkpost.reports.headings import LANGUAGES, column_words, heading, on_clock
from hkpost.reports.items import every_row
from hkpost.reports.read_only import read_only, rows
from hkpost.reports.spreadsheet import MOST_ROWS, csv_file

_SHOWN: Final = (
    *("item_no", "source_ref", "state", "groups", "origin", "destination", "service", "account", "milestone"),
    *("last_event_at", "days_silent", "usual_days", "days_open", "expected_p50_at", "expected_p90_at"),
    *("promised_on", "p_by_promise", "closed_at", "close_reason"),
)


def items_csv(engine: Engine, wanted: ItemFilter, zone: ZoneInfo, language: str) -> IO[bytes]:
    """A whole list; `language` is a key of `LANGUAGES`. The file is complete and open at its beginning.

    Raises:
        BadFilter: what is asked for is not there.
        SQLAlchemyError: the warehouse failed, whatever was read before.
    """
    suffix = LANGUAGES[language]
    with read_only(engine) as connection:
        words = column_words(suffix) | {
            row["state"]: row[f"name_{suffix}"] for row in rows(connection, "states")
        }
        lines = (
            [_cell(row, column, suffix, words, zone) for column in _SHOWN]
            for row in every_row(connection, wanted, MOST_ROWS)
        )
        return csv_file([heading(column, words, zone) for column in _SHOWN], lines)


def _cell(row: dict[str, Any], column: str, suffix: str, words: dict[str, str], zone: ZoneInfo) -> object:
    if column == "milestone":
        return row[f"milestone_{suffix}"] or row["milestone_e"]
    if column in ("origin", "destination"):
        return row[f"{column}_{suffix}"] or row[column]
    value = row[column]
    if column in ("state", "close_reason"):
        return words.get(value, value)
    if column == "groups":
        return ", ".join(words[group] for group in value)
    if isinstance(value, datetime):
        return on_clock(value, zone)
    return value
