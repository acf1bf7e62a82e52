"""Lists of what needs a person, page by page and as CSV."""

import json
from typing import IO, Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DataError

from hkpost.reports import spreadsheet
from hkpost.reports.read_only import query, read_only
from hkpost.reports.spreadsheet import MOST_ROWS

LISTS: Final = ("stuck", "expired", "not_found", "rejected")
PAGE_ROWS: Final = 50
_PAGING: Final = ("page_value", "page_key")
"""The last columns of every list's query: where its page ends."""
_ROWS_A_CHUNK: Final = 1_000


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
    """A whole list as a CSV file.

    Raises:
        SQLAlchemyError: the warehouse failed, whatever was read before.
    """
    with read_only(engine) as connection:
        result = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_A_CHUNK).execute(
            query(f"list_{name}"), {**_after(""), "at_most": MOST_ROWS}
        )
        columns = list(result.keys())[: -len(_PAGING)]
        return spreadsheet.csv_file(columns, (row[: len(columns)] for row in result))


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
