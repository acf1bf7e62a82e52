"""`migrate`: the warehouse brought to this version's schema."""

from argparse import Namespace

from sqlalchemy import URL

from hkpost.commands.warehouse_address import name_of
from hkpost.warehouse.migrate import migrate
from hkpost.warehouse.revision import RELEASE


def command(url: URL, _: Namespace | None = None) -> int:
    """Migrate and print what was done; returns the exit code.

    Raises:
        UnfitDatabaseError: what `hkpost.warehouse.migrate.migrate` says.
    """
    print(f"warehouse {name_of(url)}, {RELEASE}")
    for line in migrate(url.render_as_string(hide_password=False)) or ["nothing to do"]:
        print(f"  {line}")
    return 0
