"""Which warehouse a command works on: the environment's ``hkpost_warehouse``, else the embedded one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from hkpost.warehouse.engine import warehouse_engine
from hkpost_local.connection_url import VARIABLE, WarehouseAddressError, url_of_connection
from hkpost_local.place import WAREHOUSE
from hkpost_local.shared_postgres import running_postgres


@contextmanager
def warehouse() -> Iterator[URL]:
    """The URL of the warehouse to work on, reachable now; the embedded one runs while it is used.

    :raises WarehouseAddressError: when it cannot be read or reached, naming host and database.
    """
    if value := os.environ.get(VARIABLE):
        url = url_of_connection(value)
        check_reachable(url)
        yield url
        return
    with running_postgres() as postgres:
        yield postgres.url(WAREHOUSE)


def check_reachable(url: URL) -> None:
    """Open one connection.

    :raises WarehouseAddressError: naming host, port and database, and what the driver says.
    """
    engine = warehouse_engine(url.render_as_string(hide_password=False))
    try:
        engine.connect().close()
    except OperationalError as error:
        words = str(error.orig).strip()
        if url.password:
            words = words.replace(str(url.password), "***")
        raise WarehouseAddressError(
            f"the warehouse {url.database or '(no database named)'} at {url.host or 'this machine'}:{url.port or 5432} "
            f"cannot be reached (connection hkpost_warehouse): {words}"
        ) from None
    finally:
        engine.dispose()
