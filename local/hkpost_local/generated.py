"""Secrets of this machine: generated once, kept in one file that only its owner can read."""

import base64
import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from hkpost_local.embedded import write_private


@dataclass(frozen=True, slots=True)
class Secrets:
    """What Airflow and the simulator are protected with."""

    fernet_key: str
    api_secret_key: str
    jwt_secret: str
    ui_password: str
    simulator_password: str


def secrets_of(folder: Path) -> Secrets:
    """The secrets kept in `folder`, made at the first call."""
    path = folder / "secrets.json"
    if not path.exists():
        made = Secrets(
            fernet_key=base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            api_secret_key=secrets.token_urlsafe(32),
            jwt_secret=secrets.token_urlsafe(64),
            ui_password=secrets.token_urlsafe(12),
            simulator_password=secrets.token_urlsafe(16),
        )
        write_private(path, json.dumps(asdict(made)))
    return Secrets(**json.loads(path.read_text()))
