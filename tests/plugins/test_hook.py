"""The connection type `hkpost` as Airflow sees it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_service import Items, Reply, ScriptedService, answers, code

from hkpost.client.settings import AccountSettings, SettingsError
from hkpost_airflow.hooks.hkpost import HkpostHook
from hkpost_airflow.provider import CONN_FIELDS, provider_info

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def service() -> Iterator[ScriptedService]:
    service = ScriptedService()
    with service.running():
        yield service


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch, service: ScriptedService) -> Iterator[None]:
    connection = {
        "conn_type": "hkpost",
        "host": service.url,
        "login": "user",
        "password": "s3cret-1",
        "port": 1,
    }
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_B", json.dumps(connection))
    yield


@pytest.mark.usefixtures("connect")
def test_the_test_button_sends_one_request_and_says_what_came_back(service: ScriptedService) -> None:
    passed, words = HkpostHook("hkpost_b").test_connection()
    assert passed
    assert "user was answered in" in words
    assert "0 Success" in words
    assert [seen.items for seen in service.seen] == [("RB000000010HK",)]


@pytest.mark.usefixtures("connect")
@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (code(9992), "9992 Invalid Credential"),
        (Reply(b"", 403), "IP address is not authorised"),
        (Reply(b"<html>hi s3cret-1</html>"), "incomplete"),
    ],
)
def test_the_test_button_says_what_is_wrong(service: ScriptedService, reply: Reply, words: str) -> None:
    service.script = lambda items: reply
    passed, said = HkpostHook("hkpost_b").test_connection()
    assert not passed
    assert words in said
    assert "s3cret-1" not in said


@pytest.mark.usefixtures("connect")
def test_1001_for_the_example_item_is_a_working_connection(service: ScriptedService) -> None:
    service.script = lambda items: code(1001)
    passed, words = HkpostHook("hkpost_b").test_connection()
    assert passed
    assert "1001" in words


def test_a_connection_that_cannot_be_used_is_named_with_its_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HKPOST_C", json.dumps({"conn_type": "hkpost", "password": "p"}))
    assert HkpostHook("hkpost_c").test_connection() == (
        False,
        "connection hkpost_c: login is empty: give the EC-Ship API username",
    )
    with pytest.raises(SettingsError):
        _ = HkpostHook("hkpost_c").settings


def test_the_form_has_every_field_that_the_connection_may_have() -> None:
    of_the_form = set(CONN_FIELDS)
    of_the_settings = set(AccountSettings.__dataclass_fields__) - {"account", "host", "login", "password"}
    assert of_the_form == of_the_settings


@pytest.mark.parametrize("field", CONN_FIELDS)
def test_every_field_is_in_the_documentation(field: str) -> None:
    assert f"| `{field}` |" in (PROJECT / "docs" / "connection.md").read_text(encoding="utf-8")


def test_airflow_finds_the_connection_type() -> None:
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    hook = ProvidersManagerTaskRuntime().hooks["hkpost"]
    assert hook is not None
    assert hook.hook_class_name == "hkpost_airflow.hooks.hkpost.HkpostHook"
    assert provider_info()["connection-types"][0]["connection-type"] == "hkpost"


def test_an_answer_about_another_item_is_still_an_answer(service: ScriptedService, connect: None) -> None:
    service.script = lambda items: answers(Items(("RB123456785HK",)))
    assert HkpostHook("hkpost_b").test_connection()[0]


def test_the_plugin_manager_executes_none_of_our_files(tmp_path: Path) -> None:
    look = (
        "import sys; from airflow.plugins_manager import get_plugin_info; get_plugin_info();"
        "import hkpost; assert hkpost.__path__; assert 'hkpost_airflow.hooks.hkpost' not in sys.modules"
    )
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    }
    subprocess.run([sys.executable, "-c", look], env=environment, check=True)
