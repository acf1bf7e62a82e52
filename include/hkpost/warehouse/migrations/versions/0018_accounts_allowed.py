"""A setting that names connections, beside those that are numbers."""

from pathlib import Path

from alembic import op

from hkpost.warehouse.engine import run_script

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let `accounts_allowed` hold names."""
    run_script(op.get_bind(), Path(__file__).with_suffix(".sql"))


def downgrade() -> None:
    """Go back to settings that are all numbers; which accounts are allowed is forgotten."""
    op.execute("DELETE FROM hkpost.setting WHERE name = 'accounts_allowed'")
    op.execute("ALTER TABLE hkpost.setting DROP CONSTRAINT setting_value_check")
    op.execute("ALTER TABLE hkpost.setting ADD CONSTRAINT setting_value_check CHECK (value ~ '^[0-9]{1,9}$')")
    op.execute("COMMENT ON COLUMN hkpost.setting.value IS 'A whole number.'")
