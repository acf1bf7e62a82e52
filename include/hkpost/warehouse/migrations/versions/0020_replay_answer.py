"""Where a replay keeps what the archive says of each item, so that the archive is read once."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
