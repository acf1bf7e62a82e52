import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hkpost_local import install
from hkpost_local.paths import PROJECT


def test_the_digest_follows_lock_description_and_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lock, description = tmp_path / "requirements.txt", tmp_path / "pyproject.toml"
    lock.write_text("one==1\n")
    description.write_text("[project]\n")
    monkeypatch.setattr(install, "PROJECT", tmp_path)
    monkeypatch.setattr(install, "LOCK", lock)
    digests = [install.stamp()]
    lock.write_text("one==2\n")
    digests.append(install.stamp())
    description.write_text("[project]\nname = 'x'\n")
    digests.append(install.stamp())
    assert len(set(digests)) == 3


def test_addresses_of_registries_are_not_printed(capfd: pytest.CaptureFixture[str]) -> None:
    program = (
        "print('see https://user:pw@pypi.corp.example/simple/x/'); print(\"host='pypi.corp.example', port\")"
    )
    assert install.run(sys.executable, "-c", program)
    printed = capfd.readouterr().out
    assert "corp" not in printed
    assert "see <address>" in printed


def test_a_program_that_fails_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert not install.run(sys.executable, "-c", "raise SystemExit(1)")


def test_without_uv_pip_installs_the_same_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[tuple[str, ...]] = []

    def run(*command: str, quiet: bool = False) -> bool:
        commands.append(command)
        return "uv" not in command

    monkeypatch.setattr(install, "run", run)
    install.install_packages()
    (from_lock, project) = commands[-2:]
    assert from_lock[1:3] == project[1:3] == ("-m", "pip")
    assert str(install.LOCK) in from_lock
    assert project[-2:] == ("-e", ".")


def test_a_machine_without_a_fitting_python_is_told_what_to_do(tmp_path: Path) -> None:
    """A version manager's shim that does not run is no Python; nor is one that is too old."""
    shutil.copy(PROJECT / "Makefile", tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("make", "bash", "sh", "test", "echo"):
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    for name, code in {"python3.11": 127, "python3": 1}.items():
        (programs / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (programs / name).chmod(0o755)
    result = subprocess.run(
        ["make", "demo"],
        cwd=tmp_path,
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode != 0
    assert re.search(r"No Python 3\.11, 3\.12 or 3\.13 found.*make PYTHON=\S+ demo", result.stderr)


def test_the_makefile_takes_the_first_python_that_runs(tmp_path: Path) -> None:
    shutil.copy(PROJECT / "Makefile", tmp_path)
    (tmp_path / "local" / "hkpost_local").mkdir(parents=True)
    (tmp_path / "local" / "hkpost_local" / "install.py").write_text(
        "import sys; print('ran', sys.version_info[:2])"
    )
    shim = tmp_path / "bin" / "python3.11"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\nexit 127\n")
    shim.chmod(0o755)
    (tmp_path / "bin" / "python3.12").symlink_to(sys.executable)
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    result = subprocess.run(
        ["make", "install"], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=False
    )
    assert result.stdout.startswith("ran (3, 1"), result.stderr
