"""docs/configuration.md is what the code takes."""

import re

import pytest
from airflow.dag_processing.dagbag import DagBag

from hkpost_local.reference import VARIABLES, reference

from .conftest import PROJECT

REFERENCE = PROJECT / "docs" / "configuration.md"
DAGS = PROJECT / "dags"


def test_the_reference_is_that_of_the_code(request: pytest.FixtureRequest) -> None:
    bag = DagBag(dag_folder=str(DAGS), bundle_name="dags-folder", bundle_path=DAGS)
    written = reference(bag.dags.values())
    if request.config.getoption("--write-docs"):
        REFERENCE.write_text(written, encoding="utf-8")
    assert REFERENCE.read_text(encoding="utf-8") == written, (
        "make test ARGS='tests/docs --write-docs' writes it again"
    )


def test_the_reference_knows_every_variable_that_the_dags_read() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in DAGS.glob("*.py"))
    assert {f"hkpost_{name}" for name in re.findall(r"TEAM\.variable\('(\w+)'", text)} == set(VARIABLES)
