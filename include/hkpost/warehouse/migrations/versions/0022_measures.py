"""What the measures need: stays in customs, how far each item was followed, what the business promised."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script
from hkpost.warehouse.view_writer import drop_views_and_functions

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the journeys, which are computed again afterwards, and let an item carry what the business knows."""
    drop_views_and_functions(op.get_bind())
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
