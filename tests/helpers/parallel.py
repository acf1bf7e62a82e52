"""How the tests are shared out to processes that run side by side (`make test`, by pytest-xdist).

A file's tests stay in one process, and so do those of a folder that share a running system; what takes longest
starts first, because the last to start decides when the whole ends.
"""

import os

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

SHARED_SYSTEM = ("page", "workers", "crash", "docs")
LONGEST_FIRST = ("page", "crash", "pipeline", "workers", "dispatch", "bench", "local")


def folder_of(nodeid: str) -> str:
    """The folder below `tests` that a test is in; blank for one beside the folders."""
    path = nodeid.partition("::")[0].split("/")
    return path[1] if len(path) > 2 else ""


def group_of(nodeid: str) -> str:
    """What a test runs in one process with."""
    folder = folder_of(nodeid)
    return folder if folder in SHARED_SYSTEM else nodeid.partition("::")[0]


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One process more than there are processors: many tests wait for a service, a browser or Airflow."""
    return (os.cpu_count() or 1) + 1


def pytest_configure(config: pytest.Config) -> None:
    """The order of the groups is that of the collection."""
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first."""
    rank = {folder: place for place, folder in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: rank.get(folder_of(item.nodeid), len(rank)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Share out by group."""
    scheduler = LoadScopeScheduling(config, log)
    scheduler._split_scope = group_of
    return scheduler
