"""A prepared warehouse to copy, a warm process to fork runs from, and what a run leaves that nobody killed."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fresh_database import fresh_database
from sqlalchemy import make_url

from crash.nursery import Nursery, nursery
from crash.stage import Stage, prepare, staged
from crash.tables import Tables

MakeStage = Callable[[], AbstractContextManager[Stage]]


@pytest.fixture(scope="session")
def runs() -> Iterator[Nursery]:
    """Starts runs, each a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="hkpost-crash-"))
    with nursery(folder) as made:
        yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def make_stage(pg_url: str, migrated_template: str, runs: Nursery) -> Iterator[MakeStage]:
    """Makes a stage on a copy of one prepared warehouse."""
    with fresh_database(pg_url, migrated_template) as prepared:
        prepare(prepared, runs)

        @contextmanager
        def make() -> Iterator[Stage]:
            with (
                fresh_database(pg_url, str(make_url(prepared).database)) as url,
                staged(url, runs, 2) as stage,
            ):
                yield stage

        yield make


@dataclass(frozen=True)
class Uninterrupted:
    """A run to its end: the tables afterwards, and the boundaries that it met in their order."""

    tables: Tables
    met: list[tuple[str, str]]


@pytest.fixture(scope="session")
def uninterrupted(make_stage: MakeStage) -> Uninterrupted:
    with make_stage() as stage:
        met = stage.run()
        tables = stage.tables()
        seen = len(stage.service.seen)
        stage.run()
        assert len(stage.service.seen) == seen, "nothing is left to be asked"
        assert stage.tables() == tables, "a second run changes nothing"
        return Uninterrupted(tables, met)
