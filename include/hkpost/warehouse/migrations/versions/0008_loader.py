"""Partitions made and dropped for a login that does not own the tables."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the partition functions act with their owner's rights."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Take the rights back."""
    op.execute("DROP FUNCTION hkpost.drop_aged_partitions()")
    op.execute(
        "ALTER FUNCTION hkpost.ensure_partition(text, text, text, text) SECURITY INVOKER RESET search_path"
    )
