"""docs/data-dictionary.md is what the comments of the warehouse say; the model and the views' document name all."""

import re
from itertools import groupby

import pytest
from sqlalchemy import Engine, text

from hkpost_local.dictionary import dictionary

from .conftest import PROJECT

DICTIONARY = PROJECT / "docs" / "data-dictionary.md"
MODEL = PROJECT / "docs" / "data-model.md"
VIEWS = PROJECT / "docs" / "views.md"


def test_the_dictionary_is_that_of_the_warehouse(demo: Engine, request: pytest.FixtureRequest) -> None:
    with demo.connect() as connection:
        written = dictionary(connection)
    if request.config.getoption("--write-docs"):
        DICTIONARY.write_text(written, encoding="utf-8")
    assert DICTIONARY.read_text(encoding="utf-8") == written, (
        "make test ARGS='tests/docs --write-docs' writes it again"
    )


def test_the_diagram_names_tables_and_columns_that_are_there(demo: Engine) -> None:
    with demo.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT table_name, column_name FROM information_schema.columns"
                " WHERE table_schema = 'hkpost' ORDER BY table_name"
            )
        ).all()
    columns = {
        name: {row.column_name for row in group}
        for name, group in groupby(rows, key=lambda row: row.table_name)
    }
    diagram = MODEL.read_text(encoding="utf-8")
    entities = re.findall(r"^    (\w+) \{\n(.*?)^    \}", diagram, re.MULTILINE | re.DOTALL)
    assert len(entities) >= 12
    for name, body in entities:
        named = set(re.findall(r"^        \w+ (\w+)", body, re.MULTILINE))
        assert named <= columns[name], name
    ends = re.findall(r"^    (\w+) [|}o]{2}--[|{o]{2} (\w+) :", diagram, re.MULTILINE)
    assert {end for pair in ends for end in pair} == {name for name, _ in entities}


def test_the_model_names_every_table_in_the_diagram_or_below_it(demo: Engine) -> None:
    with demo.connect() as connection:
        tables = set(
            connection.scalars(
                text(
                    "SELECT relname FROM pg_class WHERE relnamespace = 'hkpost'::regnamespace"
                    " AND relkind IN ('r', 'p') AND NOT relispartition"
                )
            )
        )
    model = MODEL.read_text(encoding="utf-8")
    drawn = re.findall(r"^    (\w+) \{$", model, re.MULTILINE)
    listed = [
        name
        for cell in re.findall(r"^\| (`.*?`) \|", model, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", cell)
    ]
    assert sorted([*drawn, *listed]) == sorted(tables)


def test_the_document_on_views_lists_every_view(demo: Engine) -> None:
    with demo.connect() as connection:
        views = connection.scalars(
            text("SELECT table_name FROM information_schema.views WHERE table_schema = 'hkpost'")
        ).all()
    [table] = re.findall(r"\| view \| the question .*?\n\n", VIEWS.read_text(encoding="utf-8"), re.DOTALL)
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(views)
