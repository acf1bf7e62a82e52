"""The export as Parquet: it says what the warehouse says, writes only what changed, and may be killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import duckdb
import pytest
from airflow.sdk import ObjectStoragePath
from airflow.sdk.io import attach
from fsspec.implementations.memory import MemoryFileSystem
from sqlalchemy import Engine, text

from hkpost.jobs.export import ExportSummary, export_parquet
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.export.reading import MONTH_OF
from tests.helpers.warehouse_by_hand import Warehouse

EXPECTED = {
    "facts": "SELECT event_type, count(*), min(event_time), max(event_date) FROM {fact_tracking_event}"
    " WHERE retracted_at IS NULL GROUP BY 1 ORDER BY 1",
    "states": "SELECT state, count(*), sum(event_count) FROM {mail_item} GROUP BY 1 ORDER BY 1",
    "texts": "SELECT item_no, sequence_no, message_c FROM {fact_tracking_event} JOIN {dim_event_text} USING (text_id)"
    " WHERE retracted_at IS NULL ORDER BY item_no, event_time",
    "changes": "SELECT to_state, count(*) FROM {item_state_change} GROUP BY 1 ORDER BY 1",
}


@pytest.fixture
def engine(warehouse_url: str) -> Iterator[Engine]:
    """A warehouse with events of two months, a retracted one, a text with odd letters and a change of state."""
    engine = warehouse_engine(warehouse_url)
    with engine.connect() as connection:
        warehouse = Warehouse(connection)
        for item_no, day in (("RB000000010HK", "2026-03-01"), ("RB000000023HK", "2026-04-30")):
            warehouse.item(item_no)
            warehouse.event(item_no, f"{day} 11:00", "EMA", ('Posted, "so"\n', "已投寄", ""))
            warehouse.event(item_no, f"{day} 12:00", "EMC", ("Left {1}", "離開", ""), text_params=[item_no])
        warehouse.run(
            "INSERT INTO hkpost.item_state_change (item_no, changed_at, to_state)"
            " VALUES ('RB000000010HK', '2026-03-31 23:30+00', 'in_transit')"
        )
        connection.commit()
    yield engine
    engine.dispose()


def export(engine: Engine, folder: Path) -> ExportSummary:
    return export_parquet(engine, folder, report=lambda line: None, rows_at_once=1)


def parquet(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table in MONTH_OF:
        if (folder / table).exists():
            connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{folder}/{table}/**/*.parquet')")
    return connection


def read(sql: str) -> list[Any]:
    return duckdb.connect().execute(sql).fetchall()


def answers(engine: Engine, folder: Path) -> dict[str, tuple[list[Any], list[Any]]]:
    duck, found = parquet(folder), {}
    with engine.connect() as connection:
        for name, question in EXPECTED.items():
            ours = question.format(**{table: f"hkpost.{table}" for table in MONTH_OF})
            theirs = question.format(**{table: table for table in MONTH_OF})
            found[name] = (
                [tuple(row) for row in connection.execute(text(ours))],
                duck.execute(theirs).fetchall(),
            )
    return found


def test_duckdb_reads_from_the_files_what_sql_reads_from_the_tables(engine: Engine, tmp_path: Path) -> None:
    export(engine, tmp_path)
    for name, (ours, theirs) in answers(engine, tmp_path).items():
        assert ours, name
        assert theirs == ours, name
    months = read(f"SELECT DISTINCT month FROM '{tmp_path}/fact_tracking_event/*/*.parquet' ORDER BY 1")
    assert months == [("2026-03",), ("2026-04",)]


def test_an_instant_that_no_calendar_has_is_null_and_its_row_is_there(engine: Engine, tmp_path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO hkpost.mail_item (item_no, registered_at, next_poll_at)"
                " VALUES ('RB000000037HK', 'infinity', 'infinity'), ('RB000000045HK', '20000-01-01', NULL)"
            )
        )
    export(engine, tmp_path)
    without = f"'{tmp_path}/mail_item/month=__HIVE_DEFAULT_PARTITION__/*.parquet'"
    assert read(f"SELECT item_no, registered_at, next_poll_at FROM {without} ORDER BY 1") == [
        ("RB000000037HK", None, None),
        ("RB000000045HK", None, None),
    ]


def test_only_the_months_whose_rows_changed_are_written_again(engine: Engine, tmp_path: Path) -> None:
    first = export(engine, tmp_path)
    assert first.files_unchanged == 0
    assert export(engine, tmp_path) == ExportSummary(0, 0, first.files_written, 0)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE hkpost.fact_tracking_event SET retracted_at = now() WHERE event_date = '2026-04-30'")
        )
    assert export(engine, tmp_path) == ExportSummary(1, 2, first.files_written - 1, 0)
    (tmp_path / "mail_item").rename(tmp_path / "lost")
    assert export(engine, tmp_path).files_written >= 1
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM hkpost.fact_tracking_event WHERE event_date = '2026-03-01'"))
    assert export(engine, tmp_path).files_removed == 1
    ours, theirs = answers(engine, tmp_path)["states"]
    assert theirs == ours


class Killed(BaseException):
    """Stands for the end of the process."""


class MortalFolder:
    """A folder whose `deadly`-th step of writing a file or moving it to its place never happens."""

    def __init__(self, path: Path, left: list[int]) -> None:
        self.path, self._left = path, left

    def __truediv__(self, name: str) -> "MortalFolder":
        return MortalFolder(self.path / name, self._left)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.path, name)

    @property
    def parent(self) -> "MortalFolder":
        return MortalFolder(self.path.parent, self._left)

    def _step(self) -> None:
        self._left[0] -= 1
        if self._left[0] < 0:
            raise Killed

    def open(self, mode: str) -> IO[Any]:
        self._step()
        return self.path.open(mode)

    def replace(self, target: "MortalFolder") -> None:
        self._step()
        self.path.replace(target.path)


def test_an_export_killed_at_any_step_leaves_each_file_whole_and_is_done_again(
    engine: Engine, tmp_path: Path
) -> None:
    export(engine, tmp_path)
    for steps in range(10):
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE hkpost.fact_tracking_event SET location_code = :n"), {"n": str(steps)}
            )
        facts = f"'{tmp_path}/fact_tracking_event/**/*.parquet'"
        try:
            export(engine, cast("Path", MortalFolder(tmp_path, [steps])))
        except Killed:
            assert read(f"SELECT count(*) FROM {facts}") == [(4,)]
            export(engine, tmp_path)
            assert read(f"SELECT DISTINCT location_code FROM {facts}") == [(str(steps),)]
            assert list((tmp_path / "_unfinished").iterdir()) == []
            continue
        break
    assert steps == 5, "two files written, both moved, and the manifest"


def test_it_goes_into_a_store_that_airflow_knows(engine: Engine, tmp_path: Path) -> None:
    attach("memory", fs=MemoryFileSystem())
    folder = ObjectStoragePath("memory://bucket/hkpost")
    written = export(engine, cast("Path", folder)).files_written
    assert export(engine, cast("Path", folder)).files_unchanged == written
    copy = tmp_path / "facts.parquet"
    copy.write_bytes((folder / "fact_tracking_event" / "month=2026-03" / "rows.parquet").read_bytes())
    assert read(f"SELECT count(*) FROM '{copy}'") == [(2,)]


def test_every_dimension_is_exported(engine: Engine) -> None:
    with engine.connect() as connection:
        names = connection.execute(
            text(
                "SELECT relname FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace AND relname LIKE 'dim\\_%'"
                " AND relkind = 'r'"
            )
        ).scalars()
        assert set(names) <= MONTH_OF.keys()
