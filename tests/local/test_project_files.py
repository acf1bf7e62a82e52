"""Makefile, CI, pre-commit and compose name only what exists."""

import json
import os
import re
import runpy
import shlex
import subprocess
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from airflow.sdk import Connection

from hkpost.commands.connection_url import url_of_connection
from hkpost_local import compose_env, compose_init
from hkpost_local.__main__ import COMMANDS, command
from hkpost_local.paths import PROJECT
from hkpost_simulator.__main__ import main as simulator
from hkpost_simulator.wsdl import SERVICE

MAKEFILE = (PROJECT / "Makefile").read_text()
COMPOSE = (PROJECT / "docker-compose.yaml").read_text()
DOCKERFILE = (PROJECT / "docker" / "Dockerfile").read_text()
SERVICES: dict[str, Any] = yaml.safe_load(COMPOSE)["services"]
VARIABLE = re.compile(r"(?<!\$)\$\{([A-Z_]+)([^}]*)\}")


def test_help_lists_every_target_with_what_it_does() -> None:
    shown = subprocess.run(["make", "help"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    listed = set(re.findall(r"^make (\S+) +\S", shown, re.MULTILINE))
    assert listed == set(re.findall(r"^\.PHONY: (\S+)$", MAKEFILE, re.MULTILINE))
    assert listed >= {"demo", "test", "up", "down", "sql", "where", "migrate", "once", "lint", "help"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_makefile_exists(name: str) -> None:
    assert f"@$(LOCAL) {name}" in MAKEFILE
    if name != "once":
        assert callable(command(name))


def test_ci_runs_lint_and_types_and_then_every_test_and_nothing_else() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    commands = [
        line for line in script.read_text().splitlines() if line and not line.startswith(("#", "set", "cd"))
    ]
    assert commands == ["make lint", "make test"]


def test_pre_commit_looks_for_private_keys_and_runs_programs_of_the_lock() -> None:
    hooks = [
        hook
        for repository in yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"]
        for hook in repository["hooks"]
    ]
    assert {"detect-private-key", "ruff-check", "mypy"} <= {hook["id"] for hook in hooks}
    lock = (PROJECT / "requirements.txt").read_text()
    for hook in hooks:
        if program := hook.get("entry"):
            assert re.search(rf"^{program.split()[0].removeprefix('.venv/bin/')}==", lock, re.MULTILINE)


def test_compose_has_every_service_of_the_system() -> None:
    expected = {
        "postgres",
        "redis",
        "api-server",
        "scheduler",
        "dag-processor",
        "triggerer",
        "worker-1",
        "worker-2",
    }
    assert set(SERVICES) == expected | {"init", "simulator", "shop"}
    assert [name for name, service in SERVICES.items() if "profiles" in service] == ["simulator", "shop"]


def test_compose_has_no_default_secret_and_make_env_generates_each() -> None:
    for name, rest in VARIABLE.findall(COMPOSE):
        assert rest.startswith((":?", "?")) or name == "HKPOST_OPEN_ITEMS_SQL", f"{name} has a default"
    example = (PROJECT / ".env.example").read_text()
    for name in re.findall(r"^(\w*(?:PASSWORD|KEY|SECRET)\w*)=(.*)$", example, re.MULTILINE):
        assert name[1] == "", f"{name[0]} has a value in the example"
    used = {name for name, _ in VARIABLE.findall(COMPOSE)}
    given = {
        line.partition("=")[0]
        for line in compose_env.filled(example).splitlines()
        if re.match(r"\w+=.", line)
    }
    assert given == used


def test_make_env_writes_different_secrets_for_its_owner_only_and_keeps_a_file_that_is_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "other").mkdir()
    assert compose_env.main(tmp_path) == compose_env.main(tmp_path / "other") == 0
    first, second = ((folder / ".env").read_text() for folder in (tmp_path, tmp_path / "other"))
    assert first != second
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    compose_env.main(tmp_path)
    assert (tmp_path / ".env").read_text() == first


def test_every_path_in_compose_and_dockerfile_exists() -> None:
    for service in SERVICES.values():
        if build := service.get("build"):
            assert (PROJECT / build["context"] / build["dockerfile"]).is_file()
        for volume in service.get("volumes", ()):
            source = volume.partition(":")[0]
            assert (
                (PROJECT / source).is_file()
                if source.startswith(".")
                else source in yaml.safe_load(COMPOSE)["volumes"]
            )
    allowed = {
        line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    for sources in re.findall(r"^COPY --chown=\S+ (.+) \S+$", DOCKERFILE, re.MULTILINE):
        for source in sources.split():
            assert (PROJECT / source).exists()
            assert source in allowed, f"{source} is kept out of the build by .dockerignore"


def test_the_image_is_of_the_airflow_and_python_of_the_lock() -> None:
    (image,) = re.findall(r"^FROM apache/airflow:(\S+)-python(\S+)$", DOCKERFILE, re.MULTILINE)
    lock = (PROJECT / "requirements.txt").read_text()
    assert f"apache-airflow=={image[0]}" in lock
    assert f"--python-version {image[1]}" in lock


def test_every_command_in_compose_exists() -> None:
    from airflow.cli.cli_config import core_commands

    known = {entry.name for entry in core_commands} | {"celery"}
    for name, service in SERVICES.items():
        words = service.get("command")
        if service.get("image", "").startswith("hkpost") and isinstance(words, str):
            assert words.split()[0] in known, name
        for airflow in re.findall(r"airflow ([a-z-]+)", json.dumps(words)):
            assert airflow in known, name
        for module in re.findall(r'-m["\s,]+(hkpost[\w.]+)', json.dumps(words)):
            path = module.replace(".", "/")
            assert list(PROJECT.glob(f"*/{path}.py")) or list(PROJECT.glob(f"*/{path}/__main__.py")), module
    assert [entry for entry in entry_points(group="apache_airflow_provider") if "celery" in entry.module]


def test_the_simulator_takes_the_options_that_compose_gives(capsys: pytest.CaptureFixture[str]) -> None:
    values = {"SIMULATOR_ANCHOR": "2026-11-24T00:00:00+08:00"}
    options = [
        VARIABLE.sub(lambda name: values.get(name[1], "x"), word)
        for word in SERVICES["simulator"]["command"][3:]
    ]
    with pytest.raises(SystemExit) as ended:
        simulator([*options, "--help"])
    assert ended.value.code == 0, capsys.readouterr().err
    assert f"http://simulator:8088{SERVICE}" in (PROJECT / ".env.example").read_text()


def test_the_containers_first_step_migrates_and_fills_the_shop(
    empty_database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_WAREHOUSE", empty_database.replace("+psycopg", ""))
    words = [VARIABLE.sub("2026-11-24T00:00:00+08:00", word) for word in SERVICES["shop"]["command"][3:]]
    assert compose_init.main(words) == 0
    assert "shop.shipment holds 4,020 shipments" in capsys.readouterr().out


def test_one_service_builds_the_image_and_whoever_runs_for_long_is_looked_after() -> None:
    airflow = {name: service for name, service in SERVICES.items() if service["image"].startswith("hkpost")}
    assert [name for name, service in airflow.items() if "build" in service] == ["init"]
    for name in airflow.keys() - {"init", "shop", "simulator"}:
        assert "healthcheck" in airflow[name], name
        assert airflow[name]["stop_grace_period"] == ("15m" if name.startswith("worker") else "1m")


@pytest.mark.parametrize("secret", ["plain", "a\"b'c\\d$e{f}%g@h:i/j k邮"])
def test_the_images_entry_point_makes_connections_of_credentials_with_any_character(secret: str) -> None:
    given = {"HKPOST_LOGIN": secret, "HKPOST_PASSWORD": secret, "HKPOST_WSDL": "https://x.example/y?wsdl"}
    warehouse = {"WAREHOUSE_HOST": "db", "WAREHOUSE_PASSWORD": secret}
    entrypoint = runpy.run_path(str(PROJECT / "docker" / "entrypoint.py"))
    made = entrypoint["connections"](given | warehouse)
    service = Connection.from_json(made["AIRFLOW_CONN_HKPOST_DEFAULT"])
    assert (service.conn_type, service.login, service.password) == ("hkpost", secret, secret)
    assert service.extra_dejson == {"wsdl": "https://x.example/y?wsdl"}
    url = url_of_connection(made["AIRFLOW_CONN_HKPOST_WAREHOUSE"])
    assert (url.host, url.username, url.password, url.database) == ("db", "warehouse", secret, "warehouse")
    assert entrypoint["connections"](given | {"AIRFLOW_CONN_HKPOST_DEFAULT": "{}"}) == {}


def interpolated(part: Any, values: dict[str, str]) -> Any:
    """What Compose makes of a part of the file: `${NAME}` replaced, `$$` a dollar; a value that must be there is."""

    def value(found: re.Match[str]) -> str:
        name, rest = found.groups()
        assert name in values or rest.startswith("-"), f"{name} is not in .env"
        assert values.get(name) or not rest.startswith(":?"), f"{name} is empty in .env"
        return values.get(name, "")

    if isinstance(part, dict):
        return {key: interpolated(inner, values) for key, inner in part.items()}
    if isinstance(part, list):
        return [interpolated(inner, values) for inner in part]
    return VARIABLE.sub(value, part).replace("$$", "$") if isinstance(part, str) else part


def test_compose_with_the_env_that_make_env_writes_fits_the_compose_specification() -> None:
    written = compose_env.filled((PROJECT / ".env.example").read_text())
    values = dict(line.split("=", 1) for line in shlex.split(written, comments=True))
    schema = files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    compose = interpolated(yaml.safe_load(COMPOSE), values)
    jsonschema.validate(compose, json.loads(schema.read_text(encoding="utf-8")))
    assert compose["services"]["worker-1"]["environment"]["HKPOST_PASSWORD"] == values["HKPOST_PASSWORD"]
    assert compose["services"]["api-server"]["command"][-1].count('"$UI_PASSWORD"') == 1
