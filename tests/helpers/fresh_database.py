"""A database of a test's own on the server that the tests share."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine, make_url


def _rendered(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


@contextmanager
def fresh_database(pg_url: str, template: str = "template0") -> Iterator[str]:
    """The URL of a database copied from `template`, dropped at the end with whoever is still in it."""
    name = f"t_{uuid.uuid4().hex[:16]}"
    engine = create_engine(pg_url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            version = connection.dialect.server_version_info
            copying = " STRATEGY FILE_COPY" if version and version >= (15,) else ""
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}{copying}")
        yield _rendered(pg_url, name)
        with engine.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        engine.dispose()
