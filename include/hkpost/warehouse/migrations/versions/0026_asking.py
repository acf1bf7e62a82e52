"""When asking pays: lane_news, news_curve, news_week, polling_price, and why an item is asked when it is."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, empty: the next run fills them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
