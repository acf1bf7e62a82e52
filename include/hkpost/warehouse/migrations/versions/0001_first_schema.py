"""The first schema, in the .sql files beside this one."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCRIPTS = ("items", "events", "dimensions", "requests", "settings", "partitions")


def upgrade() -> None:
    """Create every table, index, function and comment."""
    for script in SCRIPTS:
        run_script(op.get_bind(), Path(__file__).with_name(f"0001_{script}.sql"))
    op.execute("COMMENT ON TABLE hkpost.alembic_version IS 'The newest migration that this database has.'")
    op.execute("COMMENT ON COLUMN hkpost.alembic_version.version_num IS 'Its number.'")


def downgrade() -> None:
    """Refuse: the tables hold what the service may no longer tell."""
    raise NotImplementedError("the first schema is not taken back: it would drop every fact")
