"""The backlog's history, and closed items by reason."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the snapshots' tables and the index."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Refuse: the counts of the past cannot be taken again."""
    raise NotImplementedError("the backlog's history is not taken back")
