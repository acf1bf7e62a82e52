"""Make ``.venv`` what ``requirements.txt`` says. Runs on a bare Python, before anything is installed.

The second call is instant: a stamp in the environment holds the digest of what was installed.
uv does it in seconds; where it cannot be had or fails, pip does it in a minute.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ENVIRONMENT = PROJECT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
STAMP = ENVIRONMENT / ".hkpost-installed"
LOCK = PROJECT / "requirements.txt"
ADDRESS = re.compile(r"\w+://[^\s'\"]+|host='[^']*'")
OLDEST, NEWEST = (3, 11), (3, 13)


def stamp() -> str:
    """The digest of everything that decides what must be installed."""
    digest = hashlib.sha256(f"{PROJECT}\n{sys.version_info[:2]}\n".encode())
    for description in (LOCK, PROJECT / "pyproject.toml"):
        digest.update(description.read_bytes())
    return digest.hexdigest()


def is_installed() -> bool:
    """Whether the environment is there and holds what is needed."""
    return PYTHON.exists() and STAMP.exists() and STAMP.read_text() == stamp()


def say(message: str) -> None:
    """One line of progress."""
    print(f"install: {message}", flush=True)


def run(*command: str, quiet: bool = False) -> bool:
    """Run a program, its lines passed on without the addresses of package registries; True on success."""
    with subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            if not quiet and not line.startswith((" + ", " - ")):
                print("  " + ADDRESS.sub("<address>", line.rstrip()), flush=True)
    return process.returncode == 0


def make_environment() -> None:
    """A virtual environment of the running Python; one of another Python, or a broken one, is made again."""
    version = "import sys; print(sys.version_info[:2])"
    if PYTHON.exists():
        found = subprocess.run([PYTHON, "-c", version], capture_output=True, text=True, check=False)
        if found.returncode == 0 and found.stdout.strip() == str(sys.version_info[:2]):
            return
    say(f"making .venv with Python {sys.version.split()[0]} ({sys.executable})")
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    if not run(sys.executable, "-m", "venv", str(ENVIRONMENT)):
        sys.exit("install: no virtual environment can be made; on Debian or Ubuntu: apt install python3-venv")


def install_packages() -> None:
    """Everything of the lock, then the project itself, editable."""
    say(f"{len(re.findall('^[a-z].*==', LOCK.read_text(), re.MULTILINE))} packages of requirements.txt")
    python = str(PYTHON)
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--quiet")
    uv = (python, "-m", "uv", "pip", "install", "--python", python)
    have_uv = run(python, "-m", "uv", "--version", quiet=True) or run(*pip, "uv")
    if have_uv and run(*uv, "-r", str(LOCK)) and run(*uv, "--no-deps", "-e", "."):
        return
    say("uv could not do it; pip does, which takes a few minutes")
    if run(*pip, "-r", str(LOCK)) and run(*pip, "--no-deps", "-e", "."):
        return
    sys.exit("install: the packages could not be installed; the lines above say why")


def main() -> None:
    """Install unless it is installed; two at the same time wait for each other."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        sys.exit("install: Python 3.11, 3.12 or 3.13 is needed: make PYTHON=/path/to/python3.11 …")
    if is_installed():
        return
    state = PROJECT / ".hkpost"
    state.mkdir(mode=0o711, exist_ok=True)  # as root, PostgreSQL runs under an account that passes through it
    with (state / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_installed():
            return
        began = time.monotonic()
        STAMP.unlink(missing_ok=True)
        make_environment()
        # Of versions that were built by setuptools: Airflow would find the package twice.
        shutil.rmtree(PROJECT / "hkpost_tracking.egg-info", ignore_errors=True)
        install_packages()
        STAMP.write_text(stamp())
        say(f"done in {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    os.umask(0o022)  # as root, PostgreSQL's own account executes what is installed here
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
