"""`make env`: write ``.env`` for docker compose, with generated values. Runs on a bare Python."""

import base64
import os
import re
import secrets
import sys
from datetime import date
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
BLANK = re.compile(r"^([A-Z][A-Z0-9_]*)=$", re.MULTILINE)


def generated(name: str) -> str:
    """A value for a variable that the example leaves blank; safe inside a URL, YAML and JSON as it is."""
    if name == "FERNET_KEY":
        return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    if name == "SIMULATOR_ANCHOR":
        return f"{date.today()}T00:00:00+08:00"
    return secrets.token_urlsafe(32)


def filled(example: str) -> str:
    """The example with a value after each variable that it leaves blank."""
    return BLANK.sub(lambda line: f"{line[1]}={generated(line[1])}", example)


def main(folder: Path = PROJECT) -> int:
    """Write the file unless it is there; returns the exit code."""
    path = folder / ".env"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(filled((PROJECT / ".env.example").read_text(encoding="utf-8")))
    except FileExistsError:
        print(f"{path} is there already and stays as it is; remove it to have another one")
        return 0
    print(f"{path} is written, for its owner only: docker compose --profile simulator up --build")
    return 0


if __name__ == "__main__":
    sys.exit(main())
