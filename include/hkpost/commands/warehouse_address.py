"""Which warehouse a command works on, and whether it can be reached."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.exc import OperationalError

from hkpost.commands.connection_url import VARIABLE, WarehouseAddressError, url_of_connection
from hkpost.warehouse.engine import warehouse_engine

URL_VARIABLE = "HKPOST_WAREHOUSE_URL"


def given_url(file: Path | None, environment: Mapping[str, str]) -> URL:
    """Return the URL that a file holds, else that of the environment: HKPOST_WAREHOUSE_URL, or Airflow's connection.

    Raises:
        WarehouseAddressError: none is given, or it cannot be read; its value is not repeated.
    """
    if file is not None:
        try:
            return url_of_connection(file.read_text(encoding="utf-8").strip(), str(file))
        except (OSError, UnicodeDecodeError) as error:
            raise WarehouseAddressError(f"{file} cannot be read: {error}") from None
    for variable in (URL_VARIABLE, VARIABLE):
        if value := environment.get(variable):
            return url_of_connection(value, variable)
    raise WarehouseAddressError(
        f"which warehouse? Set {URL_VARIABLE} (postgresql://user:password@host:5432/database) or {VARIABLE} in the"
        " environment, or name a file that holds the URL: --url-file FILE"
    )


def name_of(url: URL) -> str:
    """Return database, host and port in words; without login and password."""
    return f"{url.database or '(no database named)'} at {url.host or 'this machine'}:{url.port or 5432}"


def check_reachable(url: URL) -> None:
    """Open one connection.

    Raises:
        WarehouseAddressError: names host, port and database, and what the driver says.
    """
    engine = warehouse_engine(url.render_as_string(hide_password=False))
    try:
        engine.connect().close()
    except OperationalError as error:
        words = str(error.orig).strip()
        if url.password:
            words = words.replace(str(url.password), "***")
        raise WarehouseAddressError(
            f"the warehouse {name_of(url)} cannot be reached (connection hkpost_warehouse): {words}"
        ) from None
    finally:
        engine.dispose()
