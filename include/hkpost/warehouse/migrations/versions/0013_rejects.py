"""Rejects counted instead of repeated, found by number at any length, and dropped for age."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Give the table its counts, and both tables their indexes: some seconds for a million items."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Refuse: numbers that do not fit the old index may be there."""
    raise NotImplementedError("rejected_record may hold numbers that the old index cannot")
