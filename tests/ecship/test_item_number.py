"""What may be sent as an item number (specification, page 4), and what UPU S10 says of it."""

import pytest

from hkpost.ecship.item_number import canonical, check_digit_holds, refusal


@pytest.mark.parametrize("text", [" rb123456785hk ", "RB123456785HK\n"])
def test_an_item_number_is_trimmed_and_upper_cased(text: str) -> None:
    assert canonical(text) == "RB123456785HK"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", "blank"),
        ("RB1234567855HK", "14 characters"),
        ("RB 23456785HK", "outside"),
        ("RB12345678*HK", "outside"),
    ],
)
def test_what_cannot_be_an_item_number_is_refused_with_the_reason(number: str, reason: str) -> None:
    assert reason in str(refusal(number))


def test_a_failing_check_digit_is_no_reason() -> None:
    assert not check_digit_holds("RB000000010HK")
    assert refusal("RB000000010HK") is None


@pytest.mark.parametrize("number", ["EA999580311HK", "CP889331175HK", "RE113184005HK", "RB123456785HK"])
def test_check_digits_of_real_numbers_hold(number: str) -> None:
    assert check_digit_holds(number)
