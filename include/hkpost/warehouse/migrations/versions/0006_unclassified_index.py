"""The unclassified events are counted from their index alone."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index of unclassified events hold all that is counted of them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Go back to the index without the item."""
    op.execute("DROP INDEX hkpost.fact_tracking_event_unclassified")
    op.execute(
        "CREATE INDEX fact_tracking_event_unclassified ON hkpost.fact_tracking_event (wording_id)"
        " WHERE event_type = 'unclassified'"
    )
