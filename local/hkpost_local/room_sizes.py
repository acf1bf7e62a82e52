"""How large each room is, and how large the rooms were before: files, lines of code, names that a reader meets."""

import ast
import io
import subprocess
import tarfile
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from hkpost_local.paths import PROJECT

BEFORE = "1c573f3"
"""The commit before the rooms were made."""
_CODE = (".py", ".sql")
_FOLDERS = ("include/hkpost", "plugins/hkpost_airflow")


class Size(NamedTuple):
    """A room: its .py and .sql files, their lines without blank ones and comments, its public functions and classes."""

    files: int = 0
    lines: int = 0
    names: int = 0


def comparison() -> str:
    """The rooms at the commit `BEFORE` and now as a Markdown table; git has to know that commit."""
    before, now = sizes(_committed(BEFORE)), sizes(_present())
    rooms = [*sorted(before.keys() | now.keys()), "total"]
    for found in (before, now):
        found["total"] = Size(*map(sum, zip(*found.values(), strict=True)))
    lines = [
        "| room | files before | now | lines of code before | now | public names before | now |",
        "| --- |" + " ---: |" * 6,
    ]
    for room in rooms:
        pairs = zip(before.get(room, Size()), now.get(room, Size()), strict=True)
        lines.append(
            f"| `{room}` | " + " | ".join(f"{n:,}" if n else "" for pair in pairs for n in pair) + " |"
        )
    return "\n".join([*lines, ""])


def sizes(files: Iterable[tuple[PurePosixPath, str]]) -> dict[str, Size]:
    """The size of each room, from its files' paths in the project and their texts."""
    found: defaultdict[str, Size] = defaultdict(Size)
    for path, text in files:
        room = "hkpost_airflow" if path.parts[0] == "plugins" else path.parts[2]
        # The simulator has moved out of the core, and no code is a room of its own.
        if path.suffix in _CODE and room != "simulator" and "." not in room:
            size = Size(1, _lines(text), _public_names(text) if path.suffix == ".py" else 0)
            found[room] = Size(*map(sum, zip(found[room], size, strict=True)))
    return dict(found)


def _lines(text: str) -> int:
    return sum(not line.strip().startswith(("#", "--")) for line in text.splitlines() if line.strip())


def _public_names(text: str) -> int:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return sum(
        isinstance(node, kinds) and not node.name.startswith("_") for node in ast.walk(ast.parse(text))
    )


def _present() -> Iterator[tuple[PurePosixPath, str]]:
    for folder in _FOLDERS:
        for file in (PROJECT / folder).rglob("*"):
            if file.suffix in _CODE:
                yield PurePosixPath(file.relative_to(PROJECT)), file.read_text(encoding="utf-8")


def _committed(commit: str) -> Iterator[tuple[PurePosixPath, str]]:
    command = ["git", "-C", str(PROJECT), "archive", commit, *_FOLDERS]
    archive = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        for member in files:
            content = files.extractfile(member)
            if content is not None and PurePosixPath(member.name).suffix in _CODE:
                yield PurePosixPath(member.name), content.read().decode()
