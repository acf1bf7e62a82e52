"""What an answer's headers say besides its body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.client.headers import address, retry_after_s, without_login

DATE = "Wed, 25 Nov 2026 10:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "Wed, 25 Nov 2026 10:01:30 GMT", "date": DATE}, 90),
        ({"retry-after": "Wed, 25 Nov 2026 09:00:00 GMT", "date": DATE}, 0),
        ({"retry-after": "Mon, 01 Jan 99999999999 00:00:00 GMT", "date": DATE}, None),
        ({"retry-after": "Wed, 25 Nov 2026 10:01:30 +99999999999", "date": DATE}, None),
        ({"retry-after": "9" * 5000}, 999_999_999),
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_services_own_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_s(headers) == seconds


@given(st.text(), st.text(), st.integers(), st.integers())
def test_whatever_stands_in_a_date_is_no_error(retry_after: str, date: str, year: int, zone: int) -> None:
    retry_after_s({"retry-after": retry_after, "date": date})
    retry_after_s({"retry-after": f"Wed, 25 Nov {year} 10:01:30 {zone:+05}", "date": DATE})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@host.hk:8443/path?token=secret#x", "https://host.hk:8443/path"),
        ("http://host/a", "http://host/a"),
        ("/elsewhere?token=secret", "/elsewhere"),
        ("http://[bad", "an address that cannot be read"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_what_may_be_secret_in_it(url: str, shown: str) -> None:
    assert address(url) == shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:secret@host.hk:8443/path?wsdl#x@y", "https://host.hk:8443/path?wsdl#x@y"),
        ("https://user:sec@ret@host/a@b", "https://host/a@b"),
        ("/folder/service@1.wsdl", "/folder/service@1.wsdl"),
    ],
)
def test_a_url_can_be_shown_whole_but_for_a_login(url: str, shown: str) -> None:
    assert without_login(url) == shown
