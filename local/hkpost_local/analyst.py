"""The analysts' login on this machine: a member of `hkpost_analyst` with a schema of its own for what it makes."""

from pathlib import Path
from typing import Any, cast

from psycopg import Connection, sql
from sqlalchemy import URL, Engine

from hkpost_local.private_file import write_private

LOGIN = "analyst"
OWN_SCHEMA = "marts"
SEARCH_PATH = ("hkpost", "shop", OWN_SCHEMA, "public")


def let_analyst_in(warehouse: Engine, password: str) -> None:
    """Make the login, or give it its password, search path and rights again.

    It reads what `hkpost_analyst` reads and the shop's table, and may write in its own schema only.
    The server is sent the password's SCRAM verifier, so that the password itself is in no statement and no log.
    """
    with warehouse.begin() as connection:
        psycopg: Connection[Any] = cast("Connection[Any]", connection.connection.driver_connection)
        verifier = psycopg.pgconn.encrypt_password(
            password.encode(), LOGIN.encode(), b"scram-sha-256"
        ).decode()
        if psycopg.execute("SELECT FROM pg_roles WHERE rolname = %s", [LOGIN]).fetchone() is None:
            psycopg.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(LOGIN)))
        for statement in (
            "ALTER ROLE {login} LOGIN PASSWORD {verifier}",
            "GRANT hkpost_analyst TO {login}",
            "ALTER ROLE {login} IN DATABASE {database} SET search_path = {path}",
            "GRANT USAGE ON SCHEMA shop TO {login}",
            "GRANT SELECT ON ALL TABLES IN SCHEMA shop TO {login}",
            "CREATE SCHEMA IF NOT EXISTS {own} AUTHORIZATION {login}",
        ):
            psycopg.execute(
                sql.SQL(statement).format(
                    login=sql.Identifier(LOGIN),
                    verifier=sql.Literal(verifier),
                    database=sql.Identifier(warehouse.url.database or ""),
                    path=sql.SQL(", ").join(map(sql.Identifier, SEARCH_PATH)),
                    own=sql.Identifier(OWN_SCHEMA),
                )
            )


def analyst_url(owner: URL, password: str) -> URL:
    """The address that any tool takes, `postgresql://…`, of the database that `owner` names."""
    return owner.set(drivername="postgresql", username=LOGIN, password=password)


def keep_analyst_url(folder: Path, url: URL) -> tuple[Path, bool]:
    """Write the address with its password into `folder`; returns the file, and whether it is new there."""
    file = folder / "analyst.url"
    is_new = not file.exists()
    write_private(file, url.render_as_string(hide_password=False))
    return file, is_new
