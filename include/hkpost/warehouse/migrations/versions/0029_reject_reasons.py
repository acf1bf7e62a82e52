"""The reason of a reject as a code and its values: rejected_record.reason_code, reason_values."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; they are null in the rows that are there."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
