"""A file which only its owner can read, from its first byte on."""

import os
from pathlib import Path


def write_private(path: Path, content: str) -> None:
    """Write `content` to a file of our own, in place of the one that was there."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
