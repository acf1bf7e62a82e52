"""Secrets of this machine: generated once, kept in one file that only its owner can read."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from hkpost_local.private_file import write_private


@dataclass(frozen=True, slots=True)
class Secrets:
    """What Airflow, the simulator and the warehouse are protected with."""

    fernet_key: str
    api_secret_key: str
    jwt_secret: str
    ui_password: str
    simulator_password: str
    analyst_password: str


def secrets_of(folder: Path) -> Secrets:
    """The secrets kept in `folder`; those that are not there yet are made."""
    path = folder / "secrets.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    made = Secrets(
        fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        api_secret_key=secrets.token_urlsafe(32),
        jwt_secret=secrets.token_urlsafe(64),
        ui_password=secrets.token_urlsafe(12),
        simulator_password=secrets.token_urlsafe(16),
        analyst_password=secrets.token_urlsafe(16),
    )
    all_of_them = replace(made, **kept)
    if asdict(all_of_them) != kept:
        write_private(path, json.dumps(asdict(all_of_them)))
    return all_of_them
