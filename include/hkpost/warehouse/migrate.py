"""Brings a warehouse to the newest schema: tables, partitions, seeds, views and privileges."""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa
from psycopg.errors import InsufficientPrivilege
from sqlalchemy.dialects.postgresql import insert

from hkpost.warehouse import before_baseline
from hkpost.warehouse.engine import driver_of, run_script, warehouse_engine
from hkpost.warehouse.facts.journeys import DERIVATION, rebuild_journeys
from hkpost.warehouse.maintenance.partitions import ensure_days_ahead, ensure_fact_window
from hkpost.warehouse.revision import (
    RELEASE,
    UnfitDatabaseError,
    alembic_config,
    check_current,
    known_revisions,
    let_the_owner,
    revision,
)
from hkpost.warehouse.seed import seed, seed_digest
from hkpost.warehouse.statements import statement
from hkpost.warehouse.tables import SCHEMA, applied_file
from hkpost.warehouse.view_writer import FUNCTIONS, VIEWS, is_any_missing, write_views_and_functions

log = logging.getLogger(__name__)

OLDEST_SERVER = 14
_ROLES = Path(__file__).with_name("roles.sql")


def migrate(url: str) -> list[str]:
    """Bring the warehouse at `url` (a PostgreSQL URL) to the newest schema, in one transaction.

    Safe to repeat and to run twice at once; well below a second when there is nothing to do. Where something
    changes, loads and replays under way are waited for, and the next ones wait. Returns what was done, a line
    each; what an administrator should know is a warning in the log. A login that does not own the schema
    changes nothing of it.

    Raises:
        UnfitDatabaseError: the server is older than 14, the database's encoding is not UTF8, the schema is newer
            than this code, or older and not this login's to change or to make; the message says who must.
    """
    engine = warehouse_engine(url)
    try:
        with engine.begin() as connection, _warnings_logged(connection):
            return _migrate(connection)
    finally:
        engine.dispose()


def open_migrated(url: str) -> sa.Engine:
    """Open the warehouse to write into it: an older schema is migrated first where the login may do that.

    Raises:
        UnfitDatabaseError: the schema is newer than this code, or older and not this login's to change.
    """
    engine = warehouse_engine(url)
    try:
        with engine.connect() as connection:
            is_current = revision(connection) == known_revisions()[0]
        for line in [] if is_current else migrate(url):
            log.info("%s", line)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _migrate(connection: sa.Connection) -> list[str]:
    _check_server(connection)
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended('hkpost.migrate', 0))"))
    at = revision(connection)
    if not _may_change(connection):
        return _only_partitions(connection)
    is_older = at != known_revisions()[0]
    stale = set(_DIGESTS) if at is None else _differing(connection)
    if at is not None and is_any_missing(connection):
        stale.add("views")
    if is_older or stale:
        # Before anything else is locked: a load that waited for one of our rows while we wait for its end would
        # be a deadlock.
        connection.execute(statement("archive/lock_load"))
    done = _upgrade(connection, at) if is_older else []
    if "seed" in stale:
        seed(connection)
        done.append("dimensions, wording ledger and settings seeded")
    done += _partitions(connection)
    if "journeys" in stale and connection.scalar(sa.text("SELECT EXISTS (SELECT FROM hkpost.mail_item)")):
        log.info("making item_journey from all events: a minute or so for ten million")
        done.append(f"{rebuild_journeys(connection):,} rows of item_journey written")
    if "views" in stale or is_older:
        write_views_and_functions(connection)
        done.append(f"{len(VIEWS)} views written")
    for name in sorted(stale):
        _note(connection, name, _DIGESTS[name]())
    _grant(connection, is_anything_new=is_older or bool(stale))
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
    check_current(connection)
    differing = _differing(connection)
    if "views" in differing:
        raise UnfitDatabaseError(
            f"the views of the schema {SCHEMA} are not those of {RELEASE}: nothing is written."
            f" {let_the_owner(connection)}"
        )
    if differing:
        log.warning(
            "the seed files (include/hkpost/seeds) are not those that the warehouse has, and it keeps its own. %s",
            let_the_owner(connection),
        )
    return _partitions(connection)


def _partitions(connection: sa.Connection) -> list[str]:
    made = ensure_fact_window(connection) + ensure_days_ahead(connection)
    return [f"{len(made)} partitions made"] if made else []


def _upgrade(connection: sa.Connection, at: str | None) -> list[str]:
    # Not CREATE SCHEMA IF NOT EXISTS: that asks for the right to create even where nothing is to be.
    if connection.scalar(sa.text("SELECT to_regnamespace(:schema) IS NULL"), {"schema": SCHEMA}):
        _create_schema(connection)
        connection.execute(
            sa.text("COMMENT ON SCHEMA hkpost IS 'Hongkong Post mail tracking: items, events, requests.'")
        )
    from alembic import command

    if at is not None and at in before_baseline.revisions():
        before_baseline.upgrade(connection, at)
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    _note(connection, "release", RELEASE)
    return [f"schema {SCHEMA} is at {known_revisions()[0]}"]


def _create_schema(connection: sa.Connection) -> None:
    try:
        with connection.begin_nested():
            connection.execute(sa.schema.CreateSchema(SCHEMA))
    except sa.exc.ProgrammingError as error:
        if not isinstance(error.orig, InsufficientPrivilege):
            raise
        raise UnfitDatabaseError(
            f"the schema {SCHEMA} is not there yet, and this login may not make it: {error.orig}."
            f" {let_the_owner(connection)}"
        ) from error


def _grant(connection: sa.Connection, *, is_anything_new: bool) -> None:
    """Set what PUBLIC and the two roles may do, unless all is as the last time left it."""
    file = _digest([_ROLES])
    applied = sa.select(applied_file.c.digest).where(applied_file.c.name == "roles")
    if is_anything_new or connection.scalar(applied) != file + _privileges(connection):
        run_script(connection, _ROLES)
        _note(connection, "roles", file + _privileges(connection))


def _privileges(connection: sa.Connection) -> str:
    return str(connection.execute(statement("privileges")).scalar_one())


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


_DIGESTS: Mapping[str, Callable[[], str]] = {
    "seed": seed_digest,
    "journeys": lambda: _digest(DERIVATION),
    "views": lambda: _digest(VIEWS + FUNCTIONS),
}
"""What belongs to the schema beside its revision, and what says whether the warehouse has it as the files say."""


def _differing(connection: sa.Connection) -> set[str]:
    """What of `_DIGESTS` the warehouse has otherwise."""
    rows = connection.execute(sa.select(applied_file.c.name, applied_file.c.digest))
    applied = {row.name: row.digest for row in rows}
    return {name for name, digest in _DIGESTS.items() if applied.get(name) != digest()}


def _note(connection: sa.Connection, name: str, digest: str) -> None:
    values = {"digest": digest, "applied_at": sa.func.now()}
    statement = insert(applied_file).values(name=name, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


@contextmanager
def _warnings_logged(connection: sa.Connection) -> Iterator[None]:
    """Log what the server warns of (an `.sql` file's RAISE WARNING)."""

    def pass_on(diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            log.warning("%s", diagnostic.message_primary)

    driver = driver_of(connection)
    driver.add_notice_handler(pass_on)
    try:
        yield
    finally:
        driver.remove_notice_handler(pass_on)
