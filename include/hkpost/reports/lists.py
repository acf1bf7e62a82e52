"""Lists of what needs a person, page by page and as CSV."""

import csv
import json
from codecs import BOM_UTF8
from contextlib import ExitStack
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DataError

from hkpost.reports.read_only import query, read_only

LISTS: Final = ("stuck", "expired", "not_found", "rejected")
PAGE_ROWS: Final = 50
_PAGING: Final = ("page_value", "page_key")
"""The last columns of every list's query: where its page ends."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
_ROWS_A_CHUNK: Final = 1_000
_BYTES_IN_MEMORY: Final = 8 * 1024 * 1024
"""A file that is larger than this is written to disk."""
_MOST_CSV_ROWS: Final = 1_000_000
"""A spreadsheet holds no more; what is larger is a question for SQL."""


class UnknownPage(ValueError):
    """The mark of a page is none that this service gave out."""


def page(engine: Engine, name: str, after: str = "") -> dict[str, Any]:
    """Up to `PAGE_ROWS` rows of a list after the mark `after`, and the mark of the next page, '' at the end.

    Raises:
        UnknownPage: `after` is no mark of a page.
    """
    with read_only(engine) as connection:
        try:
            result = connection.execute(query(f"list_{name}"), {**_after(after), "at_most": PAGE_ROWS + 1})
        except DataError:
            raise _no_mark(after) from None
        columns = list(result.keys())[: -len(_PAGING)]
        found = [dict(row) for row in result.mappings()]
    shown = found[:PAGE_ROWS]
    more = len(found) > PAGE_ROWS
    return {
        "columns": columns,
        "rows": [{column: row[column] for column in columns} for row in shown],
        "next": _mark(shown[-1]) if more else "",
    }


def csv_file(engine: Engine, name: str) -> IO[bytes]:
    """A whole list as a CSV file (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read the Chinese).

    The file is complete, and it is open at its beginning: it is gone when it is closed. A text that a
    spreadsheet would take for a formula is given an apostrophe in front.

    Raises:
        SQLAlchemyError: the warehouse failed, whatever was read before.
    """
    with ExitStack() as on_failure:
        file = on_failure.enter_context(SpooledTemporaryFile(_BYTES_IN_MEMORY))
        file.write(BOM_UTF8)
        text = TextIOWrapper(file, encoding="utf-8", newline="")
        lines = csv.writer(text)
        with read_only(engine) as connection:
            result = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_A_CHUNK).execute(
                query(f"list_{name}"), {**_after(""), "at_most": _MOST_CSV_ROWS}
            )
            columns = list(result.keys())[: -len(_PAGING)]
            lines.writerow(columns)
            lines.writerows([safe_cell(value) for value in row[: len(columns)]] for row in result)
        text.detach()
        file.seek(0)
        on_failure.pop_all()
    return file


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _mark(row: dict[str, Any]) -> str:
    return json.dumps([str(row["page_value"]), str(row["page_key"])])


def _no_mark(mark: str) -> UnknownPage:
    return UnknownPage(f"{mark[:100]!r} is no mark of a page: begin at the first")


def _after(mark: str) -> dict[str, str | None]:
    if not mark:
        return {"after_value": None, "after_key": None}
    try:
        value, key = map(str, json.loads(mark))
        f"{value}{key}".encode()  # half of a surrogate pair is no text
    except (ValueError, TypeError):
        raise _no_mark(mark) from None
    return {"after_value": value, "after_key": key}
