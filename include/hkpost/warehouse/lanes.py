"""The table `lane_history`: what is usual on each lane, reckoned at the end of a run."""

from pathlib import Path

from sqlalchemy import Connection

from hkpost.warehouse.engine import run_script

_SCRIPT = Path(__file__).parent / "sql" / "reckon_lanes.sql"


def reckon_lanes(connection: Connection) -> None:
    """Reckon every lane anew, in the caller's transaction; whoever reads meanwhile sees what was there before."""
    run_script(connection, _SCRIPT)
