"""What lanes teach: lane_curve, item_forecast and its history."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, empty: the next run fills them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
