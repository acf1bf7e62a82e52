"""The small commands: `make migrate`, `make where`, `make status`, `make up`, `make down`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import hkpost.commands.migrate
import hkpost.commands.status
import hkpost.commands.where
from hkpost.warehouse.revision import UnfitDatabaseError
from hkpost_local.airflow_settings import UI_USER
from hkpost_local.analyst import analyst_url, keep_analyst_url
from hkpost_local.lock import BusyError, exclusive
from hkpost_local.paths import WAREHOUSE, embedded_postgres, state_folder
from hkpost_local.progress import Progress
from hkpost_local.shared_postgres import running_postgres
from hkpost_local.simulated import known_world, new_world
from hkpost_local.state import clear_addresses, registered_processes, save_addresses, saved_addresses
from hkpost_local.system import DAG_ID, WATCH_DAG_ID, System
from hkpost_local.warehouse_address import warehouse


def migrate() -> int:
    """Bring the warehouse to the newest schema; returns the exit code."""
    with warehouse() as url:
        return hkpost.commands.migrate.command(url)


def where(item: str = "") -> int:
    """Show one item; returns the exit code, 1 for an unknown one."""
    if not item.strip():
        print("which item? make where ITEM=RB123456785HK", file=sys.stderr)
        return 2
    with _what_to_do_here(), warehouse() as url:
        return hkpost.commands.where.show(url, item)


def status() -> int:
    """Show versions, open items, requests and alerts; returns the exit code."""
    with _what_to_do_here(), warehouse() as url:
        return hkpost.commands.status.command(url)


@contextmanager
def _what_to_do_here() -> Iterator[None]:
    """Say of a warehouse that does not fit what does it in a clone: there `python -m hkpost` needs an environment."""
    try:
        yield
    except UnfitDatabaseError as error:
        raise UnfitDatabaseError(
            f"{error}\nHere: `make migrate`; `make up` makes one with the demo's items"
        ) from None


def up() -> int:
    """Start the system, leave it running and say where it is; returns the exit code."""
    say = Progress()
    with exclusive("up"):
        if addresses := saved_addresses():
            raise BusyError(f"it is up already, Airflow's UI is {addresses['ui']}: end it with `make down`")
        with running_postgres() as postgres:
            say(f"PostgreSQL runs, its data in {postgres.data}")
            known = known_world(state_folder())
            system = System(postgres, known or new_world(), say, is_scheduled=True)
            try:
                system.start(is_frozen=False, looks_back=known is None)
                for dag_id in (DAG_ID, WATCH_DAG_ID):
                    system.api.pause(dag_id, paused=False)
                save_addresses(system.settings.address, system.simulator.address)
                system.leave()
            except BaseException:
                clear_addresses()
                system.stop()
                raise
        url = analyst_url(postgres.url(WAREHOUSE), system.secrets.analyst_password)
        file, is_new = keep_analyst_url(state_folder(), url)
    say(f"up: Airflow's UI is {system.settings.address}")
    print(
        f"  sign in as {UI_USER} with {system.secrets.ui_password}\n"
        f"  {DAG_ID} runs every 15 minutes; `make sql` and `make where ITEM=…` look at what it found\n"
        f"  analysts' tools connect to {url.render_as_string(hide_password=not is_new)}\n"
        f"  (docs/connect.md; kept, with its password, in {file})\n"
        "  `make down` ends it"
    )
    return 0


def down() -> int:
    """End what `make up` started; returns the exit code."""
    with exclusive("down"):
        started = registered_processes()
        names = [process.name for process in started.running()]
        clear_addresses()
        started.stop_all()
        if embedded_postgres().is_running():
            with running_postgres():
                pass  # whoever leaves it last stops it, now that nothing keeps it
    print(f"stopped: {', '.join([*names, 'PostgreSQL'])}" if names else "nothing was up")
    return 0
