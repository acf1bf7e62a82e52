"""Views and functions: written from their files, each after those that it reads."""

import re
from graphlib import TopologicalSorter
from pathlib import Path

import sqlalchemy as sa
from psycopg.errors import DependentObjectsStillExist, InvalidFunctionDefinition, InvalidTableDefinition

from hkpost.warehouse.engine import run_script
from hkpost.warehouse.revision import UnfitDatabaseError
from hkpost.warehouse.tables import SCHEMA

_FOLDER = Path(__file__).parent
VIEWS = sorted((_FOLDER / "views").glob("*.sql"))
FUNCTIONS = sorted((_FOLDER / "functions").glob("*.sql"))
"""Functions that read the views. Those that the tables themselves need are in the migrations."""

_KIND = {"views": "VIEW", "functions": "FUNCTION"}
_COMMENT_OR_TEXT = re.compile(r"--[^\n]*|'(?:[^']|'')*'")


def in_order() -> list[Path]:
    """Return the files of all views and functions, each after those that it reads."""
    files = {file.stem: file for file in VIEWS + FUNCTIONS}
    return [files[name] for name in TopologicalSorter(_reads()).static_order()]


def is_any_missing(connection: sa.Connection) -> bool:
    """Whether the database lacks one of them."""
    names = [("to_regclass", view) for view in VIEWS] + [("to_regproc", function) for function in FUNCTIONS]
    return any(
        connection.scalar(sa.text(f"SELECT {lookup}(:name) IS NULL"), {"name": f"{SCHEMA}.{file.stem}"})
        for lookup, file in names
    )


def write_views_and_functions(connection: sa.Connection) -> None:
    """Write each of them; what changes its columns is dropped first, with those of ours that read it.

    Raises:
        UnfitDatabaseError: somebody else's view stands on one that has to be dropped.
    """
    for file in in_order():
        try:
            with connection.begin_nested():
                run_script(connection, file)
        except sa.exc.DBAPIError as error:
            if not isinstance(error.orig, InvalidTableDefinition | InvalidFunctionDefinition):
                raise
            _drop_with_readers(connection, file)
            run_script(connection, file)


def drop_views_and_functions(connection: sa.Connection) -> None:
    """Drop all of them: a revision does that before it takes a column away; they are written after it.

    Raises:
        UnfitDatabaseError: somebody else's view stands on one of them.
    """
    for file in reversed(in_order()):
        _drop(connection, file)


def _reads() -> dict[str, set[str]]:
    """Which others of ours each of them reads: those that its SQL names outside of comments and texts."""
    bare = {
        file.stem: _COMMENT_OR_TEXT.sub("", file.read_text(encoding="utf-8")) for file in VIEWS + FUNCTIONS
    }
    return {
        name: {other for other in re.findall(rf"\b{SCHEMA}\.(\w+)", sql) if other in bare and other != name}
        for name, sql in bare.items()
    }


def _drop_with_readers(connection: sa.Connection, changed: Path) -> None:
    """Drop one and all that read it, directly or not, the last reader first: their turn to be written comes."""
    reads, dropped = _reads(), [changed]
    for file in in_order():
        if reads[file.stem] & {one.stem for one in dropped}:
            dropped.append(file)
    for file in reversed(dropped):
        _drop(connection, file)


def _drop(connection: sa.Connection, file: Path) -> None:
    kind = _KIND[file.parent.name]
    try:
        connection.execute(sa.text(f'DROP {kind} IF EXISTS "{SCHEMA}"."{file.stem}"'))
    except sa.exc.DBAPIError as error:
        if not isinstance(error.orig, DependentObjectsStillExist):
            raise
        raise UnfitDatabaseError(
            f"the columns of {SCHEMA}.{file.stem} change, and a view of your own is built on it:"
            f" drop that one, migrate, and make it again. {error.orig}"
        ) from error
