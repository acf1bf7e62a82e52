"""The list of what could not be used, page by page and as CSV."""

from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.exc import DataError

from hkpost.reports.headings import LANGUAGES, column_words, heading, on_clock
from hkpost.reports.paging import PAGE_ROWS, mark, no_mark, read_mark
from hkpost.reports.read_only import query, read_only
from hkpost.reports.reasons import in_languages
from hkpost.reports.spreadsheet import MOST_ROWS, csv_file

_SHOWN: Final = ("last_at", "source", "item_no", "reason", "times", "call_id", "account", "rejected_at")
_REASON: Final = ("reason", "reason_code", "reason_values")
_FIRST: Final = {"key": None, "value": None}
_ROWS_A_CHUNK: Final = 1_000


def rejected_page(engine: Engine, after: str = "") -> dict[str, Any]:
    """Up to `PAGE_ROWS` rejects after the mark `after`, the latest first, and the mark of the next page, '' at the end.

    Raises:
        UnknownPage: `after` is no mark of a page.
    """
    given = read_mark(after) or _FIRST
    with read_only(engine) as connection:
        try:
            result = connection.execute(query("rejected"), {**given, "at_most": PAGE_ROWS + 1})
        except DataError:
            raise no_mark(after) from None
        found = result.mappings().all()
    last = found[PAGE_ROWS - 1] if len(found) > PAGE_ROWS else None
    return {
        "rows": [
            in_languages({column: row[column] for column in (*_SHOWN, *_REASON)}) for row in found[:PAGE_ROWS]
        ],
        "next": mark(last["rejected_id"], last["last_at"]) if last else "",
    }


def rejected_csv(engine: Engine, zone: ZoneInfo, language: str) -> IO[bytes]:
    """All of them as a CSV file; `language` is a key of `LANGUAGES`. It is complete and open at its beginning.

    Raises:
        SQLAlchemyError: the warehouse failed, whatever was read before.
    """
    suffix = LANGUAGES[language]
    words = column_words(suffix)
    with read_only(engine) as connection:
        streamed = {"stream_results": True, "max_row_buffer": _ROWS_A_CHUNK}
        values = {**_FIRST, "at_most": MOST_ROWS}
        found = connection.execute(query("rejected"), values, execution_options=streamed)
        lines = (
            [_cell(row, column, suffix, words, zone) for column in _SHOWN]
            for row in map(dict, found.mappings())
        )
        return csv_file([heading(column, words, zone) for column in _SHOWN], lines)


def _cell(row: Mapping[str, Any], column: str, suffix: str, words: dict[str, str], zone: ZoneInfo) -> object:
    value = row[column]
    if column == "reason":
        return in_languages(row)[f"reason_{suffix}"] or value
    if column == "source":
        return words[value]
    return on_clock(value, zone) if isinstance(value, datetime) else value
