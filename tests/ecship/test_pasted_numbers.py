"""Item numbers pasted in any form are found; what cannot be one is named, and nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.ecship.item_number import refusal
from hkpost.ecship.pasted_numbers import pasted_numbers

A, B = "RB123456785HK", "EA999580311HK"


@pytest.mark.parametrize(
    "between",
    [
        ",",
        ", ",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\n\n",
        "\t",
        ";",
        " ; ",
        "|",
        "，",
        "、",
        "；",
        "\u3000",
        "\u00a0",
        "\u2028",
    ],
)
def test_whatever_parts_two_numbers(between: str) -> None:
    assert pasted_numbers(f"{A}{between}{B}").item_nos == (A, B)


@pytest.mark.parametrize(
    "text",
    [
        "rb123456785hk",
        " RB123456785HK ",
        "RB 123 456 785 HK",
        "rb 123456785 hk",
        "R B 1 2 3 4 5 6 7 8 5 H K",
        "RB-123-456-785-HK",
        "RB 123.456.785 HK",
        "RB123456785/HK",
        "ＲＢ１２３４５６７８５ＨＫ",
        '"RB123456785HK"',
        "'RB123456785HK'",
        "“RB 123 456 785 HK”",
        "「RB123456785HK」",
        "(RB123456785HK).",
        "#RB123456785HK:",
        "\ufeffRB1234\u200b56785HK",
        "RB1234\x0056785HK",
    ],
)
def test_however_one_number_is_written(text: str) -> None:
    assert pasted_numbers(text) == ((A,), (), 0)


def test_spaced_numbers_one_after_the_other_on_one_line() -> None:
    assert pasted_numbers("RB 123 456 785 HK EA 999580311 HK EA999580312HK").item_nos == (
        A,
        B,
        "EA999580312HK",
    )


def test_a_column_of_a_spreadsheet_with_its_header_and_other_columns() -> None:
    read = pasted_numbers(f'Item No\tOrder\n"{A}"\tSO-2026/17\n{B}\tSO-2026/18\n')
    assert read.item_nos == (A, B)
    assert [refused.text for refused in read.refused] == ["Item No", "Order", "SO-2026/17", "SO-2026/18"]


def test_each_number_once_in_the_order_pasted() -> None:
    read = pasted_numbers(f"{B}, {A}, rb 123 456 785 hk, {A}")
    assert (read.item_nos, read.duplicates) == ((B, A), 2)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("RB1234567855HK", "14 characters"),
        ("RB12345678*HK", "outside A-Z and 0-9"),
        ("包裹123", "outside A-Z and 0-9"),
        ("straße12", "outside A-Z and 0-9"),
        ("please", "no digit"),
        ("please check", "no digit"),
        ("RB 123 456 78 HK", "no item number comes of these pieces"),
        ("AB12 CD34", "no item number comes of these pieces"),
    ],
)
def test_what_cannot_be_a_number_is_named_with_the_reason_and_the_rest_goes_on(
    text: str, reason: str
) -> None:
    read = pasted_numbers(f"{A}, {text}\n{B}")
    assert read.item_nos == (A, B)
    [refused] = read.refused
    assert refused.text == text
    assert reason in str(refused.reason)


def test_words_around_a_number_are_named_and_the_number_is_found() -> None:
    read = pasted_numbers(f"Please look for {A}, urgently")
    assert read.item_nos == (A,)
    assert [refused.text for refused in read.refused] == ["Please look for", "urgently"]


@pytest.mark.parametrize("text", ["RB000000010HK", "1234567890123", "A1"])
def test_the_specification_wants_no_more_than_13_characters(text: str) -> None:
    assert pasted_numbers(text).item_nos == (text,)


@pytest.mark.parametrize("text", ["", " \n\t, ;;", '""'])
def test_nothing_pasted_is_nothing_found(text: str) -> None:
    assert pasted_numbers(text) == ((), (), 0)


@given(st.text())
def test_any_text_gives_only_numbers_that_may_be_sent(text: str) -> None:
    assert [number for number in pasted_numbers(text).item_nos if refusal(number)] == []


@given(
    st.lists(st.from_regex(r"\A[A-Z]{2}[0-9]{9}[A-Z]{2}\Z"), unique=True),
    st.sampled_from([" ", ",", "\n", "; "]),
)
def test_every_s10_number_of_a_list_is_found_and_nothing_else(numbers: list[str], between: str) -> None:
    assert pasted_numbers(between.join(numbers)) == (tuple(numbers), (), 0)
