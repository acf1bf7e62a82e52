"""The table `lane_history`: what is usual on each lane, as of the end of a run."""

from pathlib import Path

from sqlalchemy import Connection

from hkpost.warehouse.engine import run_script

_SCRIPT = Path(__file__).with_name("refresh_lanes.sql")


def refresh_lanes(connection: Connection) -> None:
    """Compute the rows of all lanes, in the caller's transaction; until it ends, others read the old rows."""
    run_script(connection, _SCRIPT)
