"""What an answer's headers say besides its body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.ecship.headers import retry_after_s

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
