import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from hkpost_local.paths import PROJECT
from tests.helpers.command_line import Run, clean_environment


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A temporary folder that other accounts may pass through (pytest's own lie below a private one)."""
    folder = Path(tempfile.mkdtemp(prefix="hkpost-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def state(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test's own, in the place of the project's `.hkpost`."""
    monkeypatch.setenv("HKPOST_STATE", str(open_folder))
    return open_folder


@pytest.fixture
def run() -> Iterator[Run]:
    """Start `python -m hkpost_local …` with the given environment; what still runs at the end is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, environment: Mapping[str, str]) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "hkpost_local", *arguments],
            env=clean_environment(**environment),
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
