"""A prepared warehouse to copy, a warm process to fork runs from, and what a run leaves that was not killed."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.crash.fork_server import ForkServer, fork_server
from tests.crash.run import REPLAY, TRACK_NOW
from tests.crash.stage import Stage, derange, prepare, staged, track_now
from tests.crash.tables import Tables
from tests.helpers.fresh_database import fresh_database

MakeStage = Callable[[], AbstractContextManager[Stage]]


@pytest.fixture(scope="session")
def runs() -> Iterator[ForkServer]:
    """Starts runs, each a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="hkpost-crash-"))
    with fork_server(folder) as made:
        yield made
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def make_stage(pg_url: str, migrated_template: str, runs: ForkServer) -> Iterator[MakeStage]:
    """Makes a stage on a copy of one prepared warehouse."""
    with fresh_database(pg_url, migrated_template) as prepared:
        prepare(prepared, runs)
        yield copies(pg_url, prepared, runs)


@pytest.fixture(scope="session")
def make_deranged_stage(pg_url: str, make_stage: MakeStage, runs: ForkServer) -> Iterator[MakeStage]:
    """Makes a stage after a run, on which a replay has everything to do."""
    with make_stage() as stage:
        stage.run()
        derange(stage)
        stage.engine.dispose()
        yield copies(pg_url, stage.url, runs)


def copies(pg_url: str, template: str, runs: ForkServer) -> MakeStage:
    """Makes stages on copies of a warehouse, with the service of the third generation."""

    @contextmanager
    def make() -> Iterator[Stage]:
        with fresh_database(pg_url, str(make_url(template).database)) as url, staged(url, runs, 2) as stage:
            yield stage

    return make


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


@pytest.fixture(scope="session")
def track_now_uninterrupted(make_stage: MakeStage) -> dict[str, Uninterrupted]:
    """A track-now to its end: the boundaries of its first and its last step, and the tables after the latter."""
    first, *_, last = TRACK_NOW
    with make_stage() as stage:
        marked = track_now(stage)
        released = stage.run(steps=[last])
        tables = stage.tables()
        return {first: Uninterrupted(tables, marked), last: Uninterrupted(tables, released)}


@pytest.fixture(scope="session")
def replay_uninterrupted(make_deranged_stage: MakeStage) -> Uninterrupted:
    with make_deranged_stage() as stage:
        before = stage.tables()
        met = stage.run(steps=REPLAY)
        tables = stage.tables()
        changed = {name for name in tables if tables[name] != before[name]}
        assert changed >= {"fact_tracking_event", "mail_item", "item_state_change", "rejected_record"}
        stage.run(steps=REPLAY)
        assert stage.tables() == tables, "a second replay changes nothing"
        return Uninterrupted(tables, met)
