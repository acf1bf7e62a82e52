"""Code that is one revision ahead of this one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hkpost.warehouse import revision

NEXT = "9999"
_REVISION = '''"""The next revision."""

from alembic import op

revision = {revision!r}
down_revision = {newest!r}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Do what a test says."""
    op.execute({sql!r})
'''


@contextmanager
def next_version(folder: Path, sql: str = "SELECT 1") -> Iterator[None]:
    """Within it, the code knows one more revision, which runs `sql`."""
    newest = revision.known_revisions()[0]
    migrations = shutil.copytree(revision.MIGRATIONS, folder / "migrations")
    next_revision = _REVISION.format(revision=NEXT, newest=newest, sql=sql)
    (migrations / "versions" / f"{NEXT}_next.py").write_text(next_revision)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revision, "MIGRATIONS", migrations)
        revision.known_revisions.cache_clear()
        yield
    revision.known_revisions.cache_clear()
