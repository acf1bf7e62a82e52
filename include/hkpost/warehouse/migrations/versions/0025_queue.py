"""What needs a person: queue_item and its counts by day, and the indexes that lists of items are read by."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, empty: the next run fills them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
