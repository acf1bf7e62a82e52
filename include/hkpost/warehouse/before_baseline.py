"""A warehouse of 0.1.0, brought to the baseline by the revisions that the baseline has taken in."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from hkpost.warehouse.engine import run_script

RELEASED = "0012"
"""The revision of 0.1.0, the first release."""
_SCRIPTS = sorted((Path(__file__).parent / "migrations" / "before_baseline").glob("*.sql"))


def revisions() -> Sequence[str]:
    """Return the revisions from before the baseline that this code can go on from, the oldest first."""
    return [RELEASED, *(_revision(script) for script in _SCRIPTS[:-1])]


def upgrade(connection: sa.Connection, at: str) -> None:
    """Run what a warehouse at revision `at`, one of `revisions()`, lacks of the baseline."""
    for script in _SCRIPTS:
        if _revision(script) > at:
            run_script(connection, script)
    baseline = {"baseline": _revision(_SCRIPTS[-1])}
    connection.execute(sa.text("UPDATE hkpost.alembic_version SET version_num = :baseline"), baseline)


def _revision(script: Path) -> str:
    return script.name.partition("_")[0]
