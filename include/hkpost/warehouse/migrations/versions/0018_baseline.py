"""The whole schema as of 0.2.0: the .sql files of `warehouse/baseline`."""

from alembic import op

from hkpost.warehouse.engine import run_script
from hkpost.warehouse.revision import BASELINE

revision = "0018"
down_revision = None
branch_labels = None
depends_on = None

SCRIPTS = ("dimensions", "items", "journeys", "events", "requests", "snapshots", "settings", "partitions")


def upgrade() -> None:
    """Create every table, index, function and comment."""
    for script in SCRIPTS:
        run_script(op.get_bind(), BASELINE / f"{script}.sql")
    op.execute("COMMENT ON TABLE hkpost.alembic_version IS 'The newest migration that this database has.'")
    op.execute("COMMENT ON COLUMN hkpost.alembic_version.version_num IS 'Its number.'")
