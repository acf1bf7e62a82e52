"""Settings and poll policies that no person changed follow their seed files."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the files' values beside the rows' own; the seed that follows fills them."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Refuse: which rows a person changed would be forgotten."""
    raise NotImplementedError("the files' values are not taken back")
