"""Every block of SQL in docs/cookbook.md runs as an analyst's and gives what its sample shows."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine

from .conftest import PROJECT, analyst

COOKBOOK = PROJECT / "docs" / "cookbook.md"
BLOCK = re.compile(
    r"## (?P<title>\d+\. [^\n]+)\n.*?```sql\n(?P<sql>.*?)```\n\n```text\n(?P<sample>.*?)```", re.DOTALL
)
RECIPES = [match.groupdict() for match in BLOCK.finditer(COOKBOOK.read_text(encoding="utf-8"))]
ROWS_SHOWN = 8


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, timedelta):
        return f"{value.days} days {value.seconds // 3600:02}:{value.seconds // 60 % 60:02}"
    return str(value)


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [list(columns), *[[cell(value) for value in row] for row in rows[:ROWS_SHOWN]]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(columns))]
    shown = [
        " | ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    shown.insert(1, "-+-".join("-" * width for width in widths))
    return "\n".join([*shown, *(["…"] if len(rows) > ROWS_SHOWN else [])]) + "\n"


def run(demo: Engine, sql: str) -> tuple[list[str], list[Sequence[object]]]:
    with analyst(demo) as connection:
        result = connection.exec_driver_sql(sql.replace("%", "%%"))
        return list(result.keys()), [tuple(row) for row in result]


def test_there_are_at_least_fifteen_questions_and_none_lacks_its_sql_or_its_sample() -> None:
    titles = re.findall(r"^## (\d+\. .*)$", COOKBOOK.read_text(encoding="utf-8"), re.MULTILINE)
    assert [recipe["title"] for recipe in RECIPES] == titles
    assert len(RECIPES) >= 15


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["title"].split(".")[0])
def test_a_recipe_answers_with_the_columns_of_its_sample(
    demo: Engine, recipe: dict[str, str], request: pytest.FixtureRequest
) -> None:
    columns, rows = run(demo, recipe["sql"])
    assert rows, "the demo has an answer to each question"
    if request.config.getoption("--write-docs"):
        text = COOKBOOK.read_text(encoding="utf-8")
        before = f"```sql\n{recipe['sql']}```\n\n```text\n"
        start = text.index(before) + len(before)
        end = text.index("```", start)
        COOKBOOK.write_text(text[:start] + table(columns, rows) + text[end:], encoding="utf-8")
        return
    head, *body = recipe["sample"].splitlines()
    assert [name.strip() for name in head.split("|")] == columns
    assert len(body) > 1
