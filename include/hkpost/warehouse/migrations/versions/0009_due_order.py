"""The index of due items is in the order in which they are claimed."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index hold the whole order."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Go back to the index without the item."""
    op.execute("DROP INDEX hkpost.mail_item_due")
    op.execute(
        "CREATE INDEX mail_item_due ON hkpost.mail_item (account, priority DESC, next_poll_at NULLS FIRST)"
        " WHERE is_open OR (state = 'delivered' AND next_poll_at IS NOT NULL)"
    )
