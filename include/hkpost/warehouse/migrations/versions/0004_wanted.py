"""Items that a person wants an answer about at once, and connection tests in the ledger."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and let the ledger and the rejects have their new words."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Refuse: rows with the new words may be there."""
    raise NotImplementedError("the ledger's new words are not taken back: rows may have them")
