"""The connection to the warehouse, and running one of the project's `.sql` files on it."""

import re
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

CONNECT_TIMEOUT_S = 10
_TRANSACTION = Path(__file__).with_name("begin.sql").read_text(encoding="utf-8")


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

    Each transaction sets what it relies on (`begin.sql`), whatever the login's defaults are. A connection
    is given up after 10 seconds unless the URL says otherwise. Errors show neither the password nor a
    statement's values (which may be whole answers). Nothing is prepared on the server and nothing is kept
    in the session, so that a connection pooler may stand between.
    """
    parsed = warehouse_url(url)
    defaults = {"connect_timeout": str(CONNECT_TIMEOUT_S), "application_name": "hkpost"}
    missing = {name: value for name, value in defaults.items() if name not in parsed.query}
    engine = sa.create_engine(
        parsed.update_query_dict(missing),
        connect_args={"prepare_threshold": None, "client_encoding": "utf8"},
        hide_parameters=True,
        pool_pre_ping=True,
    )
    sa.event.listen(engine, "begin", _set_transaction)
    sa.event.listen(engine, "connect", _set_first_transaction, once=True, insert=True)
    return engine


def _set_transaction(connection: sa.Connection) -> None:
    """Set what a transaction relies on; a connection in autocommit mode has none."""
    if not driver_of(connection).autocommit:
        _run(connection, _TRANSACTION)


def _set_first_transaction(driver: psycopg.Connection[Any], _: object) -> None:
    """Set the same for what SQLAlchemy asks the first connection, in a transaction that it ends itself."""
    driver.execute(_TRANSACTION)


def driver_of(connection: sa.Connection) -> psycopg.Connection[Any]:
    """Return psycopg's connection below SQLAlchemy's."""
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        raise TypeError(f"the warehouse is reached with psycopg 3, not {type(driver).__name__}")
    return driver


def run_script(connection: sa.Connection, script: Path) -> None:
    """Run a whole `.sql` file, as psql would, in the connection's transaction."""
    _run(connection, script.read_text(encoding="utf-8"))


def _run(connection: sa.Connection, statements: str) -> None:
    # Without parameters psycopg sends the text as it is: several statements, and % means %. No server-side cursor
    # can hold them, whatever the connection reads its rows with.
    options = {"no_parameters": True, "stream_results": False}
    connection.exec_driver_sql(statements, execution_options=options)
