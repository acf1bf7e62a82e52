"""What a person must act on: the alerts."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Refuse: what was told to whom would be forgotten."""
    raise NotImplementedError("the alerts are not taken back")
