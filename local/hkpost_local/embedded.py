"""The PostgreSQL server that a PyPI wheel carries: on TCP 127.0.0.1 only, behind a generated password.

The wheel's own ``get_server`` listens on a socket with trust authentication and, as root, opens every parent
folder for reading. Airflow needs TCP, and a home folder must stay closed: so this runs the wheel's
binaries itself, without a socket, in a folder that the server's account can already enter.
"""

import os
import pwd
import secrets
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import psutil
from sqlalchemy import URL, create_engine, text

from hkpost_local.interruption import uninterrupted
from hkpost_local.ports import kept_port
from hkpost_local.postgres_programs import WHEELS_PROGRAMS, runnable_programs
from hkpost_local.private_file import write_private
from hkpost_local.server_account import EmbeddedPostgresError, give_to, run_as, server_account, spawn_as

SUPERUSER = "postgres"
START_SECONDS = 60
POSTMASTER_LINES = 8  # of postmaster.pid, the last of which becomes 'ready'

CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
password_encryption = 'scram-sha-256'
timezone = 'UTC'
jit = off
"""
# A crash may lose the last moments of a demo, never its consistency; of a test it may lose everything.
DURABLE = "synchronous_commit = off\n"
FORGETFUL = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum_naptime = '1d'\n"


class EmbeddedPostgres:
    """One cluster in one folder: ``data/`` (the cluster), ``password`` (0600), ``port``, ``server.log``.

    :param folder: where the cluster lives; made when it is missing. See `first_usable_folder`.
    :param durable: False turns off fsync, for tests.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.durable = durable
        self._password_file = folder / "password"
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._account = server_account(self.data)
        self._programs = WHEELS_PROGRAMS

    def start(self) -> bool:
        """Make the cluster when there is none, and start it unless it runs.

        :returns: True when this call started it, False when it was running already.
        :raises EmbeddedPostgresError: with the end of the server's log.
        """
        prepare_folder(self.folder, self._account)
        self._programs = runnable_programs(self.folder, self._account)
        if not (self.data / "PG_VERSION").exists():
            self._create_cluster()
        if self.is_running():
            return False
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        port = kept_port(self.folder / "port")
        with self._log.open("wb") as log, uninterrupted():
            self._process = spawn_as(
                self._account,
                [str(self.executable("postgres")), "-D", str(self.data), "-p", str(port)],
                stdout=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"PostgreSQL did not start in {self.folder}:\n{self._log_tail()}")
            time.sleep(0.02)
        return True

    def stop(self) -> None:
        """Stop the server and wait until it is gone; nothing happens when it does not run."""
        if self.is_running():
            self._run("pg_ctl", self.data, "stop", "-w", "-m", "fast")
        elif self._process is not None:
            self._process.kill()  # it was still starting
        if self._process is not None:
            self._process.wait()

    def is_running(self) -> bool:
        """Whether a server runs on this cluster's folder (its file may outlive it, and its number be reused)."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split()[0])
            process = psutil.Process(number)
            return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == self.data.resolve()
        except (FileNotFoundError, psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def url(self, database: str = "postgres") -> URL:
        """The SQLAlchemy URL (psycopg 3, TCP) of a database on the running server.

        :raises EmbeddedPostgresError: when the server does not run.
        """
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            raise EmbeddedPostgresError(f"PostgreSQL does not run in {self.folder}") from None
        return URL.create(
            "postgresql+psycopg",
            username=SUPERUSER,
            password=self._password_file.read_text().strip(),
            host="127.0.0.1",
            port=int(lines[3]),
            database=database,
        )

    def ensure_databases(self, names: Iterable[str]) -> None:
        """Create those of the named databases which are missing."""
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                present = set(connection.scalars(text("SELECT datname FROM pg_database")))
                for name in names:
                    if name not in present:
                        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        finally:
            engine.dispose()

    def executable(self, name: str) -> Path:
        """The path of one of the wheel's programs, ``psql`` for example."""
        return self._programs / name

    def _create_cluster(self) -> None:
        # Beside its place and moved there when it is whole: an interrupted one is never taken for a cluster.
        for abandoned in self.folder.glob("creating-*"):
            shutil.rmtree(abandoned, ignore_errors=True)
        cluster = Path(tempfile.mkdtemp(prefix="creating-", dir=self.folder))
        give_to(cluster, self._account)
        write_private(self._password_file, secrets.token_urlsafe(24))
        with tempfile.NamedTemporaryFile(dir=self.folder, mode="w") as password:
            password.write(self._password_file.read_text())
            password.flush()
            give_to(Path(password.name), self._account)
            options = [f"--username={SUPERUSER}", f"--pwfile={password.name}", "--auth=scram-sha-256"]
            options += [
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
            ]
            self._run("initdb", cluster, *options, *([] if self.durable else ["--no-sync"]))
        with (cluster / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION + (DURABLE if self.durable else FORGETFUL))
        cluster.rename(self.data)

    def _is_ready(self) -> bool:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) == POSTMASTER_LINES and lines[-1].strip() == "ready"

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-2000:] if self._log.exists() else ""

    def _run(self, program: str, data: Path, *arguments: str) -> None:
        result = run_as(self._account, [str(self.executable(program)), "-D", str(data), *arguments])
        if result.returncode != 0:
            output = result.stdout.decode(errors="replace")
            raise EmbeddedPostgresError(f"{program} failed in {self.folder}:\n{output}{self._log_tail()}")


def first_usable_folder(candidates: Iterable[Path]) -> Path:
    """The first folder the server's account can work in, one that holds a cluster already before all others.

    :raises EmbeddedPostgresError: naming each candidate, when there is none.
    """
    folders = list(candidates)
    for folder in sorted(folders, key=lambda each: not (each / "data" / "PG_VERSION").exists()):
        if is_usable(folder):
            return folder
    tried = ", ".join(str(folder) for folder in folders)
    raise EmbeddedPostgresError(f"PostgreSQL's account can write in none of: {tried}")


def is_usable(folder: Path) -> bool:
    """Whether the server's account can enter and write `folder` as its parents are: none is opened for it."""
    account = server_account(folder / "data")
    try:
        prepare_folder(folder, account)
    except (OSError, EmbeddedPostgresError):
        return False
    private = (folder / "data").stat().st_mode & 0o777 == 0o700
    check = ["/bin/sh", "-c", 'cd "$0" && test -w .', str(folder / "data")]
    return private and run_as(account, check).returncode == 0


def prepare_folder(folder: Path, account: pwd.struct_passwd | None) -> None:
    """Make ``folder/data``, the latter the server's alone, the former ours to fill and its to pass through.

    :raises EmbeddedPostgresError: when the folder is somebody else's (a temporary folder has strangers).
    """
    data = folder / "data"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_shared = os.geteuid() != 0 or bool(folder.parent.stat().st_mode & stat.S_IWOTH)
    if folder.is_symlink() or (is_shared and folder.stat().st_uid != os.geteuid()):
        raise EmbeddedPostgresError(f"{folder} belongs to somebody else")
    folder.chmod(0o700 if account is None else 0o711)
    if not data.exists():
        data.mkdir(mode=0o700)
        give_to(data, account)
