"""`status`: whether code and warehouse go together, and how the work stands."""

from argparse import Namespace

from sqlalchemy import URL

from hkpost.commands.show import SQL, console, print_query
from hkpost.commands.warehouse_address import name_of
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.revision import RELEASE, check_current, known_revisions, revision

_TABLES = ("status_open_items", "status_requests", "status_waiting", "status_alerts")


def command(url: URL, _: Namespace | None = None) -> int:
    """Print versions, open items, the day's requests, answers that wait and open alerts; returns the exit code.

    Raises:
        UnfitDatabaseError: code and warehouse do not go together; names both and the command.
    """
    engine = warehouse_engine(url.render_as_string(hide_password=False))
    try:
        with engine.connect() as connection:
            print(f"warehouse {name_of(url)}")
            print(f"  schema {revision(connection) or 'none'}; {RELEASE} needs {known_revisions()[0]}")
            check_current(connection)
            for name in _TABLES:
                print_query(console(), connection, SQL / f"{name}.sql")
    finally:
        engine.dispose()
    return 0
