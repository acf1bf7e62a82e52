"""Where things lie on this machine: the project, and the folder that holds what its commands keep."""

import hashlib
import os
from pathlib import Path

from hkpost_local.embedded import EmbeddedPostgres, first_usable_folder

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = os.pathsep.join((str(PROJECT / "local"), str(PROJECT / "simulator")))
"""PYTHONPATH of what runs the system on this machine: these commands and the simulator, which are never installed."""
SQL = Path(__file__).with_name("sql")
METADATA, WAREHOUSE = "airflow", "warehouse"


def state_folder() -> Path:
    """``.hkpost`` in the project, or the folder ``HKPOST_STATE`` names; made when it is missing.

    Its own files are private one by one: PostgreSQL's account must be able to pass through the folder.
    """
    folder = Path(os.environ.get("HKPOST_STATE") or PROJECT / ".hkpost").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    return folder


def private_folder(name: str) -> Path:
    """A subfolder of the state folder which no other user can enter."""
    folder = state_folder() / name
    folder.mkdir(exist_ok=True)
    folder.chmod(0o700)
    return folder


def embedded_postgres() -> EmbeddedPostgres:
    """This project's PostgreSQL: in the state folder, else in a temporary place named after it.

    The other place is taken when the server's account cannot reach the state folder, a project below
    root's home for example: no home folder is opened for it.
    """
    state = state_folder()
    name = f"hkpost-{os.geteuid()}-{hashlib.sha256(bytes(state)).hexdigest()[:12]}"
    return EmbeddedPostgres(first_usable_folder([state / "postgres", Path("/var/tmp") / name]))  # noqa: S108
