"""Every view, and every question of the cookbook, asked of a warehouse: how long it takes, and by what plan."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg.errors import QueryCanceled
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from bench.views.__main__ import questions

GIVE_UP_MINUTES = 10
_COOKBOOK = Path(__file__).resolve().parents[1] / "docs" / "cookbook.md"
_OF_THE_COOKBOOK = re.compile(
    r"^## (\d+\. [^\n]+)\n(?:(?!^## ).)*?```sql\n(.*?)```", re.MULTILINE | re.DOTALL
)
_VIEWS = "SELECT viewname FROM pg_views WHERE schemaname = 'hkpost' ORDER BY viewname"
_TIME = re.compile(r"Execution Time: ([0-9.]+) ms")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: `milliseconds` by the server's own clock, None when it was given up."""

    name: str
    question: str
    milliseconds: float | None
    plan: str


def ask_all(engine: Engine) -> Iterator[Asked]:
    """Ask each view's documented questions, a view without one whole; then the cookbook's."""
    of_views = questions()
    with engine.connect() as connection:
        views = connection.execute(text(_VIEWS)).scalars().all()
    for view in set(views).difference(name.partition(":")[0] for name in of_views):
        of_views[view] = f"SELECT * FROM hkpost.{view}"  # noqa: S608
    for name in sorted(of_views):
        yield _ask(engine, f"view {name}", of_views[name])
    for title, question in _OF_THE_COOKBOOK.findall(_COOKBOOK.read_text(encoding="utf-8")):
        yield _ask(engine, f"cookbook {title}", question)


def _ask(engine: Engine, name: str, question: str) -> Asked:
    with engine.connect() as connection:
        _run(connection, f"SET LOCAL statement_timeout = '{GIVE_UP_MINUTES}min'")
        try:
            plan = "\n".join(_run(connection, f"EXPLAIN (ANALYZE, BUFFERS) {question}"))
        except OperationalError as error:
            if not isinstance(error.orig, QueryCanceled):
                raise
            return Asked(name, question, None, f"given up after {GIVE_UP_MINUTES} minutes")
    took = _TIME.search(plan)
    return Asked(name, question, float(took[1]) if took else None, plan)


def _run(connection: Connection, sql: str) -> list[str]:
    # Without parameters the driver takes % and : as they are.
    result = connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
    return [str(row[0]) for row in result] if result.returns_rows else []
