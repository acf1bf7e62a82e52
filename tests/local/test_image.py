"""The image's environment, built as `docker/Dockerfile` builds it on what Airflow's official image holds."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import yaml
from sqlalchemy import create_engine, text

from hkpost_local.airflow_services import tail
from hkpost_local.paths import PROJECT
from hkpost_local.ports import free_port
from tests.helpers.awaiting import await_that
from tests.helpers.command_line import clean_environment
from tests.helpers.fresh_database import fresh_database

DOCKERFILE = (PROJECT / "docker" / "Dockerfile").read_text().replace("\\\n", " ")
[AIRFLOW] = re.findall(r"^FROM apache/airflow:([\d.]+)", DOCKERFILE, re.MULTILINE)
[INSTALLATION] = re.findall(r"^RUN (.+)$", DOCKERFILE, re.MULTILINE)
INIT = yaml.safe_load((PROJECT / "docker-compose.yaml").read_text())["services"]["init"]
RELEASED = "2026-09-18"
"""The day after Airflow's release: the package index as it was then is what Airflow's constraints were made of."""
EXTRAS = "celery,fab,http,openlineage,pandas,postgres,redis,smtp,statsd"
FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"


@dataclass(frozen=True)
class Image:
    """A virtual environment in the image's place, and the folder in the place of its file system."""

    root: Path

    def run(self, command: str, **environment: str) -> str:
        """What a command printed, run to its end; paths of the image are paths below `root`."""
        result = subprocess.run(
            ["/bin/sh", "-c", self.here(command)],
            env=self.environment(**environment),
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
        return result.stdout

    def here(self, command: str) -> str:
        return re.sub(r"(?<![\w/])/(?=(opt|tmp)/)", f"{self.root}/", command)

    def environment(self, **more: str) -> dict[str, str]:
        here = {
            "PATH": f"{self.root / 'venv' / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": "",
            "PYTHONDONTWRITEBYTECODE": "",
            "AIRFLOW_HOME": str(self.root / "opt" / "airflow"),
        }
        return clean_environment(**here) | more

    def versions(self) -> set[str]:
        return set(self.run("pip list --format freeze").split())


@pytest.fixture(scope="module")
def official() -> Iterator[Image]:
    """What the official image holds, as far as it matters here, with this project's files where they are copied."""
    with tempfile.TemporaryDirectory(prefix="hkpost-image-") as folder:
        image = Image(Path(folder))
        fill(image)
        yield image


def fill(image: Image) -> None:
    uv = [sys.executable, "-m", "uv"]
    venv, airflow = str(image.root / "venv"), f"apache-airflow[{EXTRAS}]=={AIRFLOW}"
    subprocess.run([*uv, "venv", "--quiet", "--seed", "--python", sys.executable, venv], check=True)
    install = [*uv, "pip", "install", "--quiet", "--python", venv, "--exclude-newer", RELEASED, airflow]
    subprocess.run(install, check=True, cwd=image.root)
    (image.root / "tmp").mkdir()
    for sources, target in re.findall(r"^COPY --chown=\S+ (.+) (\S+)$", DOCKERFILE, re.MULTILINE):
        for source in map(PROJECT.joinpath, sources.split()):
            place = image.root / target.lstrip("/")
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, place)


@pytest.fixture(scope="module")
def moved(official: Image) -> set[str]:
    """What the official image held and holds no more when this project is installed."""
    before = official.versions()
    official.run(INSTALLATION)
    return before - official.versions()


@pytest.fixture(scope="module")
def image(official: Image, moved: set[str]) -> Image:
    return official


def test_nothing_that_airflow_pinned_is_moved(image: Image, moved: set[str]) -> None:
    assert moved == set()
    image.run("pip check")


@contextmanager
def api_server(image: Image, environment: dict[str, str]) -> Iterator[str]:
    """The address of Airflow's api-server, from when it says that it is healthy."""
    port = free_port()
    log = image.root / "api-server.log"
    command = [str(image.root / "venv" / "bin" / "airflow"), "api-server"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=image.root, stdout=output, stderr=output)
    address = f"http://127.0.0.1:{port}"

    def is_healthy() -> bool:
        try:
            health = httpx.get(f"{address}/api/v2/monitor/health", trust_env=False, timeout=60)
        except httpx.TransportError:
            return False
        return health.status_code == 200 and health.json()["metadatabase"]["status"] == "healthy"

    try:
        await_that(is_healthy, process, lambda: tail(log))
        yield address
    finally:
        process.terminate()
        process.wait(60)


def test_airflow_of_the_image_starts_with_fab_and_has_the_page(image: Image, pg_url: str) -> None:
    with fresh_database(pg_url) as metadata, fresh_database(pg_url) as warehouse:
        settings = {
            "AIRFLOW__CORE__AUTH_MANAGER": FAB,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": metadata,
            "AIRFLOW_CONN_HKPOST_WAREHOUSE": warehouse.replace("postgresql+psycopg", "postgres"),
        }
        image.run(INIT["command"][-1], **settings)
        with api_server(image, image.environment(**settings)) as address:
            page = httpx.get(f"{address}/hkpost/", trust_env=False, timeout=60)
        assert page.status_code == 401
        engine = create_engine(warehouse)
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM hkpost.mail_item")) == 0
        engine.dispose()
