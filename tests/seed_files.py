"""The seed files as copies that a test may edit."""

import shutil
import sys
from pathlib import Path

import pytest

import hkpost.seeds
from hkpost.warehouse import journey, seed


def editable_seed_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the seed files into `folder`, let the code read the copies, and return where they lie."""
    copies = shutil.copytree(seed.SEEDS, folder / "seeds")
    monkeypatch.setattr(hkpost.seeds, "files", lambda package: folder)
    monkeypatch.setattr(seed, "SEEDS", copies)
    monkeypatch.setattr(
        "hkpost.warehouse.migrate.DERIVATION", (journey.DERIVATION[0], copies / "event_type.csv")
    )
    return copies


def forget_seed_files() -> None:
    """Read the files again, as the process of the next task does."""
    for name, module in list(sys.modules.items()):
        for kept in list(vars(module).values()) if name.partition(".")[0] == "hkpost" else ():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()
