"""No function is led astray by its caller's search path."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0016"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the functions say themselves what they call."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Leave it so: an older version calls them as they are."""
