"""A connection that cannot be used fails at once, naming the field and the fix."""

from typing import Any

import pytest

from hkpost.ecship.settings import AccountSettings, SettingsError, account_settings


def read(host: str = "", login: str = "user", password: str = "secret-1", **extra: Any) -> AccountSettings:
    return account_settings("hkpost_b", host, login, password, extra)


def test_the_defaults_are_the_specifications_limits() -> None:
    settings = read()
    assert (settings.lang, settings.wsse, settings.min_interval_ms, settings.pace_margin_ms) == (
        "A",
        "digest",
        100,
        5,
    )
    assert (settings.max_in_flight, settings.daily_quota, settings.quota_reserve) == (16, 100_000, 1_000)
    assert (settings.quota_timezone, settings.timeout_s, settings.verify_tls) == ("Asia/Hong_Kong", 30, True)


def test_extra_fields_may_be_texts_as_a_form_stores_them() -> None:
    settings = read(lang="c", min_interval_ms="250", verify_tls="false", max_in_flight="4", proxy="")
    assert (settings.lang, settings.min_interval_ms, settings.verify_tls) == ("C", 250, False)
    assert settings.max_in_flight == 4


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"login": ""}, "login is empty"),
        ({"login": "  "}, "login is empty"),
        ({"password": ""}, "password is empty"),
        ({"lang": "X"}, "lang is 'X': use one of A, E, C, S"),
        ({"wsse": "sha512"}, "wsse is 'sha512': use one of digest, text, none"),
        ({"min_interval_ms": 99}, "min_interval_ms is 99: the least that is allowed is 100"),
        ({"min_interval_ms": "soon"}, "min_interval_ms is 'soon': give a number"),
        ({"max_in_flight": 0}, "max_in_flight is 0: the least that is allowed is 1"),
        ({"max_in_flight": 1.5}, "max_in_flight is 1.5: give a whole number"),
        ({"daily_quota": 0}, "daily_quota is 0"),
        ({"timeout_s": "nan"}, "timeout_s is nan"),
        ({"verify_tls": "perhaps"}, "verify_tls is 'perhaps': use true or false"),
        ({"quota_timezone": "Hongkong/Central"}, "quota_timezone is 'Hongkong/Central': give a time zone"),
        ({"host": "ec-ship.example"}, "host is 'ec-ship.example': give the whole URL"),
        ({"min_intervall": 100}, "extra has no field min_intervall"),
    ],
)
def test_an_impossible_field_is_named_with_its_fix(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError) as error:
        read(**fields)
    assert str(error.value).startswith("connection hkpost_b: ")
    assert message in str(error.value)
    assert "secret-1" not in str(error.value)


def test_scheduled_runs_leave_the_reserve() -> None:
    assert read().scheduled_quota == 99_000
    assert read(daily_quota=20_000, quota_reserve=30_000).scheduled_quota == 0


def test_a_small_quota_keeps_no_reserve_unless_told() -> None:
    assert read(daily_quota=9_999).scheduled_quota == 9_999
    assert read(daily_quota=9_999, quota_reserve=99).scheduled_quota == 9_900
