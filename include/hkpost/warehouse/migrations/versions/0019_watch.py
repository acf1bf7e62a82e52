"""What a watch must know: runs, requests that never left, answers without items, accounts that cannot ask."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, the columns and the new words of the ledger."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))
