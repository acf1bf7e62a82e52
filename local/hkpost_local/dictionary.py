"""The data dictionary: what the comments of the warehouse's tables, views and functions say, as Markdown."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from hkpost.commands.show import query
from hkpost_local.paths import SQL

HEAD = """# Data dictionary

Written from the comments in the database, which `\\d+` in `make sql` shows too;
`make test ARGS="tests/docs --write-docs"` writes it again. *Analysts* marks what the role `hkpost_analyst` may read.
Instants are `timestamptz`; local clock times are `timestamp`, with the zone beside them.
"""


def dictionary(connection: Connection) -> str:
    """The dictionary of a migrated warehouse."""
    return HEAD + "".join(_relations(connection)) + "".join(_functions(connection))


def _relations(connection: Connection) -> Iterator[str]:
    columns, rows = query(connection, SQL / "dictionary.sql")
    named: list[dict[str, Any]] = [dict(zip(columns, row, strict=True)) for row in rows]
    for (name, kind), group in groupby(named, key=lambda row: (row["name"], row["kind"])):
        members = list(group)
        readers = " *Analysts.*" if members[0]["is_for_analysts"] else ""
        yield f"\n## {kind} `{name}`\n\n{members[0]['comment'] or ''}{readers}\n\n"
        # A view's columns are never marked as not null: that says nothing of them.
        null = kind == "table"
        yield f"| column | type |{' null |' if null else ''} meaning |\n| --- | --- |{' --- |' if null else ''} --- |\n"
        for row in members:
            may_be_null = f" {'yes' if row['is_nullable'] else ''} |" if null else ""
            meaning = (row["column_comment"] or "").replace("|", "\\|")
            yield f"| `{row['column_name']}` | {row['type']} |{may_be_null} {meaning} |\n"


def _functions(connection: Connection) -> Iterator[str]:
    yield "\n## functions\n\n| function | what it gives |\n| --- | --- |\n"
    for name, comment in query(connection, SQL / "dictionary_functions.sql")[1]:
        yield f"| `hkpost.{name}` | {(comment or '').replace('|', chr(92) + '|')} |\n"
