"""Which warehouse a command works on: the environment's, else the embedded one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL

from hkpost.commands.connection_url import VARIABLE
from hkpost.commands.warehouse_address import URL_VARIABLE, check_reachable, given_url
from hkpost_local.paths import WAREHOUSE
from hkpost_local.shared_postgres import running_postgres


@contextmanager
def warehouse() -> Iterator[URL]:
    """The URL of the warehouse to work on, reachable now; the embedded one runs while it is used.

    Raises:
        WarehouseAddressError: it cannot be read or reached; names host and database.
    """
    if os.environ.get(URL_VARIABLE) or os.environ.get(VARIABLE):
        url = given_url(None, os.environ)
        check_reachable(url)
        yield url
        return
    with running_postgres() as postgres:
        yield postgres.url(WAREHOUSE)
