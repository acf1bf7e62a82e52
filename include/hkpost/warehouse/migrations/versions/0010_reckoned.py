"""What the end of a run reckons for views and page: what is usual on each lane, and the series of charts."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; the next run's end fills them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Drop both tables, with the view that reads the first: `migrate` of that version writes its own."""
    op.execute("DROP VIEW IF EXISTS hkpost.stuck_item")
    op.execute("DROP TABLE hkpost.lane_history, hkpost.chart_series")
    op.execute("DROP INDEX hkpost.mail_item_newly_closed")
    op.execute(
        "CREATE INDEX mail_item_newly_closed ON hkpost.mail_item (item_no) WHERE NOT is_open AND closed_at IS NULL"
    )
