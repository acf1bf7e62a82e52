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


def importing(folder: Path, *packages: str) -> list[str]:
    """The files of a folder that import one of some packages or modules, and which."""
    return [
        f"{file.relative_to(PROJECT)} imports {name}"
        for file in files(folder)
        for name in imports(file)
        if any(name == other or name.startswith(other + ".") for other in packages)
    ]


def test_the_core_imports_neither_airflow_nor_the_floors_above() -> None:
    assert importing(CORE, "airflow", "hkpost_airflow", "hkpost_local", "hkpost_simulator") == []


def test_airflows_side_imports_no_dag_and_no_local_command() -> None:
    assert importing(AIRFLOW_SIDE, "dags", "hkpost_local", "hkpost_simulator") == []


def test_a_dag_is_composition_it_imports_operators_and_not_the_core() -> None:
    assert importing(PROJECT / "dags", "hkpost", "hkpost_local", "hkpost_simulator") == []


WIRE = tuple(
    f"hkpost.ecship.{module}"
    for module in ("exchange", "http", "redact", "settings", "soap", "wire", "wires", "answer", "reader")
)
"""What of the service's room is about asking and reading; the rest is what its specification fixes."""
FORBIDDEN = {
    "ecship": ("hkpost.dispatch", "hkpost.history", "hkpost.jobs", "hkpost.warehouse", "sqlalchemy"),
    "dispatch": ("hkpost.ecship.soap", "hkpost.history", "hkpost.jobs", "zeep", "lxml"),
    "history": (*WIRE, "hkpost.warehouse", "hkpost.jobs", "httpx", "sqlalchemy", "lxml"),
    "warehouse": (*WIRE, "hkpost.dispatch", "hkpost.jobs", "hkpost.lanes", "httpx", "lxml", "zeep"),
    "lanes": ("hkpost.ecship", "hkpost.warehouse", "hkpost.jobs", "sqlalchemy", "httpx", "lxml"),
    "jobs": ("hkpost.ecship.soap", "lxml", "zeep", "sqlalchemy.dialects"),
    "reports": ("hkpost.dispatch", "hkpost.history", "hkpost.jobs", "httpx", "lxml", "zeep"),
}


@pytest.mark.parametrize("room", FORBIDDEN)
def test_each_room_keeps_to_its_own(room: str) -> None:
    assert importing(CORE / room, *FORBIDDEN[room]) == []


def test_soap_is_known_in_its_own_folder_where_the_wires_are_listed_and_where_xml_is_read_quicker() -> None:
    found = importing(CORE / "ecship", "zeep", "lxml", "hkpost.ecship.soap")
    outside = {line.split(" imports ")[0] for line in found if "/ecship/soap/" not in line}
    assert outside == {"include/hkpost/ecship/wires.py", "include/hkpost/ecship/reader.py"}


def test_a_file_of_the_core_is_one_idea_and_not_long() -> None:
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files(CORE)}
    assert {file: length for file, length in lengths.items() if length > LONGEST_FILE} == {}
