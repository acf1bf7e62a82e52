"""An index for what was known at an instant (tracking_event_as_of)."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the index."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop the index."""
    op.execute("DROP INDEX hkpost.tracking_event_change_retracted")
