"""Open items by lane, and retracted events, from an index."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes: some seconds for a million items, a minute or so for fifty million events."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Go back to the index of destinations alone."""
    op.execute("DROP INDEX hkpost.fact_tracking_event_retracted, hkpost.item_journey_open")
    op.execute("CREATE INDEX item_journey_open ON hkpost.item_journey (destination) WHERE is_open")
