"""Export: facts, items, changes of state and dimensions as Parquet files, of which only what changed is written.

    <folder>/fact_tracking_event/month=2026-11/rows.parquet      (dimensions: <folder>/dim_place/rows.parquet)
    <folder>/_manifest.json                                      what is there, by file: rows and version

All files show the warehouse at one moment. They are written below `_unfinished`, which readers pass over as they do
every name with a line before it, and take their places only when all are whole: who reads a folder meanwhile finds
each file whole, the old one or the new one. The manifest comes last: an export that was killed is done again.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from hkpost.jobs.parquet import values_of, write_parquet
from hkpost.jobs.progress import Progress
from hkpost.warehouse.export.reading import MONTH_OF, Column, Part, columns_of, hold_still, parts_of, rows_of

ROWS_AT_ONCE = 50_000
"""Rows in memory at a time, and in a row group of a file: some tens of megabytes."""
_MANIFEST, _UNFINISHED = "_manifest.json", "_unfinished"
_NO_MONTH = "__HIVE_DEFAULT_PARTITION__"


@dataclass(slots=True)
class ExportSummary:
    """What one export did."""

    files_written: int = 0
    rows_written: int = 0
    files_unchanged: int = 0
    files_removed: int = 0


def export_parquet(
    engine: Engine, folder: Path, *, report: Callable[[str], None], rows_at_once: int = ROWS_AT_ONCE
) -> ExportSummary:
    """Bring the files in `folder` to what the warehouse holds now.

    One export at a time into a folder; it may be killed and repeated.

    Args:
        engine: the warehouse; its login reads the tables (hkpost_analyst may).
        folder: a `Path`, or whatever behaves like one, Airflow's `ObjectStoragePath` for example.
        report: gets a line now and then.
        rows_at_once: rows in memory at a time.
    """
    known = _read_manifest(folder)
    summary = ExportSummary()
    files: dict[str, dict[str, Any]] = {}
    staged: dict[str, Path] = {}
    _clear(folder)
    (folder / _UNFINISHED).mkdir(parents=True, exist_ok=True)
    with engine.connect() as connection, connection.begin():
        hold_still(connection)
        columns = {table: columns_of(connection, table) for table in MONTH_OF}
        parts = [part for table in MONTH_OF for part in parts_of(connection, table)]
        files = {_name(part): _state(part, columns[part.table]) for part in parts}
        changed = [part for part in parts if _is_changed(folder, part, known, files)]
        progress = Progress("rows exported", report)
        progress.total = sum(part.rows for part in changed)
        for number, part in enumerate(changed):
            staged[_name(part)] = folder / _UNFINISHED / f"{number}.parquet"
            _write(connection, part, columns[part.table], staged[_name(part)], progress, rows_at_once)
    for name, unfinished in staged.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished.replace(target)
    for name in known.keys() - files.keys():
        (folder / name).unlink(missing_ok=True)
        summary.files_removed += 1
    _write_manifest(folder, files)
    summary.files_written, summary.rows_written = len(staged), progress.done
    summary.files_unchanged = len(files) - len(staged)
    report(
        f"exported {summary.rows_written:,} rows into {summary.files_written:,} files;"
        f" {summary.files_unchanged:,} had not changed, {summary.files_removed:,} are no more"
    )
    return summary


def counts(summary: ExportSummary) -> dict[str, int]:
    """The summary by name."""
    return asdict(summary)


def _name(part: Part) -> str:
    """A part's place in the folder, as Hive, Spark, Trino and DuckDB read months from it."""
    if MONTH_OF[part.table] is None:
        return f"{part.table}/rows.parquet"
    return (
        f"{part.table}/month={part.month:%Y-%m}/rows.parquet"
        if part.month
        else (f"{part.table}/month={_NO_MONTH}/rows.parquet")
    )


def _state(part: Part, columns: list[Column]) -> dict[str, Any]:
    """How a part stands; other columns than before make every file of the table another."""
    shape = hashlib.sha256(repr(columns).encode()).hexdigest()[:8]
    return {"rows": part.rows, "version": f"{part.version}-{shape}"}


def _is_changed(folder: Path, part: Part, known: Mapping[str, Any], files: Mapping[str, Any]) -> bool:
    name = _name(part)
    return known.get(name) != files[name] or not (folder / name).exists()


def _write(
    connection: Connection,
    part: Part,
    columns: list[Column],
    target: Path,
    progress: Progress,
    rows_at_once: int,
) -> None:
    def batches() -> Any:
        for rows in rows_of(connection, part, values_of(columns), rows_at_once):
            yield rows
            progress.advance(len(rows))

    with target.open("wb") as file:
        write_parquet(file, columns, batches())


def _read_manifest(folder: Path) -> dict[str, dict[str, Any]]:
    manifest = folder / _MANIFEST
    if not manifest.exists():
        return {}
    files: dict[str, dict[str, Any]] = json.loads(manifest.read_text())["files"]
    return files


def _write_manifest(folder: Path, files: Mapping[str, Any]) -> None:
    unfinished = folder / _UNFINISHED / _MANIFEST
    unfinished.write_text(json.dumps({"made_at": datetime.now(UTC).isoformat(), "files": files}, indent=1))
    unfinished.replace(folder / _MANIFEST)


def _clear(folder: Path) -> None:
    """Remove what an export left that was killed."""
    unfinished = folder / _UNFINISHED
    for left in list(unfinished.iterdir()) if unfinished.exists() else ():
        left.unlink()
