import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.helpers.needed_programs import find

TESTS = """
import shutil

def test_first():
    assert shutil.which("redis-server")

def test_second(redis_server):
    assert redis_server == shutil.which("redis-server")
"""
APT_GET = f"""#!{sys.executable}
import sys
from pathlib import Path

here = Path(__file__).parent
with (here / "asked").open("a") as asked:
    print(*sys.argv[1:], file=asked)
if sys.argv[-1] == "redis-server":
    (here / "redis-server").write_text("#!{sys.executable}\\n")
    (here / "redis-server").chmod(0o755)
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder of programs, the only one on the PATH of `run`."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def put(program: Path, script: str) -> None:
    program.write_text(script)
    program.chmod(0o755)


def run(programs: Path, test: str = "") -> "subprocess.CompletedProcess[str]":
    """Run TESTS, or one of them, on a machine that has only these programs."""
    module = programs.parent / "test_wanting.py"
    module.write_text(TESTS)
    environment = {**os.environ, "PATH": str(programs), "PYTHONPATH": str(Path(__file__).parents[1])}
    options = [
        "-c",
        os.devnull,
        "--rootdir",
        str(programs.parent),
        "-p",
        "tests.helpers.needed_programs",
        "-p",
        "no:cacheprovider",
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"{module}{test}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.usefixtures("chromium")  # with it comes what Playwright's driver needs
def test_a_browser_is_looked_for_with_an_empty_path_beside_an_open_playwright(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with sync_playwright() as playwright:
        assert find("chromium") in (None, playwright.chromium.executable_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_what_a_test_wants_is_installed_before_the_first_test_starts(programs: Path) -> None:
    put(programs / "apt-get", APT_GET)
    result = run(programs)
    assert result.returncode == 0, result.stdout
    assert result.stdout.index("apt-get -o DPkg::Lock::Timeout=300 install") < result.stdout.index(
        "test_wanting.py ."
    )


@pytest.mark.skipif(os.geteuid() != 0, reason="only root installs packages")
def test_nothing_is_installed_for_tests_that_want_nothing(programs: Path) -> None:
    put(programs / "apt-get", APT_GET)
    assert "apt-get" not in run(programs, "::test_first").stdout
    assert not (programs / "asked").exists()


def test_a_test_whose_program_cannot_be_installed_fails_in_words(programs: Path) -> None:
    result = run(programs, "::test_second")
    assert result.returncode == 1
    assert "this test needs one of redis-server, valkey-server" in result.stdout
    assert "apt-get install redis-server" in result.stdout


def test_a_program_that_does_not_start_is_none(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(programs / "redis-server", "#!/bin/sh\nexit 1\n")
    monkeypatch.setenv("PATH", str(programs))
    assert find("redis_server") is None
