"""The rooms of the project and the imports between them, from the code itself, as a Mermaid flowchart."""

import ast
from collections.abc import Iterator
from pathlib import Path

from hkpost_local.paths import PROJECT

CORE = PROJECT / "include" / "hkpost"


class UpwardImport(ValueError):
    """Two rooms import each other, directly or through others: there is no order of floors."""


def rooms() -> dict[str, Path]:
    """The folders that are drawn, by name: the DAGs, Airflow's side, and each room of the core."""
    inner = {path.parent.name: path.parent for path in sorted(CORE.glob("*/__init__.py"))}
    return {"dags": PROJECT / "dags", "hkpost_airflow": PROJECT / "plugins" / "hkpost_airflow", **inner}


def imports() -> set[tuple[str, str]]:
    """The pairs of rooms of which the first imports the second."""
    known = rooms()
    return {
        (room, target)
        for room, folder in known.items()
        for file in folder.rglob("*.py")
        for module in _modules(file)
        if (target := module.removeprefix("hkpost.").partition(".")[0]) in known and target != room
    }


def floors() -> list[list[str]]:
    """The rooms from the top floor down: each imports only rooms that lie below it.

    Raises:
        UpwardImport: there is no such order.
    """
    arrows = imports()
    below = {room: {to for start, to in arrows if start == room} for room in rooms()}
    placed: list[list[str]] = []
    while below:
        lowest = [room for room, targets in below.items() if not targets & below.keys()]
        if not lowest:
            raise UpwardImport(f"no order of floors: {', '.join(below)} import each other")
        placed.insert(0, lowest)
        for room in lowest:
            del below[room]
    return placed


def drawing() -> str:
    """The rooms as a Mermaid flowchart, floor by floor; an arrow is an import."""
    lines = ["```mermaid", "flowchart TB"]
    for number, floor in enumerate(floors()):
        lines += [f"  subgraph floor{number} [ ]", *(f"    {room}" for room in floor), "  end"]
    lines += [f"  {start} --> {to}" for start, to in sorted(imports())]
    return "\n".join([*lines, "```", ""])


def _modules(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "hkpost":
            yield from (f"hkpost.{name.name}" for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
