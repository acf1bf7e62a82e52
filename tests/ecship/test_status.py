"""The fourteen codes of the specification (page 6)."""

import pytest

from hkpost.ecship.item_number import canonical, check_digit_holds, refusal
from hkpost.ecship.status import StatusCode, describe

SPECIFICATION = {
    0: "Success",
    1001: "item number does not exist",
    1002: "Invalid item number format",
    1003: "Tracking period has been expired",
    1004: "Item no not allowed to enquiry",
    9991: "Exceed API request frequency",
    9992: "Invalid Credential",
    9993: "Invalid API format",
    9994: "Exceed API request limit",
    9995: "Exceed the max. enquiry items",
    9996: "Invalid Language",
    9997: "Empty item number array",
    9998: "Invalid input",
    9999: "Service temporary unavailable",
}


def test_the_codes_and_their_words_are_the_specifications() -> None:
    assert {int(code): code.meaning for code in StatusCode} == SPECIFICATION


def test_1002_1003_and_1004_close_an_item_at_once_and_nothing_else_does() -> None:
    assert {int(code) for code in StatusCode if code.closes_item} == {1002, 1003, 1004}


def test_every_code_says_what_to_do() -> None:
    assert all(code.advice for code in StatusCode)


def test_a_code_outside_the_specification_is_described_as_such() -> None:
    assert describe(1003) == "1003 Tracking period has been expired"
    assert describe(4711) == "4711 (not in the specification)"


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
