"""What lists of items are filtered and sorted by, in the indexes that they are read from."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give queue_item its columns, fill them, and make both indexes again."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
