"""Brings a warehouse to the newest schema: tables, partitions, seeds, views and privileges."""

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DependentObjectsStillExist, InvalidTableDefinition
from sqlalchemy.dialects.postgresql import insert

from hkpost.warehouse.engine import run_script, warehouse_engine
from hkpost.warehouse.journey import DERIVATION, rebuild_journeys
from hkpost.warehouse.partitions import ensure_days_ahead, ensure_fact_window
from hkpost.warehouse.seed import seed, seed_digest
from hkpost.warehouse.tables import SCHEMA, applied_file

log = logging.getLogger(__name__)

OLDEST_SERVER = 14
_FOLDER = Path(__file__).parent
VIEWS = sorted((_FOLDER / "views").glob("*.sql"))
FUNCTIONS = sorted((_FOLDER / "functions").glob("*.sql"))
"""Functions that read the views. Those that the tables themselves need are in the migrations."""


class UnfitDatabaseError(RuntimeError):
    """The database cannot hold the warehouse; the message says why and what to do."""


def migrate(url: str) -> list[str]:
    """Bring the warehouse at `url` (a PostgreSQL URL) to the newest schema, in one transaction.

    Safe to repeat and to run twice at once; well below a second when there is nothing to do. Returns
    what was done and what an administrator should know, a line each. Raises UnfitDatabaseError when
    the server is older than 14 or the database's encoding is not UTF8, and SQLAlchemy's errors when
    the user may not do what is needed (own the schema `hkpost`, or create it).
    """
    engine = warehouse_engine(url)
    try:
        with engine.begin() as connection, _warnings_of(connection) as warnings:
            done = _migrate(connection)
    finally:
        engine.dispose()
    for line in done:
        log.info("%s", line)
    for line in warnings:
        log.warning("%s", line)
    return done + warnings


def _migrate(connection: sa.Connection) -> list[str]:
    _check_server(connection)
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('hkpost.migrate', 0))"))
    if not _may_change(connection):
        return _only_partitions(connection)
    done = _upgrade(connection)
    if _differs(connection, "seed", digest := seed_digest()):
        seed(connection)
        _note(connection, "seed", digest)
        done.append("dimensions, wording ledger and settings seeded")
    done += _partitions(connection)
    if _differs(connection, "journeys", digest := _digest(DERIVATION)):
        if connection.scalar(sa.text("SELECT EXISTS (SELECT FROM hkpost.mail_item)")):
            log.info("making item_journey from all events: a minute or so for ten million")
            done.append(f"{rebuild_journeys(connection):,} rows of item_journey written")
        _note(connection, "journeys", digest)
    digest = _digest(VIEWS + FUNCTIONS)
    if _differs(connection, "views", digest) or _is_any_missing(connection):
        for view in VIEWS:
            _replace_view(connection, view)
        for function in FUNCTIONS:
            _replace_function(connection, function)
        _note(connection, "views", digest)
        done.append(f"{len(VIEWS)} views written")
    run_script(connection, _FOLDER / "roles.sql")
    return done


def _check_server(connection: sa.Connection) -> None:
    number, encoding, name = connection.execute(
        sa.text(
            "SELECT current_setting('server_version_num')::integer / 10000,"
            " current_setting('server_encoding'), current_database()"
        )
    ).one()
    if number < OLDEST_SERVER:
        raise UnfitDatabaseError(f"the warehouse needs PostgreSQL {OLDEST_SERVER} or newer; this is {number}")
    if encoding != "UTF8":
        raise UnfitDatabaseError(
            f"the database {name} has the encoding {encoding}, which cannot hold Chinese texts beside others:"
            " make one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0"
        )


def _may_change(connection: sa.Connection) -> bool:
    """Whether the schema is the user's own, or is yet to be made."""
    return bool(
        connection.scalar(
            sa.text(
                "SELECT coalesce(bool_and(pg_has_role(nspowner, 'USAGE')), true)"
                " FROM pg_namespace WHERE nspname = :schema"
            ),
            {"schema": SCHEMA},
        )
    )


