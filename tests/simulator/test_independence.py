"""The simulator is a second reading of the specification: it shares its status codes, its limits and the WSDL."""

import ast
import sys
from importlib.resources import files
from pathlib import Path

SHARED = ("hkpost.ecship.status", "hkpost.ecship.limits")
PACKAGE = Path(str(files("hkpost_simulator")))


def _imports(source: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_it_needs_the_standard_library_lxml_and_what_the_specification_fixes() -> None:
    for path in PACKAGE.glob("*.py"):
        for name in _imports(path.read_text(encoding="utf-8")):
            root = name.partition(".")[0]
            allowed = root in sys.stdlib_module_names or root == "lxml"
            assert allowed or name.startswith(("hkpost_simulator", *SHARED)), f"{path.name}: {name}"
