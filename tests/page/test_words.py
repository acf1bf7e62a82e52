"""The words of the page are written once, in three languages, and the page has one for every name of the warehouse."""

import csv
import json
import re

import pytest

from hkpost.enums import CloseReason, Outcome
from hkpost.reports.filters import GROUPS
from hkpost.warehouse.watch.alerts import unusable
from hkpost_airflow.page.files import FILES
from hkpost_local.paths import PROJECT

LINE = re.compile(r"^  (\w+): (\[.*\]),$", re.MULTILINE)
LINES = LINE.findall(FILES["words.js"].read_text(encoding="utf-8"))
WORDS = {key: json.loads(texts) for key, texts in LINES}
SCRIPTS = [file for name, file in FILES.items() if file.suffix == ".js" and "vendor" not in name]


def test_each_word_is_one_line_with_a_text_in_each_of_three_languages() -> None:
    assert len(LINES) == len(WORDS) > 200
    for key, texts in WORDS.items():
        assert [len(texts), *map(bool, texts)] == [3, True, True, True], key
        assert len({tuple(sorted(re.findall(r"\{\w+\}", text))) for text in texts}) == 1, key


def test_every_word_that_is_asked_for_is_there() -> None:
    asked = {
        key for file in SCRIPTS for key in re.findall(r'\bword\("(\w+)"', file.read_text(encoding="utf-8"))
    }
    assert asked - WORDS.keys() == set()


def test_no_script_names_a_dag_or_a_connection_because_these_are_the_teams() -> None:
    assert [file.name for file in SCRIPTS if "hkpost_" in file.read_text(encoding="utf-8")] == []


def _column(seed: str, name: str) -> set[str]:
    with (PROJECT / f"include/hkpost/seeds/{seed}.csv").open(encoding="utf-8") as file:
        return {row[name] for row in csv.DictReader(file)}


def _alerts() -> dict[str, set[str]]:
    """The alerts by name, each with the names of the values in its message."""
    sql = (PROJECT / "include/hkpost/warehouse/watch/find_alerts.sql").read_text(encoding="utf-8")
    found: dict[str, set[str]] = {}
    for part in re.split(r"^ *SELECT (?=')", sql, flags=re.MULTILINE)[1:]:
        values = re.findall(r"jsonb_build_object\(([^;]*?)\n *(?:FROM|ORDER)", part)
        found[part.split("'")[1]] = set(re.findall(r"'(\w+)', ", " ".join(values)))
    found["account_unusable"] = set(unusable("", "", 1, "").details or {})
    return found


def test_what_an_alert_says_is_filled_in_with_its_values() -> None:
    for name, values in _alerts().items():
        assert f"says_{name}" in WORDS, name
        given = values | ({"lane"} if "destination" in values else set())
        assert set(re.findall(r"\{(\w+)\}", WORDS.get(f"says_{name}", [""])[0])) <= given, name


@pytest.mark.parametrize(
    ("prefix", "names"),
    [
        ("outcome", set(Outcome)),
        ("reason", set(CloseReason)),
        ("group", set(GROUPS)),
        ("badge", set(GROUPS) - {"expired", "not_found"}),
        ("need", set(_alerts())),
        ("todo", set(_alerts())),
        ("measure", {"p50_days", "p90_days", "share_on_time", "share_not_delivered"}),
        ("source", {"open_items", "track_now", "fetch", "load"}),
        ("stage", _column("event_type", "stage") - {"unclassified"}),
    ],
)
def test_every_name_of_the_warehouse_has_its_word(prefix: str, names: set[str]) -> None:
    assert names
    assert {f"{prefix}_{name}" for name in names} - WORDS.keys() == set()
