"""Programs that tests need and that no Python package carries: found, or installed, before the first test starts.

A test asks for one by the fixture of its name, which gives its path; nothing is installed for tests that do not.
Each installation is announced on the terminal before it begins.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

NAMES = {
    "chromium": ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    "redis_server": ("redis-server", "valkey-server"),
}
# Playwright's own driver needs libatomic, which comes with a compiler and not with Python.
DEBIAN_PACKAGES = {"chromium": ("chromium", "libatomic1"), "redis_server": ("redis-server",)}
_PLAYWRIGHT = (sys.executable, "-m", "playwright")
# In a process of its own: Playwright refuses to be opened twice in one.
_ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Install what the collected tests need and the machine lacks."""
    if session.config.option.collectonly:
        return
    terminal = session.config.pluginmanager.getplugin("terminalreporter")

    def announce(line: str) -> None:
        if terminal:
            terminal.write_line(line)
            terminal.flush()
        else:  # one of several processes: only the error channel is the terminal's
            print(line, file=sys.stderr, flush=True)

    needed = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    # One of several processes installs, the others wait for it and then find what it installed.
    with (Path(tempfile.gettempdir()) / f"hkpost-needed-programs-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for program in NAMES:
            if program in needed and find(program) is None:
                _install(program, announce)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that starts."""
    return _found("chromium")


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The path of a Redis server that starts."""
    return _found("redis_server")


def find(program: str) -> str | None:
    """The path of a program that starts: one on the PATH, else the Chromium that Playwright keeps; None: none.

    No Chromium is of use without Playwright's driver.
    """
    if program == "chromium" and _failure(*_PLAYWRIGHT, "--version"):
        return None
    found = (path for name in NAMES[program] if (path := shutil.which(name)) and _starts(path))
    return next(found, None) or (_playwrights_chromium() if program == "chromium" else None)


def _playwrights_chromium() -> str | None:
    asked = subprocess.run(
        [sys.executable, "-c", _ASK_PLAYWRIGHT], capture_output=True, text=True, check=True
    )
    path = asked.stdout.strip()
    return path if _starts(path) else None


def _starts(path: str) -> bool:
    # A package may leave a script that only says what else to install; a download may lack its libraries.
    return _failure(path, "--version") is None


def _install(program: str, announce: Callable[[str], None]) -> None:
    for command in _installations(program):
        announce(f"no {program} that starts: {' '.join(command)}")
        if failure := _failure(*command):
            announce(f"it failed:\n{failure}")
        elif find(program):
            return


def _installations(program: str) -> Iterator[tuple[str, ...]]:
    if program == "chromium":
        yield *_PLAYWRIGHT, "install", "--no-shell", "chromium"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        wait = ("-o", "DPkg::Lock::Timeout=300")
        yield "apt-get", "update"
        yield "apt-get", *wait, "install", "--yes", "--no-install-recommends", *DEBIAN_PACKAGES[program]


def _failure(*command: str) -> str | None:
    """Run a program; the end of what it printed when it failed, None when it did not."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=600,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        return "\n".join([*error.output.splitlines()[-6:], f"exit code {error.returncode}"])
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return None


def _found(program: str) -> str:
    found = find(program)
    if found is None:
        pytest.fail(
            f"this test needs one of {', '.join(NAMES[program])}, and it could not be installed:"
            f" as root on Debian, apt-get install {' '.join(DEBIAN_PACKAGES[program])}"
        )
    return found
