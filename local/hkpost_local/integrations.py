"""`make dbt`: the dbt package against the warehouse, in an environment of its own with dbt and notebooks."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from sqlalchemy import URL, make_url

from hkpost_local.paths import PROJECT, private_folder, state_folder
from hkpost_local.shared_postgres import running_postgres

REQUIREMENTS = PROJECT / "integrations" / "requirements.txt"
PACKAGE = PROJECT / "integrations" / "dbt"


def tools() -> Path:
    """The folder of the programs of `integrations/requirements.txt`, installed at the first call.

    :raises RuntimeError: they cannot be installed.
    """
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:12]
    environment = PROJECT / ".hkpost" / f"integrations-{digest}"
    stamp = environment / ".installed"
    if not stamp.exists():
        environment.parent.mkdir(mode=0o711, exist_ok=True)
        uv, place = [sys.executable, "-m", "uv", "--quiet"], str(environment)
        for command in (
            ["venv", "--allow-existing", "--python", sys.executable, place],
            ["pip", "install", "--python", place, "-r", str(REQUIREMENTS)],
        ):
            if subprocess.run([*uv, *command], check=False).returncode:
                raise RuntimeError(
                    f"the packages of {REQUIREMENTS} cannot be installed; the lines above say why"
                )
        stamp.touch()
    return environment / "bin"


def dbt_environment(url: URL, work: Path) -> dict[str, str]:
    """What dbt needs beside its command line: where the warehouse is, and a folder for what it writes."""
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("DBT_")},
        "HKPOST_HOST": url.host or "",
        "HKPOST_PORT": str(url.port or 5432),
        "HKPOST_USER": url.username or "",
        "DBT_ENV_SECRET_HKPOST_PASSWORD": str(url.password or ""),
        "HKPOST_DATABASE": url.database or "",
        "DBT_PROJECT_DIR": str(PACKAGE),
        "DBT_PROFILES_DIR": str(PACKAGE),
        "DBT_TARGET_PATH": str(work / "target"),
        "DBT_LOG_PATH": str(work / "logs"),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_VERSION_CHECK": "false",
    }


def dbt(*arguments: str) -> int:
    """Run dbt (``build`` without arguments) as the analyst on this machine's warehouse; returns its exit code."""
    file = state_folder() / "analyst.url"
    if not file.exists():
        raise RuntimeError("there is no warehouse with an analysts' login here yet: `make up` makes it")
    with running_postgres():
        environment = dbt_environment(make_url(file.read_text()), private_folder("dbt"))
        command = [str(tools() / "dbt"), *(arguments or ("build",))]
        return subprocess.run(command, env=environment, check=False).returncode
