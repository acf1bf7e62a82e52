"""Weekends and public holidays, from the seed files `calendar.csv` and `holiday.csv`."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables of the calendar; the seeding fills them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
