"""The values in an alert's message: alert.details."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; the next run fills it."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
