"""Programs that tests need and that no Python package carries: found, or installed, or asked for in words."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str:
    """The path of a Chromium: one on the path, else Playwright's own, else Debian's package."""
    return _on_path(*CHROMIUM) or _playwrights_chromium() or _debian("chromium", *CHROMIUM)


def redis_server() -> str:
    """The path of a Redis server: one on the path, else Debian's package."""
    names = ("redis-server", "valkey-server")
    return _on_path(*names) or _debian("redis-server", *names)


def _on_path(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _playwrights_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        # Without a way to its download host this fails, and Debian's package is tried.
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium-headless-shell", "chromium"],
            capture_output=True,
            timeout=300,
            check=False,
        )
    return path if Path(path).exists() else None


def _debian(package: str, *names: str) -> str:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "--yes", "--no-install-recommends", package]):
            subprocess.run(
                ["apt-get", "-qq", *command], env=quiet, capture_output=True, timeout=600, check=False
            )
    found = _on_path(*names)
    if found is None:
        pytest.fail(
            f"these tests need one of {', '.join(names)} on the PATH, and it could not be installed:"
            f" as root on Debian or Ubuntu, apt-get install {package}"
        )
    return found
