"""The schema's revision: what the warehouse has, and what this code needs.

Code that is older than the warehouse writes into tables whose rules it does not know, and code that is newer finds
tables missing: both stop before the first write.
"""

from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hkpost.warehouse import before_baseline
from hkpost.warehouse.tables import SCHEMA, applied_file

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
BASELINE = Path(__file__).parent / "baseline"
MIGRATE = "`python -m hkpost migrate`"
RELEASE = f"hkpost-tracking {version('hkpost-tracking')}"


class UnfitDatabaseError(RuntimeError):
    """The database cannot hold the warehouse, or not for this code; the message says why and what to do."""


def alembic_config() -> "Config":
    """Return Alembic's configuration, without a connection."""
    from alembic.config import (
        Config,  # here, as below: a DAG file that names an operator does not wait for it
    )

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions that this code knows, the newest first: each file's name begins with its own."""
    files = (MIGRATIONS / "versions").glob("[0-9]*_*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))


def revision(connection: sa.Connection) -> str | None:
    """Return the warehouse's revision, None when it has no tables yet.

    Raises:
        UnfitDatabaseError: this code does not know it, because newer code has migrated the warehouse, or because
            it is from before the first release.
    """
    if connection.scalar(sa.text("SELECT to_regclass('hkpost.alembic_version') IS NULL")):
        return None
    at: str | None = connection.scalar(sa.text("SELECT max(version_num) FROM hkpost.alembic_version"))
    if at is None or at in known_revisions() or at in before_baseline.revisions():
        return at
    newest, baseline = known_revisions()[0], known_revisions()[-1]
    if at < baseline:
        raise UnfitDatabaseError(
            f"the schema {SCHEMA} is at revision {at}, which no release had, and {RELEASE} goes on from those of"
            f" 0.1.0 ({before_baseline.RELEASED}) and later: nothing is written. Bring it to"
            f" {before_baseline.RELEASED} with the code of 0.1.0 first (docs/upgrade.md, From before 0.1.0)"
        )
    maker = connection.scalar(sa.select(applied_file.c.digest).where(applied_file.c.name == "release"))
    raise UnfitDatabaseError(
        f"the schema {SCHEMA} is at revision {at}, made by {maker or 'a newer version'}, and this is {RELEASE}, which"
        f" knows it up to {newest}: nothing is written. Install the version of the warehouse or a newer"
        " one here, on every machine that runs Airflow's services (docs/upgrade.md), and run this again"
    )


def let_the_owner(connection: sa.Connection) -> str:
    """Return in words who has to migrate: the login that owns the schema, or the database where there is none."""
    owner = connection.scalar(
        sa.text(
            "SELECT coalesce((SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = :schema),"
            " (SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()))"
        ),
        {"schema": SCHEMA},
    )
    return f"Let its owner, the login {owner}, run {MIGRATE} (docs/roles.md, In production)"


def check_current(connection: sa.Connection) -> None:
    """Make sure that the warehouse has the schema that this code needs.

    Raises:
        UnfitDatabaseError: it is older or newer; the message names both and says what to do.
    """
    at, newest = revision(connection), known_revisions()[0]
    if at != newest:
        has = f"is at revision {at}" if at else "is not there yet"
        raise UnfitDatabaseError(
            f"the schema {SCHEMA} {has}, and {RELEASE} needs {newest}: nothing is written. {let_the_owner(connection)}"
        )
