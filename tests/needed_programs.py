"""Programs that tests need and that no Python package carries: found, or installed, or asked for in words.

Each installation is announced on the terminal before it begins, past pytest's capture of output.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium(config: pytest.Config) -> str:
    """The path of a Chromium: one on the path, else Playwright's own, else Debian's package."""
    return _on_path(*CHROMIUM) or _playwrights_chromium(config) or _debian(config, "chromium", *CHROMIUM)


def redis_server(config: pytest.Config) -> str:
    """The path of a Redis server: one on the path, else Debian's package."""
    names = ("redis-server", "valkey-server")
    return _on_path(*names) or _debian(config, "redis-server", *names)


def _on_path(*names: str) -> str | None:
    return next(filter(None, map(shutil.which, names)), None)


def _announce(config: pytest.Config, line: str) -> None:
    with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{line}", flush=True)


def _playwrights_chromium(config: pytest.Config) -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        _announce(config, "no Chromium on the PATH: installing Playwright's (playwright install chromium)")
        # Without a way to its download host this fails, and Debian's package is tried.
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium-headless-shell", "chromium"],
            capture_output=True,
            timeout=300,
            check=False,
        )
    return path if Path(path).exists() else None


def _debian(config: pytest.Config, package: str, *names: str) -> str:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _announce(
            config, f"no {names[0]} on the PATH: installing Debian's package (apt-get install {package})"
        )
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
