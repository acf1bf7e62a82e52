"""`make sql`: a SQL shell on the warehouse, as an analyst or as the owner of the tables."""

import os
import shutil
import subprocess
import sys

from sqlalchemy import URL, text

from hkpost.commands.connection_url import VARIABLE
from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.analyst import SEARCH_PATH, analyst_url
from hkpost_local.paths import state_folder
from hkpost_local.postgres_programs import WHEELS_PROGRAMS
from hkpost_local.secrets_file import secrets_of
from hkpost_local.warehouse_address import warehouse

_MAY_BE_ANALYST = """
    SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'hkpost_analyst' AND pg_has_role(oid, 'MEMBER'))
"""
_IS_LOGIN_MADE = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'analyst')"


def sql(login: str = "analyst") -> int:
    """Open psql on the warehouse as ``analyst``, or as ``owner``; returns psql's exit code.

    Of a warehouse that the environment names the connection's own login is used, with no more than an analyst's
    rights where it may have them.

    :raises RuntimeError: no such login, or the analysts' is not made yet.
    """
    if login not in ("analyst", "owner"):
        raise RuntimeError(
            f"ROLE={login} is no login: ROLE=owner is the owner of the tables, without it an analyst"
        )
    with warehouse() as url:
        options = f"-c search_path={','.join(SEARCH_PATH)}"
        if login == "analyst" and os.environ.get(VARIABLE):
            options += " -c role=hkpost_analyst" if _says(url, _MAY_BE_ANALYST) else ""
        elif login == "analyst":
            if not _says(url, _IS_LOGIN_MADE):
                raise RuntimeError(
                    "the analysts' login is not made yet: `make up` or `make demo` makes it; "
                    "`make sql ROLE=owner` opens a shell as the owner"
                )
            url = analyst_url(url, secrets_of(state_folder()).analyst_password)
        print(f"as {url.username}; the owner's shell: make sql ROLE=owner", file=sys.stderr)
        return subprocess.run(
            [_program()], env={**os.environ, **_libpq(url, options)}, check=False
        ).returncode


def _says(url: URL, question: str) -> bool:
    engine = warehouse_engine(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text(question)))
    finally:
        engine.dispose()


def _program() -> str:
    wheels = WHEELS_PROGRAMS / "psql"
    program = str(wheels) if wheels.exists() else shutil.which("psql")
    if program is None:
        raise FileNotFoundError("no psql: neither the embedded PostgreSQL's nor one on the PATH")
    return program


def _libpq(url: URL, options: str) -> dict[str, str]:
    """The address as libpq's environment, where other users of the machine do not see it."""
    fields = {
        "PGHOST": url.host,
        "PGPORT": url.port or 5432,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGOPTIONS": options,
        **{f"PG{name.upper()}": value for name, value in url.query.items() if name.startswith("ssl")},
    }
    return {name: str(value) for name, value in fields.items() if value is not None}
