"""CSV files for spreadsheets: whole or not at all, and without formulas."""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from tempfile import SpooledTemporaryFile
from typing import IO, Final

_FORMULA: Final = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_BYTES_IN_MEMORY: Final = 8 * 1024 * 1024
"""A file that is larger than this is written to disk."""
MOST_ROWS: Final = 1_000_000
"""A spreadsheet holds no more; what is larger is a question for SQL."""


def csv_file(heading: Sequence[str], lines: Iterable[Sequence[object]]) -> IO[bytes]:
    """Write a CSV file (RFC 4180, UTF-8 with a byte order mark, so that spreadsheets read the Chinese).

    The file is complete, and it is open at its beginning: it is gone when it is closed. A text that a
    spreadsheet would take for a formula is given an apostrophe in front. What `lines` raises is raised.
    """
    with ExitStack() as on_failure:
        file = on_failure.enter_context(SpooledTemporaryFile(_BYTES_IN_MEMORY))
        file.write(BOM_UTF8)
        text = TextIOWrapper(file, encoding="utf-8", newline="")
        written = csv.writer(text)
        written.writerow(heading)
        written.writerows([safe_cell(value) for value in line] for line in lines)
        text.detach()
        file.seek(0)
        on_failure.pop_all()
    return file


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet takes for a formula, whatever blanks stand before its sign."""
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value
