"""The connection to the warehouse, and running one of the project's `.sql` files on it."""

import re
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

CONNECT_TIMEOUT_S = 10


def warehouse_url(url: str) -> URL:
    """Read a database URL (`postgres://`, `postgresql://`, `postgresql+psycopg://` …) as one for psycopg 3.

    Raises ValueError, without the URL in it, when it cannot be read or is not PostgreSQL's.
    """
    try:
        parsed = make_url(re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", url.strip()))
    except (sa.exc.ArgumentError, ValueError):
        raise ValueError(
            "the warehouse URL cannot be read: it is postgresql://user:password@host:port/database,"
            " with special characters in user and password percent-encoded"
        ) from None
    if parsed.drivername != "postgresql+psycopg":
        raise ValueError(f"the warehouse is PostgreSQL, not {parsed.get_backend_name()}")
    return parsed


def warehouse_engine(url: str) -> sa.Engine:
    """Open a pool of connections to the warehouse (psycopg 3).

    A connection is given up after 10 seconds unless the URL says otherwise. Errors show neither the
    password nor a statement's values (which may be whole answers). Nothing is prepared on the
    server, so that a connection pooler may stand between.
    """
    parsed = warehouse_url(url)
    defaults = {"connect_timeout": str(CONNECT_TIMEOUT_S), "application_name": "hkpost"}
    missing = {name: value for name, value in defaults.items() if name not in parsed.query}
    return sa.create_engine(
        parsed.update_query_dict(missing),
        connect_args={"prepare_threshold": None},
        hide_parameters=True,
        pool_pre_ping=True,
    )


def run_script(connection: sa.Connection, script: Path) -> None:
    """Run a whole `.sql` file, as psql would, in the connection's transaction."""
    text = script.read_text(encoding="utf-8")
    # Without parameters psycopg sends the text as it is: several statements, and % means %.
    connection.exec_driver_sql(text, execution_options={"no_parameters": True})
