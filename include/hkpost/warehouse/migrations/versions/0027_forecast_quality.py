"""How good forecasts were: forecast_quality."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, empty: the next run fills it."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
