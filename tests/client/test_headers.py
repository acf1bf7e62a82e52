"""What an answer's headers say besides its body."""

import pytest

from hkpost.client.headers import address, retry_after_s

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
    ],
)
def test_retry_after_is_seconds_or_a_date_by_the_services_own_clock(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert retry_after_s(headers) == seconds


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
