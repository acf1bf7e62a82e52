"""Sending a file that is whole."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import IO

from fastapi.responses import StreamingResponse

_PIECE_BYTES = 64 * 1024


def csv_answer(file: IO[bytes], name: str) -> StreamingResponse:
    """Send a complete CSV file, and close it.

    Nothing is sent before all of it is read: once a status has left, a middleware (Airflow has one) ends a
    broken answer as if it were whole.
    """
    day = datetime.now(UTC).date().isoformat()
    return StreamingResponse(
        _pieces(file),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="hkpost-{name}-{day}.csv"'},
    )


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
