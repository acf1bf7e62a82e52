"""The seed files as copies that a test may edit."""

import shutil
import sys
from pathlib import Path

import pytest

import hkpost.seeds
from hkpost.warehouse import seed
from hkpost.warehouse.engine import warehouse_engine
from hkpost.warehouse.facts.journeys import DERIVATION
from hkpost.warehouse.migrate import migrate
from tests.helpers.answers_by_hand import LoadedWarehouse


def editable_seed_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copy the seed files into `folder`, let the code read the copies, and return where they lie."""
    copies = shutil.copytree(seed.SEEDS, folder / "seeds")
    monkeypatch.setattr(hkpost.seeds, "files", lambda package: folder)
    monkeypatch.setattr(seed, "SEEDS", copies)
    monkeypatch.setattr("hkpost.warehouse.migrate.DERIVATION", (DERIVATION[0], copies / "event_type.csv"))
    return copies


def forget_seed_files() -> None:
    """Read the files again, as the process of the next task does."""
    for name, module in list(sys.modules.items()):
        for kept in list(vars(module).values()) if name.partition(".")[0] == "hkpost" else ():
            if hasattr(kept, "cache_clear"):
                kept.cache_clear()


class Seeds:
    """A warehouse, and copies of the seed files to edit."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.files = files
        self.warehouse = LoadedWarehouse(warehouse_engine(url))

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text of a file, and migrate."""
        file = self.files / f"{name}.csv"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        forget_seed_files()
        assert any("seeded" in line for line in migrate(self.url))

    def run(self, sql: str) -> None:
        """Change something, as a person does."""
        with self.warehouse.engine.begin() as connection:
            connection.exec_driver_sql(sql)

    def value(self, sql: str) -> object:
        return self.warehouse.value(sql)
