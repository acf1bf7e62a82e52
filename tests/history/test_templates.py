"""Texts without what varies in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hkpost.ecship import Texts
from hkpost.history.templates import casefold_nfkc, fill_text, split_text, template_of

LEFT = "The item ({item}) left Hong Kong for its destination on {date}"


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ("Delivered.", "Delivered"),
        ("成功派遞。", "成功派遞"),
        ("Delivered ..", "Delivered"),
        ("In  transit\u3000.", "In transit"),
        ("\u3000已到達\u3000處理中心", "已到達處理中心"),
        ("The item (RE113184005HK) left Hong Kong for its destination on 10-Oct-2015", LEFT),
        ("The item ( RE113184005HK ) left Hong Kong for its destination on  10-Oct-2015 ", LEFT),
        ("郵件（RE113184005HK）已於2015年10月10日離開香港", "郵件({item})已於{date}離開香港"),
        ("郵件 （ RE113184005HK ） 已於 2015 年 10 月 10 日 離開香港。", "郵件({item})已於{date}離開香港"),
        ("Item RE113184005HK posted", "Item {item} posted"),
        ("Item re113184005hk posted", "Item {item} posted"),
        ("Item RE 113 184 005 HK posted", "Item {item} posted"),
        ("[RE113184005HK] posted", "[{item}] posted"),
        ("郵件ＲＥ１１３１８４００５ＨＫ已於２０１５年１０月１０日投寄", "郵件{item}已於{date}投寄"),
        ("Call again between 14:00 and 4:30 pm", "Call again between {time} and {time}"),
        ("Call 2921 2222 or 29212222", "Call 2921 2222 or 29212222"),
        ("Sent to 113184005 on foot", "Sent to 113184005 on foot"),
        ("In\xa0transit\u2003.", "In transit"),
        ("\ufeffIn tran\u200bsit\u200e", "In transit"),
        ("Delivered...", "Delivered..."),
        ("Delivered …", "Delivered …"),
        ("Gate 12-3", "Gate 12-3"),
        ("", ""),
    ],
)
def test_a_template_is_the_wording_without_number_date_and_typography(text: str, template: str) -> None:
    assert template_of(text) == template


@pytest.mark.parametrize(
    "date",
    [
        "29-Jul-2014",
        "29-JUL-2014",
        "29 July 2014",
        "29-07-2014",
        "29/07/2014",
        "2014-07-29",
        "2014年7月29日",
        "29-07-2014 16:00",
        "29-Jul-14",
        "29-Jul",
        "29th July, 2014",
        "29JUL2014",
        "Jul 29, 2014",
        "July 29 2014 4:30 PM",
        "29/07/14",
        "2014-07-29T16:00:59",
        "7月29日",
        "2014 年 7 月 29 日 16:00",
    ],
)
def test_a_date_in_any_of_the_forms_seen_is_a_placeholder(date: str) -> None:
    assert template_of(f"Left on {date}.") == "Left on {date}"


def test_a_template_is_its_own_template() -> None:
    assert template_of(LEFT) == LEFT


@given(st.text())
def test_property_a_template_is_its_own_template(text: str) -> None:
    assert template_of(template_of(text)) == template_of(text)
    assert casefold_nfkc(casefold_nfkc(text)) == casefold_nfkc(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Delivered", "DELIVERED"),
        ("郵件已投寄，現正處理", "郵件已投寄,現正處理"),
        ("Ｄelivered", "delivered"),
        ("Left (by air)", "Left (BY AIR)"),
    ],
)
def test_case_and_width_make_no_other_template(one: str, other: str) -> None:
    assert casefold_nfkc(one) == casefold_nfkc(other)


class TestSplit:
    def test_placeholders_are_numbered_through_the_three_languages(self) -> None:
        e = "The item ( RE113184005HK ) left  on 10-Oct-2015 ."
        c = "郵件（RE113184005HK）已於2015年10月10日離開"
        assert split_text(e, c, "") == (
            Texts("The item ( {1} ) left  on {2} .", "郵件（{3}）已於{4}離開", ""),
            ("RE113184005HK", "10-Oct-2015", "RE113184005HK", "2015年10月10日"),
        )

    def test_without_anything_that_varies_there_are_no_parameters(self) -> None:
        assert split_text("Delivered.", "成功派遞", "") == (Texts("Delivered.", "成功派遞", ""), None)
        assert split_text("Gate 7", "", "") == (Texts("Gate 7"), None)

    def test_a_text_with_a_brace_of_its_own_is_kept_whole(self) -> None:
        texts = Texts("{1} left on 10-Oct-2015", "於2015年10月10日", "")
        assert split_text(*texts) == (texts, None)

    @given(
        st.tuples(
            *[
                st.lists(
                    st.one_of(
                        st.text(max_size=8),
                        st.sampled_from(
                            [" RB123456785HK ", "29-Jul-2014", "2014年7月29日", "{1}", "}", "(", "。"]
                        ),
                    ),
                    max_size=6,
                ).map("".join)
            ]
            * 3
        )
    )
    def test_filling_gives_back_exactly_what_came_in(self, message: tuple[str, str, str]) -> None:
        templates, params = split_text(*message)
        assert tuple(fill_text(template, params) for template in templates) == message
