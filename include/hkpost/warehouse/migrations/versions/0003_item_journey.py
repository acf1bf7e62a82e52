"""One row an item for the views that count and measure, and the business's own delivery targets."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create `item_journey` and `delivery_target`; `migrate` fills the first from facts that are there."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop both; the targets are lost, the journeys follow from the facts."""
    op.execute("DROP TABLE hkpost.item_journey, hkpost.delivery_target")
