"""What codes and wordings mean, as data: each CSV can be edited by someone who knows the post, not Python."""

import csv
from importlib.resources import files


def seed_rows(name: str) -> list[dict[str, str]]:
    """The lines of `seeds/{name}.csv` (UTF-8, one header line) as dictionaries by column, '' where empty."""
    text = files("hkpost").joinpath("seeds", f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
