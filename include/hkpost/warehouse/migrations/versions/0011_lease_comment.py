"""What account_lease.last_sent_at holds, told as it is."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Say when the column is written."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Leave the truth as it is: an older version reads no comments."""
