"""What is built of the project: a wheel that needs no clone, a clean source distribution, and nothing left behind."""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from hkpost_airflow.bundle import HkpostDagBundle
from hkpost_local.compat import five_commands
from hkpost_local.paths import PROJECT

DAGS = {file.name for file in (PROJECT / "dags").glob("*.py")}


@pytest.fixture(scope="module")
def built() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "uv", "build", "--quiet", "--out-dir", folder, str(PROJECT)]
        subprocess.run(command, check=True)
        yield Path(folder)


def test_the_wheel_has_the_dags_and_every_file_of_both_packages(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert {name for name in names if "/example_dags/" in name} == {
        f"hkpost_airflow/example_dags/{dag}" for dag in DAGS
    }
    sources = {
        str(path.relative_to(folder))
        for folder in (PROJECT / "include", PROJECT / "plugins")
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".airflowignore"
    }
    assert names - {f"hkpost_airflow/example_dags/{dag}" for dag in DAGS} == sources


def test_the_metadata_say_what_it_is_for_and_its_description_links_to_no_file(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = Parser().parsestr(archive.read(name).decode())
    assert "Framework :: Apache Airflow :: Provider" in metadata.get_all("Classifier", [])
    floors = {line.partition(">=")[0]: line for line in metadata.get_all("Requires-Dist", [])}
    assert floors["apache-airflow"] == "apache-airflow>=3.1"
    assert "apache-airflow-providers-common-compat" in floors
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert not re.findall(r"\]\((?!https?://)", str(metadata.get_payload()))


def test_the_source_distribution_is_clean_and_the_clone_stays_so(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        top = {Path(name).parts[1] for name in archive.getnames()}
    assert top == {
        *("include", "plugins", "dags", "docs", "deploy"),
        *("README.md", "PACKAGE.md", "CHANGELOG.md", "LICENSE", "pyproject.toml", "PKG-INFO", ".gitignore"),
    }
    left = [
        path.name for path in PROJECT.iterdir() if path.name in ("build", "dist") or "egg-info" in path.name
    ]
    assert left == []


def test_an_airflow_is_five_commands_away_from_its_first_answered_item() -> None:
    commands = five_commands()
    assert [command.partition(" --")[0] for command in commands] == [
        "pip install",
        commands[1],
        "airflow connections add hkpost_warehouse",
        "airflow connections add hkpost_default",
        "airflow dags test hkpost_tracking",
    ]
    assert f"hkpost_tracking-{version('hkpost-tracking')}-py3-none-any.whl" in commands[0]
    assert commands[1].startswith("export AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST=")
    assert not [command for command in commands if re.search(r"&&|;|\|", command)]


def test_the_bundle_serves_the_dags() -> None:
    bundle = HkpostDagBundle(name="hkpost")
    assert {file.name for file in bundle.path.glob("*.py")} == DAGS
