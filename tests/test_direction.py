"""Three floors, one direction: dags import plugins, plugins import include, include imports nothing of ours."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
CORE = PROJECT / "include" / "hkpost"
AIRFLOW_SIDE = PROJECT / "plugins" / "hkpost_airflow"
LONGEST_FILE = 300


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found
    return found


def roots(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(file)}


@pytest.mark.parametrize("file", files(CORE), ids=str)
def test_the_core_imports_neither_airflow_nor_the_floors_above(file: Path) -> None:
    assert not roots(file) & {"airflow", "hkpost_airflow", "hkpost_local"}


@pytest.mark.parametrize("file", files(AIRFLOW_SIDE), ids=str)
def test_airflows_side_imports_no_dag_and_no_local_command(file: Path) -> None:
    assert not roots(file) & {"dags", "hkpost_local"}


@pytest.mark.parametrize("file", files(PROJECT / "dags"), ids=str)
def test_a_dag_is_composition_it_imports_operators_and_not_the_core(file: Path) -> None:
    assert not roots(file) & {"hkpost", "hkpost_local"}


@pytest.mark.parametrize("file", [*files(CORE), *files(AIRFLOW_SIDE)], ids=str)
def test_nothing_in_production_imports_the_simulator(file: Path) -> None:
    if (CORE / "simulator") in file.parents:
        return
    assert not [name for name in imports(file) if name.startswith("hkpost.simulator")]


FORBIDDEN = {
    "contract": ("hkpost.warehouse", "sqlalchemy"),
    "client": ("hkpost.warehouse", "hkpost.dispatch", "sqlalchemy"),
    "dispatch": ("hkpost.normalise", "hkpost.lifecycle", "zeep", "lxml"),
    "parse": ("hkpost.client", "hkpost.warehouse", "httpx", "sqlalchemy"),
    "normalise": ("hkpost.client", "hkpost.warehouse", "httpx", "sqlalchemy"),
    "lifecycle": ("hkpost.client", "hkpost.warehouse", "httpx", "sqlalchemy"),
    "warehouse": ("hkpost.client", "hkpost.dispatch", "httpx", "zeep"),
}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_each_room_keeps_to_its_own(room: str) -> None:
    for file in files(CORE / room):
        for name in imports(file):
            assert not any(name == other or name.startswith(other + ".") for other in FORBIDDEN[room]), file


@pytest.mark.parametrize("file", files(CORE), ids=str)
def test_a_file_of_the_core_is_one_idea_and_not_long(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
