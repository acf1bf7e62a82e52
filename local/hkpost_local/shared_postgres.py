"""The embedded PostgreSQL, shared by the commands that need it at the same time; the last one stops it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hkpost_local.embedded import EmbeddedPostgres
from hkpost_local.paths import METADATA, WAREHOUSE, embedded_postgres, private_folder
from hkpost_local.state import saved_addresses


@contextmanager
def running_postgres() -> Iterator[EmbeddedPostgres]:
    """The embedded PostgreSQL with its two databases, started when it does not run.

    Every user holds a shared lock, which the kernel drops when its holder dies: whoever leaves and finds
    the last one that holds it stops the server.
    """
    run = private_folder("run")
    with (run / "postgres.users").open("w") as users:
        postgres = embedded_postgres()
        try:
            with _alone(run):
                fcntl.flock(users, fcntl.LOCK_SH)
                postgres.start()
                postgres.ensure_databases((METADATA, WAREHOUSE))
            yield postgres
        finally:
            with _alone(run):
                if _is_last(users.fileno()) and not saved_addresses():
                    postgres.stop()


@contextmanager
def _alone(run: Path) -> Iterator[None]:
    """Starting and stopping is done by one at a time."""
    with (run / "postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_last(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