def _only_partitions(connection: sa.Connection) -> list[str]:
    """What a user does who does not own the schema: nothing, if it is at its newest, but partitions ahead.

    Raises UnfitDatabaseError when it is not.
    """
    head = ScriptDirectory.from_config(_config(connection)).get_current_head()
    at = _revision(connection)
    digests = {"seed": seed_digest(), "journeys": _digest(DERIVATION), "views": _digest(VIEWS + FUNCTIONS)}
    differing = [name for name, digest in digests.items() if _differs(connection, name, digest)]
    if at != head or differing:
        what = (
            f"is at {at}, and this version needs {head}"
            if at != head
            else f"has other {', '.join(differing)}"
        )
        raise UnfitDatabaseError(
            f"the schema {SCHEMA} {what}; it is not this user's to change: let its owner run `make migrate`"
            " (AIRFLOW_CONN_HKPOST_WAREHOUSE with the owner's login)"
        )
    return _partitions(connection)


def _partitions(connection: sa.Connection) -> list[str]:
    made = ensure_fact_window(connection) + ensure_days_ahead(connection)
    return [f"{len(made)} partitions made"] if made else []


def _config(connection: sa.Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER / "migrations").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: sa.Connection) -> list[str]:
    # Not CREATE SCHEMA IF NOT EXISTS: that asks for the right to create even where nothing is to be.
    if connection.scalar(sa.text("SELECT to_regnamespace(:schema) IS NULL"), {"schema": SCHEMA}):
        connection.execute(sa.schema.CreateSchema(SCHEMA))
        connection.execute(
            sa.text("COMMENT ON SCHEMA hkpost IS 'Hongkong Post mail tracking: items, events, requests.'")
        )
    before = _revision(connection)
    command.upgrade(_config(connection), "head")
    after = _revision(connection)
    return [] if after == before else [f"schema {SCHEMA} is at {after}"]


def _revision(connection: sa.Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    return context.get_current_revision()


def _replace_view(connection: sa.Connection, view: Path) -> None:
    """Write a view; where its columns changed, drop it first (other people's views may forbid that)."""
    try:
        with connection.begin_nested():
            run_script(connection, view)
    except sa.exc.DBAPIError as error:
        if not isinstance(error.orig, InvalidTableDefinition):
            raise
    else:
        return
    try:
        connection.execute(sa.text(f'DROP VIEW "{SCHEMA}"."{view.stem}"'))
    except sa.exc.DBAPIError as error:
        if not isinstance(error.orig, DependentObjectsStillExist):
            raise
        raise UnfitDatabaseError(
            f"the columns of {SCHEMA}.{view.stem} change, and a view of your own is built on it:"
            f" drop that one, migrate, and make it again. {error.orig}"
        ) from error
    run_script(connection, view)


def _replace_function(connection: sa.Connection, function: Path) -> None:
    """Write a function; its file drops the one before, which other people's views may forbid."""
    try:
        run_script(connection, function)
    except sa.exc.DBAPIError as error:
        if not isinstance(error.orig, DependentObjectsStillExist):
            raise
        raise UnfitDatabaseError(
            f"the function {SCHEMA}.{function.stem} changes, and a view of your own is built on it:"
            f" drop that one, migrate, and make it again. {error.orig}"
        ) from error


def _is_any_missing(connection: sa.Connection) -> bool:
    names = [("to_regclass", view) for view in VIEWS] + [("to_regproc", function) for function in FUNCTIONS]
    return any(
        connection.scalar(sa.text(f"SELECT {lookup}(:name) IS NULL"), {"name": f"{SCHEMA}.{file.stem}"})
        for lookup, file in names
    )


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _differs(connection: sa.Connection, name: str, digest: str) -> bool:
    known = connection.scalar(sa.select(applied_file.c.digest).where(applied_file.c.name == name))
    return known != digest


def _note(connection: sa.Connection, name: str, digest: str) -> None:
    values = {"digest": digest, "applied_at": sa.func.now()}
    statement = insert(applied_file).values(name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


@contextmanager
def _warnings_of(connection: sa.Connection) -> Iterator[list[str]]:
    """Collect what the server warns of (an `.sql` file's RAISE WARNING)."""
    warnings: list[str] = []

    def keep(diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING" and diagnostic.message_primary:
            warnings.append(diagnostic.message_primary)

    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"the warehouse is reached with psycopg 3, not {type(driver).__name__}")
    driver.add_notice_handler(keep)
    try:
        yield warnings
    finally:
        driver.remove_notice_handler(keep)
