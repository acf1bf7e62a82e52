"""States are data: dim_state, and is_open by two functions that the seeding keeps in step with it."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script
from hkpost.warehouse.view_writer import drop_views_and_functions

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make dim_state, and let is_open and the states that are allowed go by it."""
    drop_views_and_functions(op.get_bind())
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
