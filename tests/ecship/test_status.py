"""The fourteen codes of the specification (page 6)."""

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
