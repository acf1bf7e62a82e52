"""Fills the dimensions, the wording ledger and the settings from the CSV files of `hkpost.seeds`."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TypeAlias

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import Insert, insert

from hkpost.history.templates import casefold_nfkc
from hkpost.seeds import seed_rows
from hkpost.warehouse import tables
from hkpost.warehouse.copy import copy_rows
from hkpost.warehouse.statements import statement

_Rows: TypeAlias = Sequence[Mapping[str, str | None]]

SEEDS = Path(__file__).parents[1] / "seeds"
COUNTRY_PACKAGES = ("pycountry", "babel", "tzdata")
"""What the countries' names and zones are taken from: a newer version of one is a newer seed."""

_HISTORY = Path(__file__).parents[1] / "history"
_CODE = (Path(__file__), _HISTORY / "countries.py", _HISTORY / "zones.py")


def seed_digest() -> str:
    """Return a hash (SHA-256, hexadecimal) of everything that `seed` writes."""
    digest = hashlib.sha256()
    for path in [*sorted(SEEDS.glob("*.csv")), *_CODE]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for package in COUNTRY_PACKAGES:
        digest.update(f"{package} {version(package)}\0".encode())
    return digest.hexdigest()


def seed(connection: sa.Connection) -> None:
    """Bring the seeded tables to the content of the files; safe to repeat.

    A row of `setting` or `poll_policy` that a person changed keeps its values (docs/seeds.md).
    """
    _upsert(connection, tables.dim_state, _read("state"), key=["state"])
    connection.execute(statement("refresh_states"))
    _upsert(connection, tables.dim_event_type, _read("event_type"), key=["event_type"])
    _seed_ledger(connection, _read("wording"))
    _seed_countries(connection)
    _seed_calendar(connection)
    # A setting that is blank is one all the same.
    settings = [{**row, "value": row["value"] or ""} for row in _read("setting")]
    _follow(connection, tables.setting, settings, key="name")
    _follow(connection, tables.poll_policy, _read("poll_policy"), key="state")


def _read(name: str) -> list[dict[str, str | None]]:
    """Read `<name>.csv`, an empty field as None."""
    return [{column: value or None for column, value in row.items()} for row in seed_rows(name)]


def _seed_ledger(connection: sa.Connection, lines: list[dict[str, str | None]]) -> None:
    """Write the ledger's lines; a wording that left the file is unclassified again."""
    wording = tables.dim_wording
    connection.execute(
        sa.update(wording).where(wording.c.in_ledger).values(in_ledger=False, event_type="unclassified")
    )
    key = [wording.c.kind, wording.c.lang, sa.func.md5(wording.c.template)]
    _upsert(connection, wording, [{**line, "in_ledger": "true"} for line in lines], key=key)
    # A wording that came in before its line did, in other capitals or widths, means the same.
    meant = {_match_key(line): line["event_type"] for line in lines}
    others = connection.execute(sa.select(wording).where(~wording.c.in_ledger)).mappings().all()
    for other in others:
        if event_type := meant.get(_match_key(dict(other))):
            line = wording.c.wording_id == other["wording_id"]
            connection.execute(sa.update(wording).where(line).values(event_type=event_type))


def _match_key(line: Mapping[str, str | None]) -> tuple[str | None, str | None, str]:
    """What a wording is matched by."""
    return line["kind"], line["lang"], casefold_nfkc(line["template"] or "")


def _seed_countries(connection: sa.Connection) -> None:
    # Imported here: its libraries take longer to load than a migration with nothing to do may take.
    from hkpost.history.countries import country_rows

    rows = [{**row._asdict(), "time_zones": list(row.time_zones)} for row in country_rows()]
    statement = insert(tables.dim_country)
    connection.execute(_on_conflict(statement, ["country_code"], list(rows[0])), rows)
    # The aliases belong to the file alone: one that left it must resolve nothing.
    connection.execute(sa.delete(tables.dim_country_alias))
    _upsert(connection, tables.dim_country_alias, _read("country_alias"), key=["alias"])


def _seed_calendar(connection: sa.Connection) -> None:
    """Write weekends and holidays as the files have them, and nothing else."""
    connection.execute(sa.delete(tables.dim_calendar))
    calendars = [
        {**row, "weekend": f"{{{(row['weekend'] or '').replace(' ', ',')}}}"} for row in _read("calendar")
    ]
    _upsert(connection, tables.dim_calendar, calendars, key=["country"])
    rows = [
        (row["country"], day, row["holiday"]) for row in seed_rows("holiday") for day in row["days"].split()
    ]
    copy_rows(connection, "hkpost.dim_holiday", ("country", "day", "holiday"), rows)


def _follow(connection: sa.Connection, table: sa.Table, rows: _Rows, *, key: str) -> None:
    """Write rows of a table in which a person may change the columns that have a `default_…` beside them."""
    theirs = [name for name in rows[0] if f"default_{name}" in table.c]
    given = [{**row, **{f"default_{name}": row[name] for name in theirs}} for row in rows]
    statement, parameters = _insert(table, given)
    new = {name: statement.excluded[name] for name in given[0]}

    def is_kept(name: str) -> sa.ColumnElement[bool]:
        # A column that is new to a row is no person's, if the rest of the row is the file's.
        others = [table.c[other] == new[other] for other in theirs if other != name]
        is_new = sa.and_(table.c[name].is_(None), table.c[f"default_{name}"].is_(None), *others)
        return sa.and_(table.c.is_edited, is_new.is_not(True))

    kept = {name: sa.case((is_kept(name), table.c[name]), else_=new[name]) for name in theirs}
    connection.execute(
        statement.on_conflict_do_update(index_elements=[key], set_={**new, **kept}), parameters
    )


def _upsert(
    connection: sa.Connection, table: sa.Table, rows: _Rows, *, key: Sequence[str | sa.ColumnElement[object]]
) -> None:
    """Insert rows of text, cast to the columns' types, or put them in the place of those that are there."""
    statement, parameters = _insert(table, rows)
    connection.execute(_on_conflict(statement, key, rows[0]), parameters)


def _insert(table: sa.Table, rows: _Rows) -> tuple[Insert, list[dict[str, str | None]]]:
    columns = list(rows[0])
    values = {
        name: sa.cast(sa.bindparam(f"in_{name}", type_=sa.Text), table.c[name].type) for name in columns
    }
    return insert(table).values(values), [{f"in_{name}": row[name] for name in columns} for row in rows]


def _on_conflict(
    statement: Insert, key: Sequence[str | sa.ColumnElement[object]], columns: Iterable[str]
) -> Insert:
    return statement.on_conflict_do_update(
        index_elements=key, set_={name: statement.excluded[name] for name in columns}
    )
