"""docs/distributed.md names every statement that meets one of the documented limits."""

import re

import pytest

from .conftest import PROJECT

PAGE = (PROJECT / "docs" / "distributed.md").read_text(encoding="utf-8")
CORE = PROJECT / "include" / "hkpost"
STATEMENTS = {
    file.name: re.sub("--.*", "", file.read_text(encoding="utf-8"))
    for file in CORE.rglob("*.sql")
    if "migrations" not in file.parts
}
LIMITS = {
    "row locks": r"\bFOR (NO KEY )?(UPDATE|SHARE)\b",
    "recursion": r"\bWITH RECURSIVE\b",
    "grouping sets": r"\bGROUPING SETS\b|\bROLLUP\b|\bCUBE\b",
    "another item number": r"UPDATE hkpost\.mail_item AS item\s+SET item_no =",
    "locks of one machine": r"\bLOCK TABLE\b|\bpg_(try_)?advisory",
    "samples": r"\bTABLESAMPLE\b",
}


@pytest.mark.parametrize("limit", LIMITS)
def test_each_statement_that_meets_a_limit_is_named(limit: str) -> None:
    found = {name for name, sql in STATEMENTS.items() if re.search(LIMITS[limit], sql)}
    assert {name for name in found if f"`{name}`" not in PAGE} == set()


def test_each_statement_that_is_named_is_there() -> None:
    assert set(re.findall(r"`(\w+\.sql)`", PAGE)) <= STATEMENTS.keys()
