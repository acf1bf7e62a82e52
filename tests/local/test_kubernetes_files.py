"""What is for Kubernetes: keys that the chart has, options that Airflow has, secrets that are there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from airflow.configuration import conf

from hkpost_local.paths import PROJECT

CHART = "1.21.0"
KEYS: dict[str, type] = {
    "airflowVersion": str,
    "executor": str,
    "images.airflow.repository": str,
    "images.airflow.tag": str,
    "workers.kubernetes.safeToEvict": bool,
    "workers.kubernetes.resources.requests.cpu": str,
    "workers.kubernetes.resources.requests.memory": str,
    "workers.kubernetes.resources.limits.memory": str,
    "workers.celery.replicas": int,
    "workers.celery.safeToEvict": bool,
    "workers.celery.resources.requests.cpu": str,
    "workers.celery.resources.requests.memory": str,
    "workers.celery.resources.limits.memory": str,
    "env": list,
    "secret": list,
    "extraEnv": str,
    "createUserJob.enabled": bool,
    "data.metadataSecretName": str,
    "fernetKeySecretName": str,
    "apiSecretKeySecretName": str,
    "jwtSecretName": str,
    "postgresql.enabled": bool,
    "config.logging.remote_logging": str,
    "config.logging.remote_base_log_folder": str,
    "config.logging.remote_log_conn_id": str,
    "logs.persistence.enabled": bool,
}
"""What values.schema.json of Airflow's official chart says of each key that ours use, read there one by one. A key
that is not here, or another version of the chart, is to be looked up before it is added."""


def read(name: str) -> Any:
    documents = list(yaml.safe_load_all((PROJECT / "deploy" / name).read_text(encoding="utf-8")))
    return documents if len(documents) > 1 else documents[0]


def leaves(values: dict[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from leaves(value, f"{path}{name}.")
        else:
            yield f"{path}{name}", value


def secrets() -> dict[str, set[str]]:
    return {secret["metadata"]["name"]: set(secret["stringData"]) for secret in read("secrets.example.yaml")}


def test_the_helm_values_have_only_keys_that_were_looked_up_in_the_schema_of_the_pinned_chart() -> None:
    assert f"--version {CHART} " in (PROJECT / "deploy/values.yaml").read_text(encoding="utf-8")
    values = read("values.yaml")
    assert {path: type(value) for path, value in leaves(values)} == KEYS
    for entry in values["env"]:
        assert {name: type(value) for name, value in entry.items()} == {"name": str, "value": str}
    for entry in values["secret"]:
        assert set(entry) == {"envName", "secretName", "secretKey"}
    (source,) = yaml.safe_load(values["extraEnv"])
    assert source["valueFrom"]["secretKeyRef"]["optional"] is True


def test_what_the_helm_values_set_of_airflow_are_options_that_airflow_has() -> None:
    known = conf.configuration_description
    values = read("values.yaml")
    for section, options in values["config"].items():
        assert set(options) <= set(known[section]["options"])
    for entry in values["env"]:
        if entry["name"].startswith("AIRFLOW__"):
            _, section, option = entry["name"].lower().split("__")
            assert option in known[section]["options"]


def test_the_helm_values_name_secrets_that_the_example_has() -> None:
    values, keys = read("values.yaml"), secrets()
    for entry in values["secret"]:
        assert entry["secretKey"] in keys[entry["secretName"]]
        assert entry["envName"] == f"AIRFLOW_CONN_{entry['secretKey'].upper()}"
    assert keys[values["data"]["metadataSecretName"]] == {"connection"}
    assert keys[values["fernetKeySecretName"]] == {"fernet-key"}
    assert keys[values["apiSecretKeySecretName"]] == {"api-secret-key"}
    assert keys[values["jwtSecretName"]] == {"jwt-secret"}


def test_the_migration_job_reads_its_url_from_a_secret_that_the_example_has() -> None:
    pod = read("migrate-job.yaml")["spec"]["template"]["spec"]
    (container,), (volume,) = pod["containers"], pod["volumes"]
    assert container["args"][:4] == ["python", "-m", "hkpost", "migrate"]
    path = Path(container["args"][-1])
    assert str(path.parent) == container["volumeMounts"][0]["mountPath"]
    assert path.name in secrets()[volume["secret"]["secretName"]]
    image = read("values.yaml")["images"]["airflow"]
    assert container["image"] == f"{image['repository']}:{image['tag']}"
