"""The list of what could not be used, page by page and as CSV."""

from typing import IO, Any, Final

from sqlalchemy import Engine
from sqlalchemy.exc import DataError

from hkpost.reports.paging import PAGE_ROWS, mark, no_mark, read_mark
from hkpost.reports.read_only import query, read_only
from hkpost.reports.spreadsheet import MOST_ROWS, csv_file

_SHOWN: Final = ("last_at", "source", "item_no", "reason", "times", "call_id", "account", "rejected_at")
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
        "columns": _SHOWN,
        "rows": [{column: row[column] for column in _SHOWN} for row in found[:PAGE_ROWS]],
        "next": mark(last["rejected_id"], last["last_at"]) if last else "",
    }


def rejected_csv(engine: Engine) -> IO[bytes]:
    """All of them as a CSV file.

    Raises:
        SQLAlchemyError: the warehouse failed, whatever was read before.
    """
    with read_only(engine) as connection:
        streamed = {"stream_results": True, "max_row_buffer": _ROWS_A_CHUNK}
        values = {**_FIRST, "at_most": MOST_ROWS}
        result = connection.execute(query("rejected"), values, execution_options=streamed)
        return csv_file(_SHOWN, ([row[column] for column in _SHOWN] for row in result.mappings()))
