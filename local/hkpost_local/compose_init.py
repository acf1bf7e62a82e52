"""What the containers of docker-compose.yaml run once: the warehouse's schema, and the simulator's shop."""

import argparse
import os
import sys
from collections.abc import Sequence

from hkpost.commands.connection_url import VARIABLE, url_of_connection
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.migrate import migrate
from hkpost_local.shop import fill_shop
from hkpost_local.simulated import SimulatedWorld
from hkpost_simulator.server import DEFAULT_ITEMS


def main(arguments: Sequence[str] | None = None) -> int:
    """Migrate the warehouse behind ``hkpost_warehouse``; with ``--shop`` fill the shop; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m hkpost_local.compose_init", description=__doc__)
    parser.add_argument("--shop", action="store_true", help="fill shop.shipment with the simulator's items")
    parser.add_argument("--anchor", help="the day their ages count back from (ISO 8601)")
    options = parser.parse_args(arguments)
    url = url_of_connection(os.environ[VARIABLE]).render_as_string(hide_password=False)
    for line in migrate(url):
        print(line)
    if options.shop:
        engine = warehouse_engine(url)
        world = SimulatedWorld(seed=1, items=DEFAULT_ITEMS, anchor=options.anchor)
        print(f"shop.shipment holds {fill_shop(engine, world):,} shipments")
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
